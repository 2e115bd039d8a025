//! From a notice's events to its row.

use std::collections::BTreeMap;

use magiclink_domain::contact::ContactEvent;
use magiclink_domain::event::Event;
use magiclink_domain::id::{ContactId, NoticeId};
use magiclink_domain::link::Channel;

use crate::projection::{Batch, Folded, Text};

const REQUEST: &str = "
    insert into notices (id, contact_id, channel, state, since_us)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from jsonb_each(?1)";

const CHANGE: &str = "
    update notices set state = made.value ->> 1, since_us = made.value ->> 2
    from jsonb_each(?1) as made where notices.id = made.value ->> 0";

const SETTLE: &str = "delete from notices where id in (select value from jsonb_each(?1))";

const ERASE: &str = "delete from notices where contact_id in (select value from jsonb_each(?1))";

/// What the batch says about one notice.
#[derive(Default)]
struct Row {
    requested: Option<(ContactId, Channel)>,
    /// State and since when; none = it has its outcome.
    state: Option<(&'static str, i64)>,
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<NoticeId, Row> = BTreeMap::new();
    for entry in &batch.entries {
        if let Event::Contact(contact, event) = &entry.event {
            note(&mut rows, *contact, event);
        }
    }
    let (mut requested, mut changed, mut settled) = (vec![], vec![], vec![]);
    for (notice, row) in rows {
        let id = Text(notice);
        match (row.requested, row.state) {
            (Some((contact, channel)), Some((state, since))) => {
                requested.push((id, Text(contact), channel.as_str(), state, since));
            }
            (None, Some((state, since))) => changed.push((id, state, since)),
            (None, None) => settled.push(id),
            (Some(_), None) => {}
        }
    }
    let mut folded = Folded::default();
    folded.write(REQUEST, requested)?;
    folded.write(CHANGE, changed)?;
    folded.write(SETTLE, settled)?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}

fn note(rows: &mut BTreeMap<NoticeId, Row>, contact: ContactId, event: &ContactEvent) {
    match event {
        ContactEvent::NoticeRequested { notice, channel, at, .. } => {
            let row = Row { requested: Some((contact, *channel)), state: Some(("waiting", at.micros())) };
            rows.insert(*notice, row);
        }
        ContactEvent::NoticeAttempted { notice, at } => {
            rows.entry(*notice).or_default().state = Some(("sending", at.micros()));
        }
        ContactEvent::NoticePostponed { notice, until, .. } => {
            rows.entry(*notice).or_default().state = Some(("waiting", until.micros()));
        }
        ContactEvent::NoticeSettled { notice, .. } => rows.entry(*notice).or_default().state = None,
        ContactEvent::ContactAdded { .. }
        | ContactEvent::ContactDetailsChanged { .. }
        | ContactEvent::AccessGranted { .. }
        | ContactEvent::AccessRevoked { .. }
        | ContactEvent::AdmissionsRenewed { .. }
        | ContactEvent::PortalPreviewed
        | ContactEvent::SignInDisputed
        | ContactEvent::ErasureRequested
        | ContactEvent::ContactErased => {}
    }
}
