//! Samples of what can happen to the team.

use uuid::Uuid;

use super::{OLGA, sampled};
use crate::authority::Role;
use crate::id::TokenId;
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::team::{ChatIds, ChatPlatform, StaffDetails, TeamEvent, TeamStream, TokenName};
use crate::time::Timestamp;
use crate::value::{EmailAddress, Name};

sampled! {
    TeamStream sealed by OLGA,
    TeamEvent {
        StaffAdded,
        StaffDetailsChanged,
        RoleChanged,
        StaffRemoved,
        ChatConnected,
        ChatDisconnected,
        ApiTokenCreated,
        ApiTokenRevoked,
    },
    samples
}

const TOKEN: TokenId = TokenId::from_uuid(Uuid::from_u128(0x70CE));

fn samples() -> Vec<TeamEvent> {
    let olga = || {
        let (name, email) = (Name::stored("Olga Ōwner".into()), EmailAddress::stored("olga@example.com".into()));
        Personal::Known(StaffDetails { name, email })
    };
    let email = BlindIndex([0xe1; 16]);
    let added = |role, details, email_index| TeamEvent::StaffAdded { staff: OLGA, role, details, email_index };
    let created = |role, expires_at, made_by| TeamEvent::ApiTokenCreated {
        token: TOKEN,
        name: TokenName::stored("crm sync".into()),
        role,
        secret_hash: [0x5e; 32],
        expires_at,
        made_by,
    };
    let end = Timestamp::from_micros(1_777_636_800_000_001);
    let mut samples = vec![
        added(Role::Owner, None, None),
        added(Role::Agent, Some(olga()), Some(email)),
        added(Role::Auditor, Some(Personal::Erased), Some(email)),
        TeamEvent::StaffDetailsChanged { staff: OLGA, details: olga(), email_index: email },
        TeamEvent::StaffDetailsChanged { staff: OLGA, details: Personal::Erased, email_index: email },
        TeamEvent::StaffRemoved { staff: OLGA, links_revoked: false },
        TeamEvent::StaffRemoved { staff: OLGA, links_revoked: true },
        created(Role::Agent, None, Some(OLGA)),
        created(Role::Owner, Some(end), None),
        TeamEvent::ApiTokenRevoked { token: TOKEN },
    ];
    let ids = || ChatIds { workspace: "T0SAMPLE".into(), user: "U0SAMPLE".into() };
    for platform in ChatPlatform::ALL {
        let chat = BlindIndex([0xc4; 16]);
        let connected = |ids| TeamEvent::ChatConnected { staff: OLGA, platform, chat, ids };
        samples.extend([connected(Personal::Known(ids())), connected(Personal::Erased)]);
        samples.push(TeamEvent::ChatDisconnected { staff: OLGA, platform, chat });
    }
    samples.extend(Role::ALL.into_iter().map(|role| TeamEvent::RoleChanged { staff: OLGA, role }));
    samples
}
