//! The table, spelled out, and its boundaries.

use Permission::{No, SignedInRecently, WithConfirmation, Yes};

use super::*;
use crate::id::CommandId;
use crate::spec::NOON;

/// The table of the product, act by act: owner, agent, auditor.
const TABLE: [(Act, [Permission; 3]); 21] = [
    (Act::Read, [Yes, Yes, Yes]),
    (Act::RunReports, [Yes, Yes, Yes]),
    (Act::VerifyLog, [Yes, Yes, Yes]),
    (Act::ReadPersonalEvents, [Yes, No, Yes]),
    (Act::ReadTeam, [Yes, No, No]),
    (Act::ManageContacts, [Yes, Yes, No]),
    (Act::ManageAccess, [Yes, Yes, No]),
    (Act::ManageOfferings, [Yes, Yes, No]),
    (Act::ManageLinks, [Yes, Yes, No]),
    (Act::EndSessions, [Yes, Yes, No]),
    (Act::Preview, [Yes, Yes, No]),
    (Act::RevealLink, [Yes, Yes, No]),
    (Act::ChangeAddress, [Yes, WithConfirmation, No]),
    (Act::BulkSend, [Yes, WithConfirmation, No]),
    (Act::LongLifetime, [Yes, WithConfirmation, No]),
    (Act::EraseContact, [SignedInRecently, No, No]),
    (Act::ManageStaff, [SignedInRecently, No, No]),
    (Act::ManageTokens, [SignedInRecently, No, No]),
    (Act::ManageSettings, [SignedInRecently, No, No]),
    (Act::ManageKeys, [SignedInRecently, No, No]),
    (Act::StopAndResume, [SignedInRecently, No, No]),
];

fn member(role: Role) -> Authority {
    Authority::Role { role, signed_in_at: Some(NOON), confirmed: false, token: false }
}

fn token(role: Role) -> Authority {
    Authority::Role { role, signed_in_at: None, confirmed: false, token: true }
}

fn contact() -> Authority {
    Authority::Contact(CommandId::derive("system", "spec", "ana").contact())
}

#[test]
fn every_act_has_its_row_in_the_table() {
    assert_eq!(TABLE.map(|(act, _)| act), Act::ALL);
    for (act, row) in TABLE {
        assert_eq!(Role::ALL.map(|role| permission(role, act)), row, "{act:?}");
    }
}

#[test]
fn the_answer_follows_the_table() {
    let now = Timestamp::from_micros(NOON.plus(RECENTLY).micros() - 1);
    for (act, row) in TABLE {
        for (role, permission) in Role::ALL.into_iter().zip(row) {
            let answer = match permission {
                Yes | SignedInRecently => Ok(()),
                WithConfirmation => Err(Rejection::ConfirmationRequired),
                No => Err(Rejection::Forbidden),
            };
            assert_eq!(authorise(&member(role), act, now), answer, "{role} {act:?}");
        }
    }
}

#[test]
fn an_agent_who_confirms_may_do_what_wants_confirmation_and_nothing_more() {
    let sure = Authority::Role { role: Role::Agent, signed_in_at: Some(NOON), confirmed: true, token: false };
    assert_eq!(authorise(&sure, Act::ChangeAddress, NOON), Ok(()));
    assert_eq!(authorise(&sure, Act::EraseContact, NOON), Err(Rejection::Forbidden));
    let auditor = Authority::Role { role: Role::Auditor, signed_in_at: Some(NOON), confirmed: true, token: false };
    assert_eq!(authorise(&auditor, Act::ChangeAddress, NOON), Err(Rejection::Forbidden));
}

#[test]
fn fifteen_minutes_after_signing_in_is_no_longer_recent() {
    let end = NOON.plus(RECENTLY);
    let before = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(authorise(&member(Role::Owner), Act::EraseContact, before), Ok(()));
    assert_eq!(authorise(&member(Role::Owner), Act::EraseContact, end), Err(Rejection::SignInAgain));
    assert_eq!(authorise(&member(Role::Owner), Act::Read, end), Ok(()));
}

#[test]
fn the_command_line_is_always_fresh() {
    let host = Authority::Role { role: Role::Owner, signed_in_at: None, confirmed: false, token: false };
    for act in Act::ALL {
        assert_eq!(authorise(&host, *act, NOON), Ok(()), "{act:?}");
    }
}

#[test]
fn an_owners_token_may_all_but_make_staff_and_tokens() {
    for act in Act::ALL {
        let making = matches!(act, Act::ManageStaff | Act::ManageTokens);
        let answer = if making { Err(Rejection::NotByToken) } else { Ok(()) };
        assert_eq!(authorise(&token(Role::Owner), *act, NOON), answer, "{act:?}");
    }
}

#[test]
fn magiclink_itself_may_everything_contacts_and_nobody_nothing() {
    for act in Act::ALL {
        assert_eq!(authorise(&Authority::System, *act, NOON), Ok(()), "{act:?}");
        assert_eq!(authorise(&contact(), *act, NOON), Err(Rejection::Forbidden), "{act:?}");
        assert_eq!(authorise(&Authority::Nobody, *act, NOON), Err(Rejection::Unauthenticated), "{act:?}");
    }
}

#[test]
fn links_are_shown_as_the_setting_says() {
    let who = [
        Authority::System,
        member(Role::Owner),
        token(Role::Owner),
        member(Role::Agent),
        token(Role::Agent),
        member(Role::Auditor),
        contact(),
        Authority::Nobody,
    ];
    let shown = |setting| who.map(|who| may_reveal(&who, setting));
    assert_eq!(shown(Reveal::Always), [true, true, true, true, true, false, false, false]);
    assert_eq!(shown(Reveal::Owner), [true, true, true, false, false, false, false, false]);
    assert_eq!(shown(Reveal::Never), [false; 8]);
}

#[test]
fn roles_and_settings_are_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    for reveal in Reveal::ALL {
        assert_eq!(reveal.as_str().parse(), Ok(reveal));
    }
    for word in ["", "Owner", "admin", "owner "] {
        assert_eq!(word.parse::<Role>().unwrap_err().field, "role", "{word:?}");
        assert_eq!(word.parse::<Reveal>().unwrap_err().field, "reveal", "{word:?}");
    }
}
