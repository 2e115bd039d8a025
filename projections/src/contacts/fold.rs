//! From a contact's events to its row.

use std::collections::BTreeMap;

use magiclink_domain::contact::{ContactEvent, Details};
use magiclink_domain::event::Event;
use magiclink_domain::id::ContactId;
use magiclink_domain::keys::Keyring;
use magiclink_domain::personal::Personal;
use magiclink_domain::value::Tag;

use crate::directory::Change;
use crate::lookups::{EMAIL, EXTERNAL_ID, PHONE};
use crate::projection::{Batch, Entry, Folded, Text};

const ADD: &str = "
    insert into contacts (id, added_at_us, details, email_index, phone_index, external_id_index, admission, phase)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, 0, 'present'
    from jsonb_each(?1)";

const DETAILS: &str = "
    update contacts set details = made.value ->> 1, email_index = made.value ->> 2, phone_index = made.value ->> 3,
        external_id_index = made.value ->> 4
    from jsonb_each(?1) as made where contacts.id = made.value ->> 0";

const STATE: &str = "
    update contacts set admission = coalesce(made.value ->> 1, admission), phase = coalesce(made.value ->> 2, phase)
    from jsonb_each(?1) as made where contacts.id = made.value ->> 0";

const ERASE: &str = "
    update contacts set details = null, email_index = null, phone_index = null, external_id_index = null
    where id in (select value from jsonb_each(?1))";

/// The attribute that an import keeps tags in.
const TAGS: &str = "tags";

const UNTAG: &str = "delete from contact_tags where contact_id in (select value from jsonb_each(?1))";

const TAG: &str = "
    insert into contact_tags (contact_id, tag_index) select value ->> 0, value ->> 1 from jsonb_each(?1) where true
    on conflict (tag_index, contact_id) do nothing";

/// What the batch says about one contact.
#[derive(Default)]
struct Row {
    added_at_us: Option<i64>,
    details: Option<Found>,
    admission: Option<u32>,
    phase: Option<&'static str>,
}

/// Details as the row keeps them.
#[derive(Default)]
struct Found {
    sealed: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    external_id: Option<String>,
    tags: Vec<String>,
}

impl Found {
    fn new(entry: &Entry, details: &Personal<Details>, keyring: &Keyring) -> Self {
        let sealed = entry.sealed.clone();
        let Personal::Known(details) = details else { return Self { sealed, ..Self::default() } };
        let index = |purpose, value: &str| keyring.blind_index(purpose, value).to_string();
        Self {
            sealed,
            email: details.email.as_ref().map(|email| index(EMAIL, email.as_str())),
            phone: details.phone.as_ref().map(|phone| index(PHONE, phone.as_str())),
            external_id: details.external_id.as_ref().map(|id| index(EXTERNAL_ID, id.as_str())),
            tags: tags(details).map(|tag| keyring.tag_index(&tag).to_string()).collect(),
        }
    }
}

/// The tags among a contact's attributes.
fn tags(details: &Details) -> impl Iterator<Item = Tag> + '_ {
    details.attributes.iter().filter(|(name, _)| name == TAGS).flat_map(|(_, cell)| Tag::split(cell))
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<ContactId, Row> = BTreeMap::new();
    let mut directory: BTreeMap<ContactId, Change> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Contact(contact, event) = &entry.event else { continue };
        let row = rows.entry(*contact).or_default();
        match event {
            ContactEvent::ContactAdded { details } | ContactEvent::ContactDetailsChanged { details } => {
                if matches!(event, ContactEvent::ContactAdded { .. }) {
                    row.added_at_us = Some(entry.at_us());
                }
                row.details = Some(Found::new(entry, details, &batch.keyring));
                directory.insert(*contact, Change::of(*contact, details));
            }
            ContactEvent::AdmissionsRenewed { admission, .. } => row.admission = Some(admission.0),
            ContactEvent::ErasureRequested | ContactEvent::ContactErased => {
                row.phase = Some(if *event == ContactEvent::ContactErased { "erased" } else { "erasing" });
                directory.insert(*contact, Change::Gone(*contact));
            }
            ContactEvent::AccessGranted { .. }
            | ContactEvent::AccessRevoked { .. }
            | ContactEvent::NoticeRequested { .. }
            | ContactEvent::NoticeAttempted { .. }
            | ContactEvent::NoticePostponed { .. }
            | ContactEvent::NoticeSettled { .. }
            | ContactEvent::PortalPreviewed
            | ContactEvent::SignInDisputed => {}
        }
    }
    let mut folded = Folded { directory: directory.into_values().collect(), ..Folded::default() };
    write(rows, &mut folded)?;
    folded.erase(ERASE, batch)?;
    folded.erase(UNTAG, batch)?;
    Ok(folded)
}

fn write(rows: BTreeMap<ContactId, Row>, folded: &mut Folded) -> Result<(), serde_json::Error> {
    let (mut added, mut changed, mut states) = (vec![], vec![], vec![]);
    let (mut untagged, mut tagged) = (vec![], vec![]);
    for (contact, row) in rows {
        let id = Text(contact);
        if let Some(found) = &row.details {
            untagged.push(id);
            tagged.extend(found.tags.iter().map(|tag| (id, tag.clone())));
        }
        match (row.added_at_us, row.details) {
            (Some(at), details) => {
                let found = details.unwrap_or_default();
                added.push((id, at, found.sealed, found.email, found.phone, found.external_id));
            }
            (None, Some(found)) => changed.push((id, found.sealed, found.email, found.phone, found.external_id)),
            (None, None) => {}
        }
        if row.admission.is_some() || row.phase.is_some() {
            states.push((id, row.admission, row.phase));
        }
    }
    folded.write(ADD, added)?;
    folded.write(DETAILS, changed)?;
    folded.write(UNTAG, untagged)?;
    folded.write(TAG, tagged)?;
    folded.write(STATE, states)
}
