//! The stream of one magic link: made, sent, opened, redeemed, refused, ended. Sessions have no stream of their own:
//! they begin and end here.

mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::{Issue, LinkCommand, Press, Standing};
pub use decide::{MAX_USES, decide, refusal, repeats};
pub use event::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkEvent, LinkKind, LinkRevokedWhy, LinkSubject, Method,
    Opener as OpenedBy, Refusal, SessionLimits,
};
pub use state::{Delivery, DeliveryState, Link, LinkState, LinkStatus, Use};

use crate::id::LinkId;
use crate::log::StreamName;
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `link-<id>`.
#[derive(Debug)]
pub struct LinkStream;

impl LinkStream {
    /// The name of this link's stream.
    #[must_use]
    pub fn name(link: LinkId) -> StreamName {
        StreamName::new(&format!("link-{link}"))
    }
}

impl Stream for LinkStream {
    type State = LinkState;
    type Event = LinkEvent;

    fn evolve(state: LinkState, event: &LinkEvent) -> LinkState {
        evolve::evolve(state, event)
    }

    fn encode(event: &LinkEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<LinkEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
