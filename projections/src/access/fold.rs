//! From grants and their ends to rows.

use std::collections::{BTreeMap, BTreeSet};

use magiclink_domain::actor::Actor;
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::event::Event;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::LinkEvent;
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

const MEMBERS: &str = "
    insert into portal_members (contact_id, until_us, signed_in)
    select made.value, coalesce((select max(coalesce(until_us, 9223372036854775807)) from grants
        where contact_id = made.value), 0), 0
    from jsonb_each(?1) as made where true
    on conflict (contact_id) do update set until_us = excluded.until_us
    where portal_members.until_us <> excluded.until_us";

const SIGNED_IN: &str = "
    insert into portal_members (contact_id, until_us, signed_in) select value, 0, 1 from jsonb_each(?1) where true
    on conflict (contact_id) do update set signed_in = 1 where portal_members.signed_in = 0";

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
    let rows = rows(batch);
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
    let touched: BTreeSet<ContactId> = rows.keys().map(|(contact, _)| *contact).chain(batch.erased()).collect();
    folded.write(MEMBERS, touched.into_iter().map(Text))?;
    folded.write(SIGNED_IN, signed_in(batch))?;
    Ok(folded)
}

/// Contacts who signed in. Staff's redemptions carry no admission number.
fn signed_in(batch: &Batch) -> BTreeSet<String> {
    let redeemed =
        |entry: &&Entry| matches!(&entry.event, Event::Link(_, LinkEvent::LinkRedeemed { admission: Some(_), .. }));
    batch.entries.iter().filter(redeemed).filter_map(Entry::subject).collect()
}

fn rows(batch: &Batch) -> BTreeMap<(ContactId, &Slug), Row> {
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
            | ContactEvent::SignInDisputed
            | ContactEvent::ErasureRequested
            | ContactEvent::ContactErased => {}
        }
    }
    rows
}
