//! The dashboard's figures.

use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::{Lifetime, Timestamp};

use super::outcome::Outcome;
use crate::models::ReadModels;
use crate::read::{bad, count, texts, unavailable};

/// The dashboard's figures at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardView {
    /// Contacts that are not erased.
    pub contacts: u64,
    /// Contacts with a live grant who never signed in.
    pub invited: u64,
    /// Contacts who signed in within 30 days.
    pub active: u64,
    /// Contacts' links that work.
    pub live_links: u64,
    /// Deliveries that failed, asked for within 30 days.
    pub failed_deliveries: u64,
    /// Deliveries that may not have been sent, asked for within 30 days.
    pub maybe_sent_deliveries: u64,
    /// Sign-ins of contacts on each of the days asked for.
    pub logins: Vec<u64>,
    /// What came of presses in all of those days, the most frequent first; what never happened is left out.
    pub outcomes: Vec<(Outcome, u64)>,
}

// Each of them is answered by an index alone.
pub(crate) const COUNTS: &str = "
    select
        (select count(*) from portal_members where signed_in = 0 and until_us > ?1),
        (select count(*) from signed_in_contacts where last_us >= ?2),
        (select count(*) from links
         where revoked is null and expires_at_us > ?1 and uses < max_uses and behind = 0 and of_staff = 0
             and key_id in (select value from json_each(?3))),
        (select count(*) from deliveries where state = 'failed' and requested_at_us >= ?2),
        (select count(*) from deliveries where state = 'maybe_sent' and requested_at_us >= ?2)";

// A stretch of the key for each day and outcome: nothing is sorted.
pub(crate) const BY_DAY: &str = "
    select days.key, words.value, (
        select sum(count) from outcomes
        where outcome = words.value and quarter_us >= days.value ->> 0 and quarter_us < days.value ->> 1)
    from json_each(?1) as days cross join json_each(?2) as words";

impl ReadModels {
    /// The figures now, with the sign-ins of days that begin at `days` (in the reader's zone, ascending); the last one
    /// is open-ended. [`utc_days`] gives the last 30.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn dashboard(&self, days: &[Timestamp]) -> Result<DashboardView, Unavailable> {
        let now = self.now();
        let month_ago = now.micros().saturating_sub(Lifetime::from_days(30).micros());
        self.directory().wait().await;
        let counts: (i64, i64, i64, i64, i64) = sqlx::query_as(COUNTS)
            .bind(now.micros())
            .bind(month_ago)
            .bind(self.verifying_keys())
            .fetch_one(self.readers())
            .await
            .map_err(unavailable)?;
        let (logins, outcomes) = self.pressed(days).await?;
        Ok(DashboardView {
            contacts: u64::try_from(self.directory().count()).unwrap_or(u64::MAX),
            invited: count("invited", counts.0)?,
            active: count("active", counts.1)?,
            live_links: count("live_links", counts.2)?,
            failed_deliveries: count("failed", counts.3)?,
            maybe_sent_deliveries: count("maybe_sent", counts.4)?,
            logins,
            outcomes,
        })
    }

    /// Sign-ins by day, and what came of presses.
    async fn pressed(&self, days: &[Timestamp]) -> Result<(Vec<u64>, Vec<(Outcome, u64)>), Unavailable> {
        let mut logins = vec![0_u64; days.len()];
        let mut outcomes: Vec<(Outcome, u64)> = vec![];
        let ends = days.iter().skip(1).map(|day| day.micros()).chain([i64::MAX]);
        let spans: Vec<_> = days.iter().map(|day| day.micros()).zip(ends).collect();
        let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(BY_DAY)
            .bind(serde_json::to_string(&spans).map_err(unavailable)?)
            .bind(texts(Outcome::all().map(Outcome::as_str))?)
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        for (day, word, number) in rows {
            let Some(number) = number else { continue };
            let outcome = Outcome::from_word(&word).ok_or_else(|| bad("outcome"))?;
            let number = count::<u64>("count", number)?;
            if let (Outcome::SignedIn(_), Some(logins)) = (outcome, logins.get_mut(count::<usize>("day", day)?)) {
                *logins += number;
            }
            match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
                Some((_, sum)) => *sum += number,
                None => outcomes.push((outcome, number)),
            }
        }
        outcomes.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        Ok((logins, outcomes))
    }
}

/// The beginnings of the last `days` days up to the one of `now`, in UTC.
#[must_use]
pub fn utc_days(now: Timestamp, days: u16) -> Vec<Timestamp> {
    const DAY_US: i64 = 86_400_000_000;
    let today = now.micros().div_euclid(DAY_US);
    (0..i64::from(days)).rev().map(|ago| Timestamp::from_micros((today - ago) * DAY_US)).collect()
}
