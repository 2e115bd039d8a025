//! What can have happened to the team.

use super::chat::ChatPlatform;
use super::token_name::TokenName;
use crate::authority::Role;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::{EmailAddress, Name};

/// Who a staff member is. Personal data throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffDetails {
    /// What to call them.
    pub name: Name,
    /// Where sign-in links reach them.
    pub email: EmailAddress,
}

/// A user of a chat platform, as an event keeps it. Personal data throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatIds {
    /// The workspace's or server's id there.
    pub workspace: String,
    /// The user's id there.
    pub user: String,
}

/// An event on the team's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamEvent {
    /// Somebody came into the team.
    StaffAdded {
        /// Who.
        staff: StaffId,
        /// What they may do.
        role: Role,
        /// Who they are; `None` for the first owner until the first sign-in.
        details: Option<Personal<StaffDetails>>,
        /// Keyed hash of their e-mail address, in the clear: it stays unique when keys are gone.
        email_index: Option<BlindIndex>,
    },
    /// A staff member said who they are, or somebody corrected it.
    StaffDetailsChanged {
        /// Who.
        staff: StaffId,
        /// Who they are now, whole.
        details: Personal<StaffDetails>,
        /// Keyed hash of their e-mail address.
        email_index: BlindIndex,
    },
    /// A staff member may do more or less.
    RoleChanged {
        /// Who.
        staff: StaffId,
        /// What they may do from now on.
        role: Role,
    },
    /// A staff member left; their sessions ended.
    StaffRemoved {
        /// Who.
        staff: StaffId,
        /// Whether the live links they made were to be revoked too.
        links_revoked: bool,
    },
    /// A staff member may command from a chat.
    ChatConnected {
        /// Who.
        staff: StaffId,
        /// Which platform.
        platform: ChatPlatform,
        /// Keyed hash of platform, workspace and user, in the clear: it stays unique when keys are gone.
        chat: BlindIndex,
        /// Who they are there.
        ids: Personal<ChatIds>,
    },
    /// A staff member may no longer command from a chat.
    ChatDisconnected {
        /// Who.
        staff: StaffId,
        /// Which platform.
        platform: ChatPlatform,
        /// Keyed hash of platform, workspace and user.
        chat: BlindIndex,
    },
    /// An API token was made.
    ApiTokenCreated {
        /// Which one.
        token: TokenId,
        /// What people call it.
        name: TokenName,
        /// What it may do.
        role: Role,
        /// SHA-256 of its secret: 32 random bytes, so that no salt or stretching is needed.
        secret_hash: [u8; 32],
        /// Not from this instant on; `None` = for good.
        expires_at: Option<Timestamp>,
        /// The staff member it ends with; `None` if made at the host's command line.
        made_by: Option<StaffId>,
    },
    /// An API token ended.
    ApiTokenRevoked {
        /// Which one.
        token: TokenId,
    },
}
