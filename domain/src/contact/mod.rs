//! The stream of one contact: who they are, what they may see, and which links and sessions are still theirs.

mod command;
mod decide;
mod event;
mod evolve;
mod notice;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::{ContactCommand, DetailsChange};
pub use decide::decide;
pub use event::{Admission, ContactEvent, Details, RenewedWhy, RowDigest};
pub use notice::{Notice, NoticeOutcome, NoticeState, NoticeStep};
pub use state::{Contact, ContactState, Grant};

use crate::id::ContactId;
use crate::log::StreamName;
use crate::personal::{Personal, Sealed};
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `contact-<id>`.
#[derive(Debug)]
pub struct ContactStream;

impl ContactStream {
    /// The name of this contact's stream.
    #[must_use]
    pub fn name(contact: ContactId) -> StreamName {
        StreamName::new(&format!("contact-{contact}"))
    }

    /// Opens the sealed details of an added or details-changed event, as copied by [`crate::event::sealed`].
    ///
    /// # Errors
    /// [`WireError`] where it is not such an event's.
    pub fn open_details(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<Details>, WireError> {
        wire::open_details(kind, Some(sealed.0), opener)
    }
}

impl Stream for ContactStream {
    type State = ContactState;
    type Event = ContactEvent;

    fn evolve(state: ContactState, event: &ContactEvent) -> ContactState {
        evolve::evolve(state, event)
    }

    fn encode(event: &ContactEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<ContactEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
