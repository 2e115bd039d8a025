//! The contract of [`Budgets`](magiclink_domain::ports::Budgets).

use std::sync::Arc;

use magiclink_domain::ports::{Budget, Limit};
use magiclink_domain::time::{Lifetime, Timestamp};

use crate::places::Place;

const HOUR: Lifetime = Lifetime::from_hours(1);
const DAY: Lifetime = Lifetime::from_days(1);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn limit(most: u32, per: Lifetime) -> Limit {
    Limit { most, per }
}

fn exhausted(secs: u64) -> Budget {
    Budget::Exhausted { retry_after: Lifetime::from_secs(secs) }
}

pub(crate) async fn a_budget_gives_so_many_takes_and_no_more(place: &impl Place) {
    let budgets = place.budgets().await;
    let now = at("2026-05-01T10:59:00Z");
    for _ in 0..3 {
        assert_eq!(budgets.take("code:a", &[limit(3, HOUR)], now).await.unwrap(), Budget::Taken);
    }
    assert_eq!(budgets.take("code:a", &[limit(3, HOUR)], now).await.unwrap(), exhausted(60));
    assert_eq!(budgets.take("code:b", &[limit(0, HOUR)], now).await.unwrap(), exhausted(60));
}

pub(crate) async fn a_new_window_gives_anew(place: &impl Place) {
    let budgets = place.budgets().await;
    let last = at("2026-05-01T10:59:59.999999Z");
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], last).await.unwrap(), Budget::Taken);
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], last).await.unwrap(), exhausted(1), "never zero");
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], at("2026-05-01T11:00:00Z")).await.unwrap(), Budget::Taken);
}

pub(crate) async fn keys_do_not_share_a_budget(place: &impl Place) {
    let budgets = place.budgets().await;
    let now = at("2026-05-01T10:00:00Z");
    for key in ["a", "b", "A", "a ", ""] {
        assert_eq!(budgets.take(key, &[limit(1, HOUR)], now).await.unwrap(), Budget::Taken, "{key:?}");
    }
}

pub(crate) async fn an_exhausted_limit_takes_from_no_other(place: &impl Place) {
    let budgets = place.budgets().await;
    let limits = [limit(1, HOUR), limit(3, DAY)];
    let hours = ["2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z", "2026-05-01T12:00:00Z"];
    for hour in hours {
        assert_eq!(budgets.take("a", &limits, at(hour)).await.unwrap(), Budget::Taken);
        for _ in 0..5 {
            assert_ne!(budgets.take("a", &limits, at(hour)).await.unwrap(), Budget::Taken);
        }
    }
    assert_ne!(budgets.take("a", &limits, at("2026-05-01T13:00:00Z")).await.unwrap(), Budget::Taken);
}

pub(crate) async fn the_fullest_window_says_when_to_come_back(place: &impl Place) {
    let budgets = place.budgets().await;
    let limits = [limit(1, HOUR), limit(1, DAY)];
    let now = at("2026-05-01T22:30:00Z");
    assert_eq!(budgets.take("a", &limits, now).await.unwrap(), Budget::Taken);
    assert_eq!(budgets.take("a", &limits, now).await.unwrap(), exhausted(90 * 60));
    assert_eq!(budgets.take("a", &[limits[0]], now).await.unwrap(), exhausted(30 * 60));
}

pub(crate) async fn no_limits_no_end(place: &impl Place) {
    let budgets = place.budgets().await;
    assert_eq!(budgets.take("a", &[], at("2026-05-01T10:00:00Z")).await.unwrap(), Budget::Taken);
}

pub(crate) async fn concurrent_takes_never_exceed_a_limit(place: &impl Place) {
    let budgets = place.budgets().await;
    let now = at("2026-05-01T10:00:00Z");
    let takes: Vec<_> = (0..200)
        .map(|_| {
            let budgets = Arc::clone(&budgets);
            tokio::spawn(async move { budgets.take("a", &[limit(50, HOUR), limit(60, DAY)], now).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for take in takes {
        taken += usize::from(take.await.unwrap() == Budget::Taken);
    }
    assert_eq!(taken, 50);
}

pub(crate) async fn a_clock_that_goes_back_gives_nothing_anew(place: &impl Place) {
    let budgets = place.budgets().await;
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], at("2026-05-01T10:10:00Z")).await.unwrap(), Budget::Taken);
    let back = budgets.take("a", &[limit(1, HOUR)], at("2026-05-01T09:10:00Z")).await.unwrap();
    assert_eq!(back, exhausted(110 * 60));
}

pub(crate) async fn the_strictest_of_limits_with_the_same_window_counts(place: &impl Place) {
    let budgets = place.budgets().await;
    let now = at("2026-05-01T10:00:00Z");
    let limits = [limit(4, HOUR), limit(9, DAY), limit(2, HOUR)];
    for _ in 0..2 {
        assert_eq!(budgets.take("a", &limits, now).await.unwrap(), Budget::Taken);
    }
    assert_eq!(budgets.take("a", &limits, now).await.unwrap(), exhausted(3_600));
    assert_eq!(budgets.take("a", &[limit(3, HOUR)], now).await.unwrap(), Budget::Taken, "each take counted once");
}

pub(crate) async fn takes_outlive_a_restart(place: &impl Place) {
    let budgets = place.budgets().await;
    let now = at("2026-05-01T10:00:00Z");
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], now).await.unwrap(), Budget::Taken);
    drop(budgets);
    let Some(budgets) = place.budgets_again().await else { return };
    assert_eq!(budgets.take("a", &[limit(1, HOUR)], now).await.unwrap(), exhausted(3_600));
}
