//! From redemptions to counts.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::link::LinkEvent;

use crate::projection::{Batch, Folded};

/// A quarter of an hour in microseconds.
const QUARTER_US: i64 = 15 * 60 * 1_000_000;

const COUNT: &str = "
    insert into sign_ins (quarter_us, count) select value ->> 0, value ->> 1 from jsonb_each(?1) where true
    on conflict (quarter_us) do update set count = sign_ins.count + excluded.count";

const LAST: &str = "
    insert into signed_in_contacts (contact_id, last_us) select value ->> 0, value ->> 1 from jsonb_each(?1) where true
    on conflict (contact_id) do update set last_us = excluded.last_us
    where excluded.last_us > signed_in_contacts.last_us";

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut quarters: BTreeMap<i64, u64> = BTreeMap::new();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for entry in &batch.entries {
        // Staff's redemptions carry no admission number.
        let Event::Link(_, LinkEvent::LinkRedeemed { at, admission: Some(_), .. }) = &entry.event else { continue };
        let at = at.micros();
        *quarters.entry(at.div_euclid(QUARTER_US) * QUARTER_US).or_default() += 1;
        if let Some(contact) = entry.subject() {
            let seen = last.entry(contact).or_insert(at);
            *seen = at.max(*seen);
        }
    }
    let mut folded = Folded::default();
    folded.write(COUNT, quarters)?;
    folded.write(LAST, last)?;
    Ok(folded)
}
