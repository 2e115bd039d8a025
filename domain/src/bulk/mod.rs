//! The stream of one bulk send: who was meant, who is written to, and how it went on. The links themselves are ordinary
//! ones on streams of their own.
//!
//! Apart from the links because one decision of staff stands behind thousands of them.

mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::BulkCommand;
pub use decide::decide;
pub use event::{BulkEvent, Plan, Segment, StoppedWhy, Words};
pub use state::{Bulk, BulkState, BulkStatus, Ended};

use crate::id::BulkId;
use crate::log::StreamName;
use crate::personal::{Personal, Sealed};
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// How many contacts one event names at most.
pub const CHUNK: usize = 500;

/// `bulk-<id>`.
#[derive(Debug)]
pub struct BulkStream;

impl BulkStream {
    /// The name of this bulk send's stream.
    #[must_use]
    pub fn name(bulk: BulkId) -> StreamName {
        StreamName::new(&format!("bulk-{bulk}"))
    }

    /// Opens what an event sealed, for whoever kept it sealed.
    ///
    /// # Errors
    /// [`WireError::Altered`] where it does not open with its own key.
    pub fn open_words(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<Words>, WireError> {
        wire::open_words(kind, Some(sealed.0), opener)
    }
}

impl Stream for BulkStream {
    type State = BulkState;
    type Event = BulkEvent;

    fn evolve(state: BulkState, event: &BulkEvent) -> BulkState {
        evolve::evolve(state, event)
    }

    fn encode(event: &BulkEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<BulkEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
