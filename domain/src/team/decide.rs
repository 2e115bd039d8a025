//! The team's rules.

use super::chat::ChatUser;
use super::command::{NewToken, TeamCommand};
use super::event::{ChatIds, StaffDetails, TeamEvent};
use super::state::{ChatConnection, StaffMember, StaffState, Team};
use crate::authority::Role;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::log::MAX_EVENTS;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::time::{Lifetime, Timestamp};
use crate::value::InvalidValue;

/// How long an owner token may live.
const OWNER_TOKEN: Lifetime = Lifetime::from_days(90);

/// What one append takes beside the removal itself; tokens and chats beyond are dead without their holder all the same.
const ENDED_WITH_STAFF: usize = MAX_EVENTS - 1;

/// Chats that one staff member may command from.
const MOST_CHATS: usize = 10;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// The [`Rejection`] of the rule that says no.
pub fn decide(team: &Team, command: TeamCommand, ctx: &Ctx) -> Result<Vec<TeamEvent>, Rejection> {
    match command {
        TeamCommand::AddStaff { staff, role, details, email_index } => add(team, staff, role, details, email_index),
        TeamCommand::ChangeStaffDetails { staff, details, email_index } => {
            change_details(team, staff, details, email_index)
        }
        TeamCommand::ChangeRole { staff, role, by } => change_role(team, staff, role, by),
        TeamCommand::RemoveStaff { staff, revoke_links } => remove(team, staff, revoke_links, ctx.now),
        TeamCommand::ConnectChat { staff, user, chat } => connect_chat(team, staff, user, chat),
        TeamCommand::DisconnectChat { chat } => Ok(disconnect_chat(team, chat)),
        TeamCommand::CreateApiToken(new) => create_token(team, new, ctx.now),
        TeamCommand::RevokeApiToken { token } => revoke_token(team, token),
    }
}

fn add(
    team: &Team, staff: StaffId, role: Role, details: Option<StaffDetails>, email_index: Option<BlindIndex>,
) -> Result<Vec<TeamEvent>, Rejection> {
    // The id comes from the command: whoever has it was added by an earlier try of the same one.
    if team.staff.contains_key(&staff) {
        return Ok(vec![]);
    }
    if email_index.is_some_and(|email| team.by_email(email).is_some()) {
        return Err(Rejection::StaffEmailTaken);
    }
    Ok(vec![TeamEvent::StaffAdded { staff, role, details: details.map(Personal::Known), email_index }])
}

fn change_details(
    team: &Team, staff: StaffId, details: StaffDetails, email_index: BlindIndex,
) -> Result<Vec<TeamEvent>, Rejection> {
    let member = current(team, staff)?;
    if team.by_email(email_index).is_some_and(|(holder, _)| holder != staff) {
        return Err(Rejection::StaffEmailTaken);
    }
    let details = Personal::Known(details);
    if member.details.as_ref() == Some(&details) && member.email_index == Some(email_index) {
        return Ok(vec![]);
    }
    Ok(vec![TeamEvent::StaffDetailsChanged { staff, details, email_index }])
}

fn change_role(team: &Team, staff: StaffId, role: Role, by: Option<StaffId>) -> Result<Vec<TeamEvent>, Rejection> {
    let member = current(team, staff)?;
    if by == Some(staff) {
        return Err(Rejection::Forbidden);
    }
    if member.role == role {
        return Ok(vec![]);
    }
    an_owner_stays(team, staff)?;
    Ok(vec![TeamEvent::RoleChanged { staff, role }])
}

fn remove(team: &Team, staff: StaffId, links_revoked: bool, now: Timestamp) -> Result<Vec<TeamEvent>, Rejection> {
    match team.staff.get(&staff) {
        None => Err(Rejection::StaffNotFound),
        Some(StaffState::Removed) => Ok(vec![]),
        Some(StaffState::Current(_)) => {
            an_owner_stays(team, staff)?;
            let tokens = team.live_tokens(now).filter(|(_, token)| token.made_by == Some(staff));
            let revoked = tokens.map(|(token, _)| TeamEvent::ApiTokenRevoked { token });
            let disconnected = team.chats_of(staff).flat_map(|(chat, _)| disconnect_chat(team, chat));
            let ended = disconnected.chain(revoked).take(ENDED_WITH_STAFF);
            Ok(std::iter::once(TeamEvent::StaffRemoved { staff, links_revoked }).chain(ended).collect())
        }
    }
}

fn current(team: &Team, staff: StaffId) -> Result<&StaffMember, Rejection> {
    team.member(staff).ok_or(Rejection::StaffNotFound)
}

/// Whether the team keeps an owner without `staff`, or had none to lose in them.
fn an_owner_stays(team: &Team, staff: StaffId) -> Result<(), Rejection> {
    let last = team.owners().any(|owner| owner == staff) && team.owners().all(|owner| owner == staff);
    if last { Err(Rejection::LastOwner) } else { Ok(()) }
}

fn connect_chat(team: &Team, staff: StaffId, user: ChatUser, chat: BlindIndex) -> Result<Vec<TeamEvent>, Rejection> {
    current(team, staff)?;
    match team.by_chat(chat) {
        Some((holder, _)) if holder == staff => return Ok(vec![]),
        Some(_) => return Err(Rejection::ChatTaken),
        None => {}
    }
    if team.chats_of(staff).count() >= MOST_CHATS {
        return Err(Rejection::TooManyChats);
    }
    let ChatUser { platform, workspace, user } = user;
    let ids = Personal::Known(ChatIds { workspace, user });
    Ok(vec![TeamEvent::ChatConnected { staff, platform, chat, ids }])
}

fn disconnect_chat(team: &Team, chat: BlindIndex) -> Vec<TeamEvent> {
    let connection = team.chats.get(&chat);
    let ended = |of: &ChatConnection| TeamEvent::ChatDisconnected { staff: of.staff, platform: of.platform, chat };
    connection.map(ended).into_iter().collect()
}

fn create_token(team: &Team, new: NewToken, now: Timestamp) -> Result<Vec<TeamEvent>, Rejection> {
    if team.tokens.contains_key(&new.token) {
        return Ok(vec![]);
    }
    if let Some(maker) = new.made_by {
        current(team, maker)?;
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(InvalidValue::new("expires_at", "the token's end lies in the past").into());
    }
    if new.role == Role::Owner {
        let soon = new.expires_at.is_some_and(|end| end <= now.plus(OWNER_TOKEN));
        if !new.on_host || !soon {
            return Err(Rejection::OwnerToken);
        }
    }
    if team.live_tokens(now).any(|(_, token)| token.name == new.name) {
        return Err(Rejection::TokenNameTaken);
    }
    let NewToken { token, name, role, secret_hash, expires_at, made_by, on_host: _ } = new;
    Ok(vec![TeamEvent::ApiTokenCreated { token, name, role, secret_hash, expires_at, made_by }])
}

fn revoke_token(team: &Team, token: TokenId) -> Result<Vec<TeamEvent>, Rejection> {
    match team.tokens.get(&token) {
        None => Err(Rejection::TokenNotFound),
        Some(known) if known.revoked => Ok(vec![]),
        Some(_) => Ok(vec![TeamEvent::ApiTokenRevoked { token }]),
    }
}
