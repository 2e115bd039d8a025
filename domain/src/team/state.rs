//! What the team's rules need to know.

use std::collections::BTreeMap;

use super::chat::ChatPlatform;
use super::event::{ChatIds, StaffDetails};
use super::token_name::TokenName;
use crate::authority::Role;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::time::Timestamp;

/// Everybody who is or was a staff member, and every API token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Staff members, removed ones too.
    pub staff: BTreeMap<StaffId, StaffState>,
    /// API tokens, dead ones too.
    pub tokens: BTreeMap<TokenId, ApiToken>,
    /// Who may command from which chat, by the keyed hash of platform, workspace and user.
    pub chats: BTreeMap<BlindIndex, ChatConnection>,
}

/// A staff member's phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffState {
    /// In the team.
    Current(StaffMember),
    /// No longer.
    Removed,
}

/// Somebody in the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// What they may do.
    pub role: Role,
    /// Who they are; `None` for the first owner until the first sign-in.
    pub details: Option<Personal<StaffDetails>>,
    /// Keyed hash of their e-mail address.
    pub email_index: Option<BlindIndex>,
}

/// A staff member's chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatConnection {
    /// Whose.
    pub staff: StaffId,
    /// Which platform.
    pub platform: ChatPlatform,
    /// Who they are there.
    pub ids: Personal<ChatIds>,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// What people call it.
    pub name: TokenName,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// Not from this instant on; `None` = for good.
    pub expires_at: Option<Timestamp>,
    /// The staff member it ends with.
    pub made_by: Option<StaffId>,
    /// Ended by somebody.
    pub revoked: bool,
}

impl Team {
    /// The staff member, if in the team.
    #[must_use]
    pub fn member(&self, staff: StaffId) -> Option<&StaffMember> {
        match self.staff.get(&staff)? {
            StaffState::Current(member) => Some(member),
            StaffState::Removed => None,
        }
    }

    /// Everybody in the team.
    pub fn members(&self) -> impl Iterator<Item = (StaffId, &StaffMember)> {
        self.staff.iter().filter_map(|(staff, state)| match state {
            StaffState::Current(member) => Some((*staff, member)),
            StaffState::Removed => None,
        })
    }

    /// The one in the team with this e-mail address.
    #[must_use]
    pub fn by_email(&self, email: BlindIndex) -> Option<(StaffId, &StaffMember)> {
        self.members().find(|(_, member)| member.email_index == Some(email))
    }

    /// The owners in the team.
    pub fn owners(&self) -> impl Iterator<Item = StaffId> {
        self.members().filter(|(_, member)| member.role == Role::Owner).map(|(staff, _)| staff)
    }

    /// The one in the team who commands from this chat.
    #[must_use]
    pub fn by_chat(&self, chat: BlindIndex) -> Option<(StaffId, &StaffMember)> {
        let connection = self.chats.get(&chat)?;
        self.member(connection.staff).map(|member| (connection.staff, member))
    }

    /// The chats that a staff member commands from.
    pub fn chats_of(&self, staff: StaffId) -> impl Iterator<Item = (BlindIndex, &ChatConnection)> {
        let member = self.member(staff).is_some();
        let theirs = self.chats.iter().filter(move |(_, connection)| member && connection.staff == staff);
        theirs.map(|(chat, connection)| (*chat, connection))
    }

    /// The token, if it works at `now`.
    #[must_use]
    pub fn live_token(&self, token: TokenId, now: Timestamp) -> Option<&ApiToken> {
        self.tokens.get(&token).filter(|token| self.is_live(token, now))
    }

    /// The tokens that work at `now`.
    pub fn live_tokens(&self, now: Timestamp) -> impl Iterator<Item = (TokenId, &ApiToken)> {
        self.tokens.iter().filter(move |(_, token)| self.is_live(token, now)).map(|(id, token)| (*id, token))
    }

    /// Half-open: dead from its end on; and dead without its maker in the team.
    fn is_live(&self, token: &ApiToken, now: Timestamp) -> bool {
        !token.revoked
            && token.expires_at.is_none_or(|end| now < end)
            && token.made_by.is_none_or(|staff| self.member(staff).is_some())
    }
}
