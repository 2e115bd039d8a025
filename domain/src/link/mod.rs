//! The stream of one magic link: made, sent, opened, redeemed, refused, ended. Sessions have no stream of their own:
//! they begin and end here.

mod command;
mod decide;
mod event;
mod evolve;
mod parts;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::{Issue, LinkCommand, Outcome, Press, Standing};
pub use decide::{MAX_USES, decide, refusal, repeats};
pub use event::LinkEvent;
pub use parts::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkKind, LinkRevokedWhy, LinkSubject, Method,
    Opener as OpenedBy, Refusal, SessionLimits, Trial,
};
pub use state::{Delivery, DeliveryState, Link, LinkState, LinkStatus, Use};

use crate::id::LinkId;
use crate::log::StreamName;
use crate::personal::{Personal, Sealed};
use crate::stream::{Encoded, Stream};
use crate::value::Reason;
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

    /// Opens the sealed client of an opened, redeemed or refused event, as copied by [`crate::event::sealed`].
    ///
    /// # Errors
    /// [`WireError`] where it is not such an event's.
    pub fn open_client(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<Client>, WireError> {
        wire::opened_client(kind, Some(sealed.0), opener)
    }

    /// Opens the sealed reason of an issued or revoked event.
    ///
    /// # Errors
    /// [`WireError`] where it is not such an event's.
    pub fn open_reason(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<Reason>, WireError> {
        opener.open(kind, Some(sealed.0), |text: String| Ok(Reason::stored(text)))
    }

    /// Opens the sealed address of a delivery-requested event.
    ///
    /// # Errors
    /// [`WireError`] where it is not such an event's.
    pub fn open_target(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<String>, WireError> {
        opener.open(kind, Some(sealed.0), Ok)
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
