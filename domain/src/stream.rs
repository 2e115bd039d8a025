//! What every stream's folder provides, so that one piece of code can load, decide and append for all of them.

use crate::id::CommandId;
use crate::time::Timestamp;
use crate::wire::{Opener, Sealer, WireError};

/// A kind of stream: its state, its events and their stored form. Deciders stand beside it, as plain functions.
pub trait Stream: 'static {
    /// Folded from the events; the default is the state of a stream without any.
    type State: Clone + Default + Send + Sync + 'static;
    /// What may stand on the stream.
    type Event: Clone + Send + Sync + 'static;

    /// The state after `event`. Never fails and holds no rule.
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;

    /// Stored type and JSON of `event`, personal data sealed.
    ///
    /// # Errors
    /// [`WireError::NoKey`] when the event holds personal data and the sealer has no key.
    fn encode(event: &Self::Event, sealer: &Sealer<'_>) -> Result<Encoded, WireError>;

    /// The event of this stored type and JSON.
    ///
    /// # Errors
    /// [`WireError`] for anything that [`Stream::encode`] does not write.
    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<Self::Event, WireError>;
}

/// An event's stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Stored type with its version.
    pub kind: &'static str,
    /// JSON.
    pub data: Vec<u8>,
}

/// What a decision may look at beside state and command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ctx {
    /// The instant of the decision.
    pub now: Timestamp,
    /// The command; ids of new things derive from it.
    pub command: CommandId,
}
