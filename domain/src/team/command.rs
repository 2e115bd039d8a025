//! What one may ask of the team's stream.

use super::chat::ChatUser;
use super::event::StaffDetails;
use super::token_name::TokenName;
use crate::authority::Role;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::time::Timestamp;

/// A command to the team's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamCommand {
    /// Take somebody into the team.
    AddStaff {
        /// Their id, derived from the command.
        staff: StaffId,
        /// What they may do.
        role: Role,
        /// Who they are; `None` for the first owner, who says so at the first sign-in.
        details: Option<StaffDetails>,
        /// Keyed hash of their e-mail address; given exactly when `details` are.
        email_index: Option<BlindIndex>,
    },
    /// Say who somebody is, or correct it.
    ChangeStaffDetails {
        /// Who.
        staff: StaffId,
        /// Who they are, whole.
        details: StaffDetails,
        /// Keyed hash of their e-mail address.
        email_index: BlindIndex,
    },
    /// Let somebody do more or less.
    ChangeRole {
        /// Who.
        staff: StaffId,
        /// What they may do from now on.
        role: Role,
        /// The staff member who asks; nobody changes their own role. `None` at the host's command line.
        by: Option<StaffId>,
    },
    /// Let somebody go: their sessions and tokens end at once.
    RemoveStaff {
        /// Who.
        staff: StaffId,
        /// Whether the live links they made are to be revoked too.
        revoke_links: bool,
    },
    /// Let somebody command from a chat.
    ConnectChat {
        /// Who.
        staff: StaffId,
        /// Who they are there.
        user: ChatUser,
        /// Keyed hash of that.
        chat: BlindIndex,
    },
    /// Let somebody no longer command from a chat.
    DisconnectChat {
        /// Keyed hash of who they are there.
        chat: BlindIndex,
    },
    /// Make an API token.
    CreateApiToken(NewToken),
    /// End an API token.
    RevokeApiToken {
        /// Which one.
        token: TokenId,
    },
}

/// An API token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its id, derived from the command.
    pub token: TokenId,
    /// What people call it; unique among live ones.
    pub name: TokenName,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// Not from this instant on; `None` = for good.
    pub expires_at: Option<Timestamp>,
    /// The staff member who makes it; it ends with them. `None` at the host's command line.
    pub made_by: Option<StaffId>,
    /// Whether it is made at the host's command line, as owner tokens must be.
    pub on_host: bool,
}
