//! The stream of one offering: a course or group that the portal gives access to.

mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::OfferingCommand;
pub use decide::decide;
pub use event::{OfferingEvent, OfferingKind};
pub use state::{Offering, OfferingState};

use crate::log::StreamName;
use crate::stream::{Encoded, Stream};
use crate::value::Slug;
use crate::wire::{Opener, Sealer, WireError};

/// `offering-<slug>`.
#[derive(Debug)]
pub struct OfferingStream;

impl OfferingStream {
    /// The name of this offering's stream.
    #[must_use]
    pub fn name(slug: &Slug) -> StreamName {
        StreamName::new(&format!("offering-{slug}"))
    }
}

impl Stream for OfferingStream {
    type State = OfferingState;
    type Event = OfferingEvent;

    fn evolve(state: OfferingState, event: &OfferingEvent) -> OfferingState {
        evolve::evolve(state, event)
    }

    fn encode(event: &OfferingEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<OfferingEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
