//! The stream of the team: staff members, their roles, their chats and the API tokens. One stream for all of them, so that
//! the last owner can't go, and an e-mail address and a chat user are unique.

mod chat;
mod command;
mod decide;
mod event;
mod evolve;
mod state;
#[cfg(test)]
mod tests;
mod token_name;
mod wire;

pub use chat::{ChatPlatform, ChatUser};
pub use command::{NewToken, TeamCommand};
pub use decide::decide;
pub use event::{ChatIds, StaffDetails, TeamEvent};
pub use state::{ApiToken, ChatConnection, StaffMember, StaffState, Team};
pub use token_name::TokenName;

use crate::log::StreamName;
use crate::personal::{Personal, Sealed};
use crate::stream::{Encoded, Stream};
use crate::wire::{Opener, Sealer, WireError};

/// `team`.
#[derive(Debug)]
pub struct TeamStream;

impl TeamStream {
    /// The name of the one stream of the team.
    #[must_use]
    pub fn name() -> StreamName {
        StreamName::new("team")
    }

    /// Opens the sealed details of an added or details-changed event, as copied by [`crate::event::sealed`].
    ///
    /// # Errors
    /// [`WireError`] where it is not such an event's.
    pub fn open_details(kind: &str, sealed: Sealed, opener: &Opener<'_>) -> Result<Personal<StaffDetails>, WireError> {
        wire::open_details(kind, Some(sealed.0), opener)
    }
}

impl Stream for TeamStream {
    type State = Team;
    type Event = TeamEvent;

    fn evolve(state: Team, event: &TeamEvent) -> Team {
        evolve::evolve(state, event)
    }

    fn encode(event: &TeamEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
        wire::encode(event, sealer)
    }

    fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<TeamEvent, WireError> {
        wire::decode(kind, data, opener)
    }
}
