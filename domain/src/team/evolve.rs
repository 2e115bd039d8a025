//! How events change the team.

use super::event::TeamEvent;
use super::state::{ApiToken, ChatConnection, StaffMember, StaffState, Team};
use crate::id::StaffId;

pub(super) fn evolve(mut team: Team, event: &TeamEvent) -> Team {
    match event {
        TeamEvent::StaffAdded { staff, role, details, email_index } => {
            let member = StaffMember { role: *role, details: details.clone(), email_index: *email_index };
            team.staff.insert(*staff, StaffState::Current(member));
        }
        TeamEvent::StaffDetailsChanged { staff, details, email_index } => {
            if let Some(member) = current(&mut team, *staff) {
                member.details = Some(details.clone());
                member.email_index = Some(*email_index);
            }
        }
        TeamEvent::RoleChanged { staff, role } => {
            if let Some(member) = current(&mut team, *staff) {
                member.role = *role;
            }
        }
        TeamEvent::StaffRemoved { staff, .. } => {
            team.staff.insert(*staff, StaffState::Removed);
        }
        TeamEvent::ChatConnected { staff, platform, chat, ids } => {
            team.chats.insert(*chat, ChatConnection { staff: *staff, platform: *platform, ids: ids.clone() });
        }
        TeamEvent::ChatDisconnected { staff, chat, .. } => {
            if team.chats.get(chat).is_some_and(|connection| connection.staff == *staff) {
                team.chats.remove(chat);
            }
        }
        TeamEvent::ApiTokenCreated { token, name, role, secret_hash, expires_at, made_by } => {
            let made = ApiToken {
                name: name.clone(),
                role: *role,
                secret_hash: *secret_hash,
                expires_at: *expires_at,
                made_by: *made_by,
                revoked: false,
            };
            team.tokens.insert(*token, made);
        }
        TeamEvent::ApiTokenRevoked { token } => {
            if let Some(token) = team.tokens.get_mut(token) {
                token.revoked = true;
            }
        }
    }
    team
}

fn current(team: &mut Team, staff: StaffId) -> Option<&mut StaffMember> {
    match team.staff.get_mut(&staff)? {
        StaffState::Current(member) => Some(member),
        StaffState::Removed => None,
    }
}
