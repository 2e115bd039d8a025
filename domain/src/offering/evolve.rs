//! How events change an offering's state.

use super::event::OfferingEvent;
use super::state::{Offering, OfferingState};

pub(super) fn evolve(state: OfferingState, event: &OfferingEvent) -> OfferingState {
    match (state, event) {
        (_, OfferingEvent::OfferingAdded { kind, title, url }) => {
            OfferingState::Present(Offering { kind: *kind, title: title.clone(), url: url.clone() })
        }
        (OfferingState::Present(offering), OfferingEvent::OfferingChanged { title, url }) => {
            OfferingState::Present(Offering { title: title.clone(), url: url.clone(), ..offering })
        }
        (OfferingState::Archived(offering), OfferingEvent::OfferingChanged { title, url }) => {
            OfferingState::Archived(Offering { title: title.clone(), url: url.clone(), ..offering })
        }
        (OfferingState::Present(offering) | OfferingState::Archived(offering), OfferingEvent::OfferingArchived) => {
            OfferingState::Archived(offering)
        }
        (OfferingState::Absent, OfferingEvent::OfferingChanged { .. } | OfferingEvent::OfferingArchived) => {
            OfferingState::Absent
        }
    }
}
