//! The stream of the settings that are history: the emergency switches and the words of messages. It stands apart because
//! it belongs to nobody and every issue, every redemption and every message reads it.

mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod wire;

pub use command::SettingsCommand;
pub use decide::{MOST_TEMPLATES, decide};
pub use event::SettingsEvent;
pub use state::Settings;

use crate::log::StreamName;
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `settings`.
#[derive(Debug)]
pub struct SettingsStream;

impl SettingsStream {
    /// The name of the one stream of settings.
    #[must_use]
    pub fn name() -> StreamName {
        StreamName::new("settings")
    }
}

impl Stream for SettingsStream {
    type State = Settings;
    type Event = SettingsEvent;

    fn evolve(state: Settings, event: &SettingsEvent) -> Settings {
        evolve::evolve(state, event)
    }

    fn encode(event: &SettingsEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<SettingsEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
