//! From a number's STOP and START to its row.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::number::NumberEvent;

use crate::projection::{Batch, Folded, Text};

const IN: &str = "delete from opted_out_numbers where phone_index in (select value from jsonb_each(?1))";

const OUT: &str = "
    insert into opted_out_numbers (phone_index, opted_out_at_us) select value ->> 0, value ->> 1 from jsonb_each(?1)";

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<BlindIndex, Option<i64>> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Number(number, event) = &entry.event else { continue };
        let opted_out = match event {
            NumberEvent::SmsOptedOut => Some(entry.at_us()),
            NumberEvent::SmsOptedIn => None,
        };
        rows.insert(*number, opted_out);
    }
    let mut folded = Folded::default();
    folded.write(IN, rows.keys().map(|number| Text(*number)))?;
    folded.write(OUT, rows.iter().filter_map(|(number, at)| at.map(|at| (Text(*number), at))))?;
    Ok(folded)
}
