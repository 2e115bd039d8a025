//! From redemptions and refusals to counts.

use std::collections::BTreeMap;

use magiclink_domain::actor::Actor;
use magiclink_domain::event::Event;
use magiclink_domain::link::LinkEvent;

use super::outcome::Outcome;
use crate::projection::{Batch, Entry, Folded};

/// A quarter of an hour in microseconds.
const QUARTER_US: i64 = 15 * 60 * 1_000_000;

const COUNT: &str = "
    insert into outcomes (outcome, quarter_us, count) select value ->> 0, value ->> 1, value ->> 2
    from jsonb_each(?1) where true
    on conflict (outcome, quarter_us) do update set count = outcomes.count + excluded.count";

const LAST: &str = "
    insert into signed_in_contacts (contact_id, last_us) select value ->> 0, value ->> 1 from jsonb_each(?1) where true
    on conflict (contact_id) do update set last_us = excluded.last_us
    where excluded.last_us > signed_in_contacts.last_us";

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut outcomes: BTreeMap<(&'static str, i64), u64> = BTreeMap::new();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for entry in &batch.entries {
        let Some((outcome, at)) = pressed(entry) else { continue };
        *outcomes.entry((outcome.as_str(), at.div_euclid(QUARTER_US) * QUARTER_US)).or_default() += 1;
        if let (Outcome::SignedIn(_), Some(contact)) = (outcome, entry.subject()) {
            let seen = last.entry(contact).or_insert(at);
            *seen = at.max(*seen);
        }
    }
    let mut folded = Folded::default();
    folded.write(COUNT, outcomes.into_iter().map(|((outcome, quarter), count)| (outcome, quarter, count)))?;
    folded.write(LAST, last)?;
    Ok(folded)
}

/// What came of a contact's press, and when; staff's count for nothing here.
fn pressed(entry: &Entry) -> Option<(Outcome, i64)> {
    match &entry.event {
        Event::Link(_, LinkEvent::LinkRedeemed { at, method, admission: Some(_), .. }) => {
            Some((Outcome::SignedIn(*method), at.micros()))
        }
        Event::Link(_, LinkEvent::RedemptionRefused { why, .. }) if matches!(entry.meta.actor, Actor::Contact(_)) => {
            Some((Outcome::Refused(*why), entry.at_us()))
        }
        Event::Link(..)
        | Event::Contact(..)
        | Event::Number(..)
        | Event::Team(_)
        | Event::Offering(..)
        | Event::Settings(_)
        | Event::Claim(..)
        | Event::Bulk(..) => None,
    }
}
