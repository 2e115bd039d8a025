//! From the emergency switches and changed words to rows.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::link::Channel;
use magiclink_domain::settings::SettingsEvent;
use magiclink_domain::value::Locale;

use crate::projection::{Batch, Entry, Folded, Text};

const CLEAR: &str = "delete from stops where what in (select value from jsonb_each(?1))";

const STOP: &str = "
    insert into stops (what, since_us, stopped_by) select value ->> 0, value ->> 1, value ->> 2 from jsonb_each(?1) where true
    on conflict (what) do nothing";

const RESTORED: &str = "
    delete from templates where (channel, locale) in (select value ->> 0, value ->> 1 from jsonb_each(?1))";

const CHANGED: &str = "
    insert into templates (channel, locale, changed_us, changed_by)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from jsonb_each(?1) where true
    on conflict (channel, locale) do update set changed_us = excluded.changed_us, changed_by = excluded.changed_by";

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut stops: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut resumed = false;
    let mut templates: BTreeMap<(Channel, &Locale), (bool, &Entry)> = BTreeMap::new();
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
            SettingsEvent::TemplateChanged { channel, locale, words } => {
                templates.insert((*channel, locale), (words.is_some(), entry));
            }
        }
    }
    let mut folded = Folded::default();
    folded.write(CLEAR, if resumed { vec!["issuing", "redeeming"] } else { vec![] })?;
    folded.write(STOP, stops.iter().map(|(what, entry)| (*what, entry.at_us(), Text(&entry.meta.actor))))?;
    let restored = templates.iter().filter(|(_, (own, _))| !own);
    folded.write(RESTORED, restored.map(|((channel, locale), _)| (channel.as_str(), locale.as_str())))?;
    let changed = templates.iter().filter(|(_, (own, _))| *own).map(|((channel, locale), (_, entry))| {
        (channel.as_str(), locale.as_str(), entry.at_us(), Text(&entry.meta.actor))
    });
    folded.write(CHANGED, changed)?;
    Ok(folded)
}
