//! The offering's rules.

use super::command::OfferingCommand;
use super::event::OfferingEvent;
use super::state::{Offering, OfferingState};
use crate::rejection::Rejection;
use crate::stream::Ctx;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// [`Rejection::SlugTaken`] or [`Rejection::OfferingNotFound`].
pub fn decide(state: &OfferingState, command: OfferingCommand, _: &Ctx) -> Result<Vec<OfferingEvent>, Rejection> {
    match (state, command) {
        (OfferingState::Absent, OfferingCommand::AddOffering { kind, title, url }) => {
            Ok(vec![OfferingEvent::OfferingAdded { kind, title, url }])
        }
        (OfferingState::Absent, OfferingCommand::ChangeOffering { .. } | OfferingCommand::ArchiveOffering) => {
            Err(Rejection::OfferingNotFound)
        }
        (OfferingState::Present(offering), OfferingCommand::AddOffering { kind, title, url }) => {
            if *offering == (Offering { kind, title, url }) { Ok(vec![]) } else { Err(Rejection::SlugTaken) }
        }
        (OfferingState::Archived(_), OfferingCommand::AddOffering { .. }) => Err(Rejection::SlugTaken),
        (
            OfferingState::Present(offering) | OfferingState::Archived(offering),
            OfferingCommand::ChangeOffering { title, url },
        ) => {
            let title = title.unwrap_or_else(|| offering.title.clone());
            let url = url.unwrap_or_else(|| offering.url.clone());
            let same = title == offering.title && url == offering.url;
            Ok(if same { vec![] } else { vec![OfferingEvent::OfferingChanged { title, url }] })
        }
        (OfferingState::Present(_), OfferingCommand::ArchiveOffering) => Ok(vec![OfferingEvent::OfferingArchived]),
        (OfferingState::Archived(_), OfferingCommand::ArchiveOffering) => Ok(vec![]),
    }
}
