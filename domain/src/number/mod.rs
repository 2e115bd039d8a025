//! The stream of one phone number: whether it takes text messages. It stands apart from the contacts' because an opt-out
//! belongs to the number, whoever has it now or later, and survives erasure.

mod command;
mod decide;
mod event;
mod evolve;
mod keyword;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::NumberCommand;
pub use decide::decide;
pub use event::NumberEvent;
pub use keyword::{InvalidKeyword, Keyword, LoginKeyword, keyword};
pub use state::NumberState;

use crate::keys::BlindIndex;
use crate::log::StreamName;
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `number-<keyed hash of the phone number>`.
#[derive(Debug)]
pub struct NumberStream;

impl NumberStream {
    /// The name of the stream of the phone number with this keyed hash.
    #[must_use]
    pub fn name(phone: BlindIndex) -> StreamName {
        StreamName::new(&format!("number-{phone}"))
    }
}

impl Stream for NumberStream {
    type State = NumberState;
    type Event = NumberEvent;

    fn evolve(state: NumberState, event: &NumberEvent) -> NumberState {
        evolve::evolve(state, *event)
    }

    fn encode(event: &NumberEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(*event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<NumberEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
