//! The contracts of [`Once`](magiclink_domain::ports::Once), [`Parcels`](magiclink_domain::ports::Parcels) and
//! [`Leases`](magiclink_domain::ports::Leases).

use std::sync::Arc;

use magiclink_domain::ports::Parcel;
use magiclink_domain::time::Timestamp;
use uuid::Uuid;

use crate::places::Place;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-05-01T12:00:00Z")
}

fn later() -> Timestamp {
    at("2026-05-01T12:10:00Z")
}

fn just_before(instant: Timestamp) -> Timestamp {
    Timestamp::from_micros(instant.micros() - 1)
}

pub(crate) async fn a_mark_is_set_once_until_its_end(place: &impl Place) {
    let once = place.once().await;
    assert!(once.first("a", later(), noon()).await.unwrap());
    assert!(!once.first("a", later(), noon()).await.unwrap());
    assert!(once.first("b", later(), noon()).await.unwrap(), "another mark");
    assert!(!once.first("a", later(), just_before(later())).await.unwrap());
    assert!(once.first("a", at("2026-05-01T12:20:00Z"), later()).await.unwrap(), "half-open");
}

pub(crate) async fn a_refused_mark_does_not_live_longer(place: &impl Place) {
    let once = place.once().await;
    assert!(once.first("a", later(), noon()).await.unwrap());
    assert!(!once.first("a", at("2026-05-02T12:00:00Z"), noon()).await.unwrap());
    assert!(once.first("a", at("2026-05-02T12:00:00Z"), later()).await.unwrap());
}

pub(crate) async fn one_of_many_sets_a_mark(place: &impl Place) {
    let once = place.once().await;
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let once = Arc::clone(&once);
            tokio::spawn(async move { once.first("a", later(), noon()).await.unwrap() })
        })
        .collect();
    let mut first = 0;
    for one in tries {
        first += usize::from(one.await.unwrap());
    }
    assert_eq!(first, 1);
}

pub(crate) async fn a_parcel_lies_there_until_its_end(place: &impl Place) {
    let parcels = place.parcels().await;
    parcels.put("a", b"secret", later()).await.unwrap();
    assert_eq!(parcels.look("a", just_before(later())).await.unwrap().as_deref(), Some(&b"secret"[..]));
    assert_eq!(parcels.look("a", later()).await.unwrap(), None, "half-open");
    assert_eq!(parcels.look("b", noon()).await.unwrap(), None, "another key");
    assert_eq!(parcels.take("a", later()).await.unwrap(), None);
}

pub(crate) async fn a_parcel_put_again_is_the_newer_one(place: &impl Place) {
    let parcels = place.parcels().await;
    parcels.put("a", b"old", later()).await.unwrap();
    parcels.put("a", b"", at("2026-05-01T13:00:00Z")).await.unwrap();
    assert_eq!(parcels.look("a", later()).await.unwrap().as_deref(), Some(&b""[..]));
}

pub(crate) async fn one_of_many_takes_a_parcel(place: &impl Place) {
    let parcels = place.parcels().await;
    parcels.put("a", b"secret", later()).await.unwrap();
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let parcels = Arc::clone(&parcels);
            tokio::spawn(async move { parcels.take("a", noon()).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for one in tries {
        taken += usize::from(one.await.unwrap().is_some());
    }
    assert_eq!(taken, 1);
}

pub(crate) async fn parcels_are_listed_by_the_beginning_of_their_key(place: &impl Place) {
    let parcels = place.parcels().await;
    for key in ["b%", "chat/2", "chat/1", "chat", "Chat/3"] {
        parcels.put(key, key.as_bytes(), later()).await.unwrap();
    }
    parcels.put("chat/0", b"over", noon()).await.unwrap();
    let found = parcels.list("chat/", noon()).await.unwrap();
    let parcel = |key: &str| Parcel { key: key.to_owned(), content: key.as_bytes().to_vec() };
    assert_eq!(found, [parcel("chat/1"), parcel("chat/2")]);
    assert_eq!(parcels.list("%", noon()).await.unwrap(), []);
    assert_eq!(parcels.list("", later()).await.unwrap(), []);
}

pub(crate) async fn marks_and_parcels_outlive_a_restart(place: &impl Place) {
    assert!(place.once().await.first("a", later(), noon()).await.unwrap());
    place.parcels().await.put("a", b"secret", later()).await.unwrap();
    let Some((once, parcels)) = place.short_lived_again().await else { return };
    assert!(!once.first("a", later(), noon()).await.unwrap());
    assert_eq!(parcels.take("a", noon()).await.unwrap().as_deref(), Some(&b"secret"[..]));
}

pub(crate) async fn what_lies_in_the_file_tells_nothing(place: &impl Place) {
    let parcels = place.parcels().await;
    let content = b"https://hooks.slack.example/commands/T1/very-secret-indeed";
    parcels.put("a", content, later()).await.unwrap();
    for file in place.files() {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(20).any(|window| window == &content[30..50]), "{}", file.display());
    }
}

const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

pub(crate) async fn one_of_many_holds_a_lease_and_goes_on_holding_it(place: &impl Place) {
    let mut tries = vec![];
    for n in 0..20 {
        let leases = place.leases().await;
        let holder = Uuid::from_u128(n);
        let hold = async move { leases.hold("edits", holder, later(), noon()).await.unwrap().then_some(holder) };
        tries.push(tokio::spawn(hold));
    }
    let mut holders = vec![];
    for one in tries {
        holders.extend(one.await.unwrap());
    }
    let [holder] = holders[..] else { panic!("held by {holders:?}") };
    let leases = place.leases().await;
    assert!(leases.hold("edits", holder, at("2026-05-01T12:20:00Z"), just_before(later())).await.unwrap());
    assert!(!leases.hold("edits", Uuid::from_u128(99), later(), later()).await.unwrap(), "it lives on");
    assert!(leases.hold("others", Uuid::from_u128(99), later(), noon()).await.unwrap(), "another name");
}

pub(crate) async fn a_lease_that_ran_out_is_anybodys(place: &impl Place) {
    let leases = place.leases().await;
    assert!(leases.hold("edits", ONE, later(), noon()).await.unwrap());
    assert!(!leases.hold("edits", OTHER, at("2026-05-01T12:20:00Z"), just_before(later())).await.unwrap());
    assert!(leases.hold("edits", OTHER, at("2026-05-01T12:20:00Z"), later()).await.unwrap(), "half-open");
    assert!(!leases.hold("edits", ONE, at("2026-05-01T12:20:00Z"), later()).await.unwrap(), "it is handed over");
}

pub(crate) async fn whoever_lets_go_hands_over_at_once(place: &impl Place) {
    let leases = place.leases().await;
    assert!(leases.hold("edits", ONE, later(), noon()).await.unwrap());
    leases.let_go("edits", OTHER).await.unwrap();
    leases.let_go("others", ONE).await.unwrap();
    assert!(!leases.hold("edits", OTHER, later(), noon()).await.unwrap(), "what others let go of is theirs");
    leases.let_go("edits", ONE).await.unwrap();
    assert!(leases.hold("edits", OTHER, later(), noon()).await.unwrap());
}

pub(crate) async fn leases_outlive_a_restart(place: &impl Place) {
    assert!(place.leases().await.hold("edits", ONE, later(), noon()).await.unwrap());
    assert!(!place.leases().await.hold("edits", OTHER, later(), noon()).await.unwrap());
}
