//! Anything that could happen to the team, and anything that could be asked of it.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::value::{email, few, index, instant, name, personal, staff};
use crate::authority::Role;
use crate::id::TokenId;
use crate::spec::at;
use crate::stream::Stream;
use crate::team::{
    ChatIds, ChatPlatform, ChatUser, NewToken, StaffDetails, Team, TeamCommand, TeamEvent, TeamStream, TokenName,
    decide,
};
use crate::time::Timestamp;

impl super::Arbitrary for TeamStream {
    fn any_event() -> BoxedStrategy<TeamEvent> {
        prop_oneof![
            (staff(), role(), of(personal(details())), of(index())).prop_map(|(staff, role, details, email_index)| {
                TeamEvent::StaffAdded { staff, role, details, email_index }
            }),
            (staff(), personal(details()), index()).prop_map(|(staff, details, email_index)| {
                TeamEvent::StaffDetailsChanged { staff, details, email_index }
            }),
            (staff(), role()).prop_map(|(staff, role)| TeamEvent::RoleChanged { staff, role }),
            (staff(), any::<bool>())
                .prop_map(|(staff, links_revoked)| TeamEvent::StaffRemoved { staff, links_revoked }),
            (staff(), platform(), index(), personal(chat_ids()))
                .prop_map(|(staff, platform, chat, ids)| TeamEvent::ChatConnected { staff, platform, chat, ids }),
            (staff(), platform(), index()).prop_map(|(staff, platform, chat)| TeamEvent::ChatDisconnected {
                staff,
                platform,
                chat
            }),
            new_token().prop_map(|new| {
                let NewToken { token, name, role, secret_hash, expires_at, made_by, on_host: _ } = new;
                TeamEvent::ApiTokenCreated { token, name, role, secret_hash, expires_at, made_by }
            }),
            token().prop_map(|token| TeamEvent::ApiTokenRevoked { token }),
        ]
        .boxed()
    }
}

fn role() -> impl Strategy<Value = Role> {
    select(&Role::ALL[..])
}

fn platform() -> impl Strategy<Value = ChatPlatform> {
    select(&ChatPlatform::ALL[..])
}

fn chat_ids() -> impl Strategy<Value = ChatIds> {
    ("[A-Z0-9]{1,12}", "[A-Z0-9]{1,12}").prop_map(|(workspace, user)| ChatIds { workspace, user })
}

fn token() -> impl Strategy<Value = TokenId> {
    few().prop_map(TokenId::from_uuid)
}

fn details() -> impl Strategy<Value = StaffDetails> {
    (name(), email()).prop_map(|(name, email)| StaffDetails { name, email })
}

fn new_token() -> impl Strategy<Value = NewToken> {
    (token(), "[ab]", role(), any::<[u8; 32]>(), of(instant()), of(staff()), any::<bool>()).prop_map(
        |(token, name, role, secret_hash, expires_at, made_by, on_host)| {
            let name = TokenName::stored(name);
            NewToken { token, name, role, secret_hash, expires_at, made_by, on_host }
        },
    )
}

fn any_command() -> impl Strategy<Value = TeamCommand> {
    prop_oneof![
        (staff(), role(), of((details(), index()))).prop_map(|(staff, role, known)| {
            let (details, email_index) = known.unzip();
            TeamCommand::AddStaff { staff, role, details, email_index }
        }),
        (staff(), details(), index()).prop_map(|(staff, details, email_index)| {
            TeamCommand::ChangeStaffDetails { staff, details, email_index }
        }),
        (staff(), role(), of(staff())).prop_map(|(staff, role, by)| TeamCommand::ChangeRole { staff, role, by }),
        (staff(), any::<bool>()).prop_map(|(staff, revoke_links)| TeamCommand::RemoveStaff { staff, revoke_links }),
        (staff(), platform(), chat_ids(), index()).prop_map(|(staff, platform, ids, chat)| {
            let user = ChatUser { platform, workspace: ids.workspace, user: ids.user };
            TeamCommand::ConnectChat { staff, user, chat }
        }),
        index().prop_map(|chat| TeamCommand::DisconnectChat { chat }),
        new_token().prop_map(TeamCommand::CreateApiToken),
        token().prop_map(|token| TeamCommand::RevokeApiToken { token }),
    ]
}

/// Once there is an owner there always is one; an e-mail address has one holder; a token's name has one live bearer.
fn holds(team: &Team, had_owner: bool, now: Timestamp) -> Result<(), TestCaseError> {
    prop_assert!(!had_owner || team.owners().next().is_some(), "no owner is left");
    let mut emails: Vec<_> = team.members().filter_map(|(_, member)| member.email_index).collect();
    let all = emails.len();
    emails.sort_unstable();
    emails.dedup();
    prop_assert_eq!(emails.len(), all, "an e-mail address has two holders");
    let mut names: Vec<_> = team.live_tokens(now).map(|(_, token)| &token.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    prop_assert_eq!(names.len(), all, "a name has two live tokens");
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_asked_of_a_team_its_rules_hold(commands in vec((any_command(), 0_i64..5), 0..60)) {
        let (mut team, mut had_owner, mut now) = (Team::default(), false, Timestamp::from_micros(0));
        for (command, later) in commands {
            now = Timestamp::from_micros(now.micros() + later);
            let again = command.clone();
            if let Ok(events) = decide(&team, command, &at(now)) {
                team = events.iter().fold(team, TeamStream::evolve);
                had_owner |= team.owners().next().is_some();
                prop_assert_eq!(decide(&team, again, &at(now)), Ok(vec![]), "a retry did something");
            }
            holds(&team, had_owner, now)?;
        }
    }
}
