//! The stream of one external id: which contact holds it. It stands apart from the contact's because appending to a stream
//! that must not exist yet is what makes an external id unique.

mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::ClaimCommand;
pub use decide::decide;
pub use event::ClaimEvent;
pub use state::ClaimState;

use crate::keys::BlindIndex;
use crate::log::StreamName;
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `claim-<keyed hash of the external id>`.
#[derive(Debug)]
pub struct ClaimStream;

impl ClaimStream {
    /// The name of the stream of the external id with this keyed hash.
    #[must_use]
    pub fn name(external_id: BlindIndex) -> StreamName {
        StreamName::new(&format!("claim-{external_id}"))
    }
}

impl Stream for ClaimStream {
    type State = ClaimState;
    type Event = ClaimEvent;

    fn evolve(state: ClaimState, event: &ClaimEvent) -> ClaimState {
        evolve::evolve(state, event)
    }

    fn encode(event: &ClaimEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<ClaimEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
