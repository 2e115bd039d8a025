//! From grants and their ends to rows.

use std::collections::BTreeMap;

use magiclink_domain::actor::Actor;
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::event::Event;
use magiclink_domain::id::ContactId;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::Slug;

use crate::projection::{Batch, Entry, Folded, Text};

const END: &str = "
    delete from grants where (contact_id, offering) in (select value ->> 0, value ->> 1 from jsonb_each(?1))";

// A grant that goes on keeps its beginning; one that had ended begins anew.
const GRANT: &str = "
    insert into grants (contact_id, offering, since_us, until_us, granted_by)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from jsonb_each(?1) where true
    on conflict (contact_id, offering) do update set
        since_us = case when grants.until_us <= excluded.since_us then excluded.since_us else grants.since_us end,
        until_us = excluded.until_us, granted_by = excluded.granted_by";

const ERASE: &str = "delete from grants where contact_id in (select value from jsonb_each(?1))";

/// What the batch says about one contact's access to one offering.
#[derive(Default)]
struct Row {
    /// Whatever stood before the batch has ended.
    anew: bool,
    granted: Option<Granted>,
}

struct Granted {
    since: Timestamp,
    until: Option<Timestamp>,
    by: Actor,
}

impl Row {
    fn grant(&mut self, entry: &Entry, until: Option<Timestamp>) {
        let (at, by) = (entry.meta.at, entry.meta.actor.clone());
        let since = match &self.granted {
            Some(before) if before.until.is_none_or(|until| at < until) => before.since,
            Some(_) => {
                self.anew = true;
                at
            }
            None => at,
        };
        self.granted = Some(Granted { since, until, by });
    }

    fn end(&mut self) {
        *self = Self { anew: true, granted: None };
    }
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<(ContactId, &Slug), Row> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Contact(contact, event) = &entry.event else { continue };
        match event {
            ContactEvent::AccessGranted { offering, until } => {
                rows.entry((*contact, offering)).or_default().grant(entry, *until);
            }
            ContactEvent::AccessRevoked { offering, .. } => rows.entry((*contact, offering)).or_default().end(),
            ContactEvent::ContactAdded { .. }
            | ContactEvent::ContactDetailsChanged { .. }
            | ContactEvent::AdmissionsRenewed { .. }
            | ContactEvent::NoticeRequested { .. }
            | ContactEvent::NoticeAttempted { .. }
            | ContactEvent::NoticePostponed { .. }
            | ContactEvent::NoticeSettled { .. }
            | ContactEvent::PortalPreviewed
            | ContactEvent::ErasureRequested
            | ContactEvent::ContactErased => {}
        }
    }
    let mut folded = Folded::default();
    let ended = rows.iter().filter(|(_, row)| row.anew);
    folded.write(END, ended.map(|((contact, offering), _)| (Text(*contact), Text(*offering))))?;
    let granted = rows.iter().filter_map(|(key, row)| row.granted.as_ref().map(|granted| (key, granted)));
    let row = |((contact, offering), granted): (&(ContactId, &Slug), &Granted)| {
        let until = granted.until.map(Timestamp::micros);
        (Text(*contact), offering.to_string(), granted.since.micros(), until, Text(granted.by.clone()))
    };
    folded.write(GRANT, granted.map(row))?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}
