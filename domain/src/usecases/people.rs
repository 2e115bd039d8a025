//! Who is in the team, for whoever may know.
//!
//! Apart from changing it because each reader asks another right: names are everybody's, the list is the owners'.

use std::collections::BTreeMap;

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use crate::actor::Actor;
use crate::authority::Act;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::team::{ChatConnection, StaffMember, Team, TeamStream};

/// What to call those who act, in lists and histories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamNames {
    /// Everybody in the team; `None` = has not given a name.
    pub staff: BTreeMap<StaffId, Option<String>>,
    /// API tokens, dead ones too.
    pub tokens: BTreeMap<TokenId, String>,
}

impl UseCases {
    /// The team as it is now.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn team(&self, caller: &Caller) -> Result<Team, Failure> {
        caller.may(Act::ReadTeam, self.now())?;
        self.team_now().await
    }

    /// The team's names, without anything else about anybody.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn team_names(&self, caller: &Caller) -> Result<TeamNames, Failure> {
        caller.may(Act::Read, self.now())?;
        let loaded = self.load::<TeamStream>(&TeamStream::name()).await?;
        Ok(TeamNames {
            staff: loaded.state.members().map(|(staff, member)| (staff, name(member))).collect(),
            tokens: loaded.state.tokens.iter().map(|(id, token)| (*id, token.name.to_string())).collect(),
        })
    }

    /// A current staff member; oneself for everybody.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn staff_member(&self, caller: &Caller, staff: StaffId) -> Result<StaffMember, Failure> {
        caller.is_staff_or_may(staff, Act::ReadTeam, self.now())?;
        self.member_now(staff).await
    }

    /// The staff member with this id or e-mail address; with no text, the only owner.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn find_staff(&self, caller: &Caller, text: Option<&str>) -> Result<StaffId, Failure> {
        caller.may(Act::ReadTeam, self.now())?;
        let team = self.team_now().await?;
        let found = match text {
            None => {
                let mut owners = team.owners();
                owners.next().filter(|_| owners.next().is_none())
            }
            Some(text) => match text.parse::<StaffId>() {
                Ok(staff) => team.member(staff).map(|_| staff),
                Err(_) => self.address_index(text).and_then(|index| team.by_email(index)).map(|(staff, _)| staff),
            },
        };
        Ok(found.ok_or(Rejection::StaffNotFound)?)
    }

    /// The chats that the asking staff member commands from; nobody else has any.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn own_chats(&self, caller: &Caller) -> Result<Vec<(BlindIndex, ChatConnection)>, Failure> {
        caller.may(Act::Read, self.now())?;
        let Actor::Staff(staff) = caller.actor else { return Ok(vec![]) };
        let loaded = self.load::<TeamStream>(&TeamStream::name()).await?;
        Ok(loaded.state.chats_of(staff).map(|(chat, connection)| (chat, connection.clone())).collect())
    }

    pub(super) async fn team_now(&self) -> Result<Team, Failure> {
        Ok(self.load::<TeamStream>(&TeamStream::name()).await?.state.clone())
    }

    pub(super) async fn member_now(&self, staff: StaffId) -> Result<StaffMember, Failure> {
        let loaded = self.load::<TeamStream>(&TeamStream::name()).await?;
        Ok(loaded.state.member(staff).ok_or(Rejection::StaffNotFound)?.clone())
    }

    /// `None` if unknown, nameless or gone.
    pub(super) async fn name_now(&self, staff: StaffId) -> Result<Option<String>, Failure> {
        let loaded = self.load::<TeamStream>(&TeamStream::name()).await?;
        Ok(loaded.state.member(staff).and_then(name))
    }
}

fn name(member: &StaffMember) -> Option<String> {
    member.details.as_ref().and_then(Personal::known).map(|details| details.name.to_string())
}
