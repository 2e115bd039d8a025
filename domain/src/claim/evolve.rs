//! How events change a claim's state.

use super::event::ClaimEvent;
use super::state::ClaimState;

pub(super) const fn evolve(_: ClaimState, event: &ClaimEvent) -> ClaimState {
    match event {
        ClaimEvent::Claimed { contact } => ClaimState::Held(*contact),
        ClaimEvent::Released => ClaimState::Free,
    }
}
