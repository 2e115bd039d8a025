//! How events change a contact's state.

use std::collections::BTreeMap;

use super::event::{Admission, ContactEvent};
use super::notice;
use super::state::{Contact, ContactState, Grant};

pub(super) fn evolve(state: ContactState, event: &ContactEvent) -> ContactState {
    if let ContactEvent::ContactAdded { details } = event {
        return ContactState::Present(Contact {
            details: details.clone(),
            admission: Admission::default(),
            grants: BTreeMap::new(),
            was_in_portal: false,
            notices: BTreeMap::new(),
        });
    }
    match state {
        ContactState::Absent | ContactState::Erased => state,
        ContactState::Present(contact) if *event == ContactEvent::ErasureRequested => ContactState::Erasing(contact),
        ContactState::Present(contact) => ContactState::Present(change(contact, event)),
        ContactState::Erasing(_) if *event == ContactEvent::ContactErased => ContactState::Erased,
        ContactState::Erasing(contact) => ContactState::Erasing(change(contact, event)),
    }
}

fn change(mut contact: Contact, event: &ContactEvent) -> Contact {
    match event {
        ContactEvent::ContactDetailsChanged { details } => contact.details = details.clone(),
        ContactEvent::AccessGranted { offering, until } => {
            contact.grants.insert(offering.clone(), Grant { until: *until });
            contact.was_in_portal = true;
        }
        ContactEvent::AccessRevoked { offering, .. } => drop(contact.grants.remove(offering)),
        ContactEvent::AdmissionsRenewed { admission, .. } => contact.admission = *admission,
        ContactEvent::NoticeRequested { .. }
        | ContactEvent::NoticeAttempted { .. }
        | ContactEvent::NoticePostponed { .. }
        | ContactEvent::NoticeSettled { .. } => notice::evolve(&mut contact.notices, event),
        ContactEvent::ContactAdded { .. }
        | ContactEvent::PortalPreviewed
        | ContactEvent::SignInDisputed
        | ContactEvent::ErasureRequested
        | ContactEvent::ContactErased => {}
    }
    contact
}
