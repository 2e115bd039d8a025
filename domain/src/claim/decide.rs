//! The claim's rules.

use super::command::ClaimCommand;
use super::event::ClaimEvent;
use super::state::ClaimState;
use crate::rejection::Rejection;
use crate::stream::Ctx;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// [`Rejection::ExternalIdTaken`] for what another contact holds.
pub fn decide(state: &ClaimState, command: ClaimCommand, _: &Ctx) -> Result<Vec<ClaimEvent>, Rejection> {
    match (state, command) {
        (ClaimState::Free, ClaimCommand::Claim { contact }) => Ok(vec![ClaimEvent::Claimed { contact }]),
        (ClaimState::Held(holder), ClaimCommand::Claim { contact }) if *holder == contact => Ok(vec![]),
        (ClaimState::Held(_), ClaimCommand::Claim { .. }) => Err(Rejection::ExternalIdTaken),
        (ClaimState::Held(holder), ClaimCommand::Release { contact }) if *holder == contact => {
            Ok(vec![ClaimEvent::Released])
        }
        (ClaimState::Free | ClaimState::Held(_), ClaimCommand::Release { .. }) => Ok(vec![]),
    }
}
