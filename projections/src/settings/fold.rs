//! From the emergency switches to rows.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::settings::SettingsEvent;

use crate::projection::{Batch, Entry, Folded, Text};

const CLEAR: &str = "delete from stops where what in (select value from jsonb_each(?1))";

const STOP: &str = "
    insert into stops (what, since_us, stopped_by) select value ->> 0, value ->> 1, value ->> 2 from jsonb_each(?1) where true
    on conflict (what) do nothing";

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut stops: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut resumed = false;
    for entry in &batch.entries {
        let Event::Settings(event) = &entry.event else { continue };
        match event {
            SettingsEvent::IssuingStopped => {
                stops.entry("issuing").or_insert(entry);
            }
            SettingsEvent::RedeemingStopped => {
                stops.entry("redeeming").or_insert(entry);
            }
            SettingsEvent::Resumed => {
                resumed = true;
                stops.clear();
            }
        }
    }
    let mut folded = Folded::default();
    folded.write(CLEAR, if resumed { vec!["issuing", "redeeming"] } else { vec![] })?;
    folded.write(STOP, stops.iter().map(|(what, entry)| (*what, entry.at_us(), Text(&entry.meta.actor))))?;
    Ok(folded)
}
