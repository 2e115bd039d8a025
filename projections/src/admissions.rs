//! Whose admission number rose, and who is gone: what leaves links and sessions behind.
//!
//! Apart because links and sessions fold it alike, each into tables of its own.

use std::collections::BTreeMap;

use magiclink_domain::contact::ContactEvent;
use magiclink_domain::event::Event;
use magiclink_domain::id::SubjectId;
use magiclink_domain::team::TeamEvent;

use crate::projection::{Batch, Text};

/// A subject as text, its new number if it rose, and whether it is gone.
pub(crate) type Row = (Text<SubjectId>, Option<u32>, u8);

/// The subjects that the batch leaves with a higher number, or gone.
pub(crate) fn fold(batch: &Batch) -> Vec<Row> {
    let mut rows: BTreeMap<SubjectId, (Option<u32>, u8)> = BTreeMap::new();
    for entry in &batch.entries {
        match &entry.event {
            Event::Contact(contact, ContactEvent::AdmissionsRenewed { admission, .. }) => {
                rows.entry((*contact).into()).or_default().0 = Some(admission.0);
            }
            Event::Contact(contact, ContactEvent::ErasureRequested | ContactEvent::ContactErased) => {
                rows.entry((*contact).into()).or_default().1 = 1;
            }
            Event::Team(TeamEvent::StaffRemoved { staff, .. }) => rows.entry((*staff).into()).or_default().1 = 1,
            Event::Contact(..)
            | Event::Team(_)
            | Event::Link(..)
            | Event::Number(..)
            | Event::Offering(..)
            | Event::Settings(_)
            | Event::Claim(..)
            | Event::Bulk(..) => {}
        }
    }
    rows.into_iter().map(|(subject, (admission, gone))| (Text(subject), admission, gone)).collect()
}
