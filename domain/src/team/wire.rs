//! The stored form of the team's events. One private struct per stored version; never changed once written.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chat::ChatPlatform;
use super::event::{ChatIds, StaffDetails, TeamEvent};
use super::token_name::TokenName;
use crate::authority::Role;
use crate::id::{StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::stream::Encoded;
use crate::time::Timestamp;
use crate::value::{EmailAddress, Name};
use crate::wire::{Opener, Sealer, WireError, from_hex, from_json, to_json};

const STAFF_ADDED: &str = "team.staff_added.v1";
const STAFF_DETAILS_CHANGED: &str = "team.staff_details_changed.v1";
const ROLE_CHANGED: &str = "team.role_changed.v1";
const STAFF_REMOVED: &str = "team.staff_removed.v1";
const CHAT_CONNECTED: &str = "team.chat_connected.v1";
const CHAT_DISCONNECTED: &str = "team.chat_disconnected.v1";
const TOKEN_CREATED: &str = "team.api_token_created.v1";
const TOKEN_REVOKED: &str = "team.api_token_revoked.v1";

/// `sealed`: [`DetailsV1`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffAddedV1 {
    staff: Uuid,
    role: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_details: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_index: Option<String>,
}

/// `sealed`: [`DetailsV1`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffDetailsChangedV1 {
    staff: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    email_index: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetailsV1 {
    name: String,
    email: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleChangedV1 {
    staff: Uuid,
    role: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffRemovedV1 {
    staff: Uuid,
    links_revoked: bool,
}

/// `sealed`: [`ChatIdsV1`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatConnectedV1 {
    staff: Uuid,
    platform: String,
    chat: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatIdsV1 {
    workspace: String,
    user: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatDisconnectedV1 {
    staff: Uuid,
    platform: String,
    chat: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenCreatedV1 {
    token: Uuid,
    name: String,
    role: String,
    secret_sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_us: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_by: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRevokedV1 {
    token: Uuid,
}

pub(super) fn encode(event: &TeamEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        TeamEvent::StaffAdded { staff, role, details, email_index } => {
            let sealed = match details {
                Some(details) => sealer.seal(STAFF_ADDED, details, |details| DetailsV1::from(details))?,
                None => None,
            };
            let wire = StaffAddedV1 {
                staff: staff.uuid(),
                role: role.as_str().to_owned(),
                with_details: details.is_some(),
                sealed,
                email_index: email_index.map(|index| index.to_string()),
            };
            (STAFF_ADDED, to_json(STAFF_ADDED, &wire)?)
        }
        TeamEvent::StaffDetailsChanged { staff, details, email_index } => {
            let sealed = sealer.seal(STAFF_DETAILS_CHANGED, details, |details| DetailsV1::from(details))?;
            let wire = StaffDetailsChangedV1 { staff: staff.uuid(), sealed, email_index: email_index.to_string() };
            (STAFF_DETAILS_CHANGED, to_json(STAFF_DETAILS_CHANGED, &wire)?)
        }
        TeamEvent::RoleChanged { staff, role } => {
            let wire = RoleChangedV1 { staff: staff.uuid(), role: role.as_str().to_owned() };
            (ROLE_CHANGED, to_json(ROLE_CHANGED, &wire)?)
        }
        TeamEvent::StaffRemoved { staff, links_revoked } => {
            let wire = StaffRemovedV1 { staff: staff.uuid(), links_revoked: *links_revoked };
            (STAFF_REMOVED, to_json(STAFF_REMOVED, &wire)?)
        }
        TeamEvent::ChatConnected { staff, platform, chat, ids } => {
            let sealed = sealer.seal(CHAT_CONNECTED, ids, |ids| ChatIdsV1 {
                workspace: ids.workspace.clone(),
                user: ids.user.clone(),
            })?;
            let (staff, platform, chat) = (staff.uuid(), platform.to_string(), chat.to_string());
            (CHAT_CONNECTED, to_json(CHAT_CONNECTED, &ChatConnectedV1 { staff, platform, chat, sealed })?)
        }
        TeamEvent::ChatDisconnected { staff, platform, chat } => {
            let (staff, platform, chat) = (staff.uuid(), platform.to_string(), chat.to_string());
            (CHAT_DISCONNECTED, to_json(CHAT_DISCONNECTED, &ChatDisconnectedV1 { staff, platform, chat })?)
        }
        TeamEvent::ApiTokenCreated { token, name, role, secret_hash, expires_at, made_by } => {
            let wire = TokenCreatedV1 {
                token: token.uuid(),
                name: name.to_string(),
                role: role.as_str().to_owned(),
                secret_sha256: HEXLOWER.encode(secret_hash),
                expires_at_us: expires_at.map(Timestamp::micros),
                made_by: made_by.map(StaffId::uuid),
            };
            (TOKEN_CREATED, to_json(TOKEN_CREATED, &wire)?)
        }
        TeamEvent::ApiTokenRevoked { token } => {
            (TOKEN_REVOKED, to_json(TOKEN_REVOKED, &TokenRevokedV1 { token: token.uuid() })?)
        }
    };
    Ok(Encoded { kind, data })
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<TeamEvent, WireError> {
    Ok(match kind {
        STAFF_ADDED => staff_added(kind, from_json(kind, data)?, opener)?,
        STAFF_DETAILS_CHANGED => {
            let wire: StaffDetailsChangedV1 = from_json(kind, data)?;
            TeamEvent::StaffDetailsChanged {
                staff: StaffId::from_uuid(wire.staff),
                details: open_details(kind, wire.sealed, opener)?,
                email_index: email_index(kind, &wire.email_index)?,
            }
        }
        ROLE_CHANGED => {
            let wire: RoleChangedV1 = from_json(kind, data)?;
            TeamEvent::RoleChanged { staff: StaffId::from_uuid(wire.staff), role: role(kind, &wire.role)? }
        }
        STAFF_REMOVED => {
            let wire: StaffRemovedV1 = from_json(kind, data)?;
            TeamEvent::StaffRemoved { staff: StaffId::from_uuid(wire.staff), links_revoked: wire.links_revoked }
        }
        CHAT_CONNECTED => {
            let wire: ChatConnectedV1 = from_json(kind, data)?;
            TeamEvent::ChatConnected {
                staff: StaffId::from_uuid(wire.staff),
                platform: platform(kind, &wire.platform)?,
                chat: index(kind, "chat", &wire.chat)?,
                ids: opener.open(kind, wire.sealed, |ids: ChatIdsV1| {
                    Ok(ChatIds { workspace: ids.workspace, user: ids.user })
                })?,
            }
        }
        CHAT_DISCONNECTED => {
            let wire: ChatDisconnectedV1 = from_json(kind, data)?;
            TeamEvent::ChatDisconnected {
                staff: StaffId::from_uuid(wire.staff),
                platform: platform(kind, &wire.platform)?,
                chat: index(kind, "chat", &wire.chat)?,
            }
        }
        TOKEN_CREATED => token_created(kind, from_json(kind, data)?)?,
        TOKEN_REVOKED => {
            let wire: TokenRevokedV1 = from_json(kind, data)?;
            TeamEvent::ApiTokenRevoked { token: TokenId::from_uuid(wire.token) }
        }
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}

fn staff_added(kind: &str, wire: StaffAddedV1, opener: &Opener<'_>) -> Result<TeamEvent, WireError> {
    let details = open_details(kind, wire.sealed, opener)?;
    Ok(TeamEvent::StaffAdded {
        staff: StaffId::from_uuid(wire.staff),
        role: role(kind, &wire.role)?,
        details: wire.with_details.then_some(details),
        email_index: wire.email_index.map(|hex| email_index(kind, &hex)).transpose()?,
    })
}

fn token_created(kind: &str, wire: TokenCreatedV1) -> Result<TeamEvent, WireError> {
    Ok(TeamEvent::ApiTokenCreated {
        token: TokenId::from_uuid(wire.token),
        role: role(kind, &wire.role)?,
        secret_hash: from_hex(kind, "secret_sha256", &wire.secret_sha256)?,
        name: TokenName::stored(wire.name),
        expires_at: wire.expires_at_us.map(Timestamp::from_micros),
        made_by: wire.made_by.map(StaffId::from_uuid),
    })
}

pub(super) fn open_details(
    kind: &str, sealed: Option<String>, opener: &Opener<'_>,
) -> Result<Personal<StaffDetails>, WireError> {
    opener.open(kind, sealed, |wire: DetailsV1| {
        Ok(StaffDetails { name: Name::stored(wire.name), email: EmailAddress::stored(wire.email) })
    })
}

fn role(kind: &str, word: &str) -> Result<Role, WireError> {
    word.parse().map_err(|_| WireError::Value { kind: kind.to_owned(), field: "role" })
}

fn platform(kind: &str, word: &str) -> Result<ChatPlatform, WireError> {
    word.parse().map_err(|_| WireError::Value { kind: kind.to_owned(), field: "platform" })
}

fn email_index(kind: &str, hex: &str) -> Result<BlindIndex, WireError> {
    index(kind, "email_index", hex)
}

fn index(kind: &str, field: &'static str, hex: &str) -> Result<BlindIndex, WireError> {
    from_hex(kind, field, hex).map(BlindIndex)
}

impl From<&StaffDetails> for DetailsV1 {
    fn from(details: &StaffDetails) -> Self {
        Self { name: details.name.to_string(), email: details.email.to_string() }
    }
}
