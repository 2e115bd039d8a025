//! The team's rules, as specs.

use super::*;
use crate::authority::Role;
use crate::id::{CommandId, StaffId, TokenId};
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::spec::{NOON, at, ctx, given};
use crate::time::{Lifetime, Timestamp};
use crate::value::{EmailAddress, Name};

mod chat;

fn staff(n: u8) -> StaffId {
    CommandId::derive("system", "staff", &n.to_string()).staff()
}

fn token(n: u8) -> TokenId {
    CommandId::derive("system", "token", &n.to_string()).token()
}

fn email(n: u8) -> BlindIndex {
    BlindIndex([n; 16])
}

fn details(n: u8) -> StaffDetails {
    StaffDetails {
        name: Name::parse(&format!("Olga {n}")).unwrap(),
        email: EmailAddress::parse(&format!("olga{n}@example.com")).unwrap(),
    }
}

fn added(n: u8, role: Role) -> TeamEvent {
    let details = Some(Personal::Known(details(n)));
    TeamEvent::StaffAdded { staff: staff(n), role, details, email_index: Some(email(n)) }
}

fn invited(n: u8) -> TeamEvent {
    TeamEvent::StaffAdded { staff: staff(n), role: Role::Owner, details: None, email_index: None }
}

fn removed(n: u8) -> TeamEvent {
    TeamEvent::StaffRemoved { staff: staff(n), links_revoked: false }
}

fn add(n: u8, role: Role) -> TeamCommand {
    TeamCommand::AddStaff { staff: staff(n), role, details: Some(details(n)), email_index: Some(email(n)) }
}

fn change_role(n: u8, role: Role, by: Option<u8>) -> TeamCommand {
    TeamCommand::ChangeRole { staff: staff(n), role, by: by.map(staff) }
}

fn remove(n: u8) -> TeamCommand {
    TeamCommand::RemoveStaff { staff: staff(n), revoke_links: false }
}

fn introduce(n: u8, as_n: u8) -> TeamCommand {
    TeamCommand::ChangeStaffDetails { staff: staff(n), details: details(as_n), email_index: email(as_n) }
}

fn new_token(n: u8, name: &str, role: Role) -> NewToken {
    NewToken {
        token: token(n),
        name: TokenName::parse(name).unwrap(),
        role,
        secret_hash: [n; 32],
        expires_at: None,
        made_by: Some(staff(1)),
        on_host: false,
    }
}

fn created(new: NewToken) -> TeamEvent {
    let NewToken { token, name, role, secret_hash, expires_at, made_by, on_host: _ } = new;
    TeamEvent::ApiTokenCreated { token, name, role, secret_hash, expires_at, made_by }
}

fn just_before(instant: Timestamp) -> Timestamp {
    Timestamp::from_micros(instant.micros() - 1)
}

#[test]
fn the_first_owner_is_invited_before_name_and_email_are_known() {
    let invite = TeamCommand::AddStaff { staff: staff(1), role: Role::Owner, details: None, email_index: None };
    given::<TeamStream>([]).when(|s| decide(s, invite, &ctx())).then([invited(1)]);
    given::<TeamStream>([invited(1)]).when(|s| decide(s, introduce(1, 1), &ctx())).then([
        TeamEvent::StaffDetailsChanged { staff: staff(1), details: Personal::Known(details(1)), email_index: email(1) },
    ]);
}

#[test]
fn adding_the_same_staff_member_again_is_nothing() {
    given::<TeamStream>([]).when(|s| decide(s, add(1, Role::Owner), &ctx())).then([added(1, Role::Owner)]);
    given::<TeamStream>([added(1, Role::Owner)]).when(|s| decide(s, add(1, Role::Owner), &ctx())).nothing();
}

#[test]
fn an_email_belongs_to_one_staff_member() {
    let twin = TeamCommand::AddStaff {
        staff: staff(2),
        role: Role::Agent,
        details: Some(details(1)),
        email_index: Some(email(1)),
    };
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, twin.clone(), &ctx()))
        .refused(Rejection::StaffEmailTaken);
    given::<TeamStream>([added(1, Role::Owner), added(2, Role::Agent)])
        .when(|s| decide(s, introduce(2, 1), &ctx()))
        .refused(Rejection::StaffEmailTaken);
    let gone = [added(3, Role::Owner), added(1, Role::Agent), removed(1)];
    given::<TeamStream>(gone).when(|s| decide(s, twin, &ctx())).then([TeamEvent::StaffAdded {
        staff: staff(2),
        role: Role::Agent,
        details: Some(Personal::Known(details(1))),
        email_index: Some(email(1)),
    }]);
}

#[test]
fn an_email_stays_taken_when_its_owners_key_is_gone() {
    let erased = TeamEvent::StaffAdded {
        staff: staff(1),
        role: Role::Owner,
        details: Some(Personal::Erased),
        email_index: Some(email(1)),
    };
    given::<TeamStream>([erased, added(2, Role::Agent)])
        .when(|s| decide(s, introduce(2, 1), &ctx()))
        .refused(Rejection::StaffEmailTaken);
}

#[test]
fn details_that_are_already_so_are_nothing_and_of_strangers_refused() {
    given::<TeamStream>([added(1, Role::Owner)]).when(|s| decide(s, introduce(1, 1), &ctx())).nothing();
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, introduce(2, 2), &ctx()))
        .refused(Rejection::StaffNotFound);
    given::<TeamStream>([added(1, Role::Owner), added(2, Role::Agent), removed(2)])
        .when(|s| decide(s, introduce(2, 2), &ctx()))
        .refused(Rejection::StaffNotFound);
}

#[test]
fn the_last_owner_can_neither_be_removed_nor_demoted() {
    let one = [added(1, Role::Owner), added(2, Role::Agent)];
    given::<TeamStream>(one.clone()).when(|s| decide(s, remove(1), &ctx())).refused(Rejection::LastOwner);
    given::<TeamStream>(one.clone())
        .when(|s| decide(s, change_role(1, Role::Agent, None), &ctx()))
        .refused(Rejection::LastOwner);
    let former = [added(1, Role::Owner), added(3, Role::Owner), removed(3)];
    given::<TeamStream>(former).when(|s| decide(s, remove(1), &ctx())).refused(Rejection::LastOwner);
    given::<TeamStream>(one).when(|s| decide(s, remove(2), &ctx())).then([removed(2)]);
}

#[test]
fn one_of_two_owners_can_go_or_be_demoted() {
    let two = [added(1, Role::Owner), added(2, Role::Owner)];
    given::<TeamStream>(two.clone()).when(|s| decide(s, remove(1), &ctx())).then([removed(1)]);
    given::<TeamStream>(two)
        .when(|s| decide(s, change_role(1, Role::Auditor, Some(2)), &ctx()))
        .then([TeamEvent::RoleChanged { staff: staff(1), role: Role::Auditor }]);
}

#[test]
fn nobody_changes_their_own_role() {
    let team = [added(1, Role::Owner), added(2, Role::Owner)];
    given::<TeamStream>(team.clone())
        .when(|s| decide(s, change_role(1, Role::Agent, Some(1)), &ctx()))
        .refused(Rejection::Forbidden);
    given::<TeamStream>(team)
        .when(|s| decide(s, change_role(1, Role::Agent, None), &ctx()))
        .then([TeamEvent::RoleChanged { staff: staff(1), role: Role::Agent }]);
}

#[test]
fn the_same_role_again_is_nothing_and_a_strangers_role_can_not_change() {
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, change_role(1, Role::Owner, None), &ctx()))
        .nothing();
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, change_role(2, Role::Agent, None), &ctx()))
        .refused(Rejection::StaffNotFound);
    given::<TeamStream>([added(1, Role::Owner), added(2, Role::Agent), removed(2)])
        .when(|s| decide(s, change_role(2, Role::Owner, None), &ctx()))
        .refused(Rejection::StaffNotFound);
}

#[test]
fn removing_twice_is_nothing_and_a_stranger_can_not_be_removed() {
    given::<TeamStream>([added(1, Role::Owner), added(2, Role::Agent), removed(2)])
        .when(|s| decide(s, remove(2), &ctx()))
        .nothing();
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, remove(2), &ctx()))
        .refused(Rejection::StaffNotFound);
}

#[test]
fn whoever_goes_takes_their_live_tokens_along_and_no_others() {
    let mine = NewToken { made_by: Some(staff(2)), ..new_token(1, "mine", Role::Agent) };
    let expired = NewToken { expires_at: Some(NOON), ..NewToken { token: token(2), ..mine.clone() } };
    let hosts = NewToken { made_by: None, ..new_token(3, "host", Role::Agent) };
    let team = [added(1, Role::Owner), added(2, Role::Agent), created(mine), created(expired), created(hosts)];
    let go = TeamCommand::RemoveStaff { staff: staff(2), revoke_links: true };
    given::<TeamStream>(team).when(|s| decide(s, go, &ctx())).then([
        TeamEvent::StaffRemoved { staff: staff(2), links_revoked: true },
        TeamEvent::ApiTokenRevoked { token: token(1) },
    ]);
}

#[test]
fn a_removal_fits_into_one_append_and_leaves_no_token_alive() {
    let make = |n| created(NewToken { made_by: Some(staff(2)), ..new_token(n, &format!("t{n}"), Role::Agent) });
    let team: Vec<_> = [added(1, Role::Owner), added(2, Role::Agent)].into_iter().chain((0..70).map(make)).collect();
    let state = team.iter().fold(Team::default(), TeamStream::evolve);
    let events = decide(&state, remove(2), &ctx()).unwrap();
    assert_eq!(events.len(), crate::log::MAX_EVENTS);
    let state = events.iter().fold(state, TeamStream::evolve);
    assert_eq!(state.live_tokens(NOON).count(), 0);
}

#[test]
fn a_tokens_name_is_unique_among_live_ones() {
    let first = || created(NewToken { expires_at: Some(NOON), ..new_token(1, "crm-sync", Role::Agent) });
    let second = || TeamCommand::CreateApiToken(new_token(2, "crm-sync", Role::Agent));
    let made = || created(new_token(2, "crm-sync", Role::Agent));
    given::<TeamStream>([added(1, Role::Owner), first()])
        .when(|s| decide(s, second(), &at(just_before(NOON))))
        .refused(Rejection::TokenNameTaken);
    given::<TeamStream>([added(1, Role::Owner), first()]).when(|s| decide(s, second(), &at(NOON))).then([made()]);
    let revoked = TeamEvent::ApiTokenRevoked { token: token(1) };
    given::<TeamStream>([added(1, Role::Owner), first(), revoked])
        .when(|s| decide(s, second(), &at(just_before(NOON))))
        .then([made()]);
}

#[test]
fn making_the_same_token_again_is_nothing() {
    let team = [added(1, Role::Owner), created(new_token(1, "crm-sync", Role::Agent))];
    given::<TeamStream>(team)
        .when(|s| decide(s, TeamCommand::CreateApiToken(new_token(1, "crm-sync", Role::Agent)), &ctx()))
        .nothing();
}

#[test]
fn only_somebody_in_the_team_or_the_host_makes_tokens() {
    let make = |made_by| NewToken { made_by, ..new_token(1, "crm-sync", Role::Agent) };
    let team = [added(1, Role::Owner), added(2, Role::Agent), removed(2)];
    for stranger in [2, 3] {
        given::<TeamStream>(team.clone())
            .when(|s| decide(s, TeamCommand::CreateApiToken(make(Some(staff(stranger)))), &ctx()))
            .refused(Rejection::StaffNotFound);
    }
    given::<TeamStream>(team)
        .when(|s| decide(s, TeamCommand::CreateApiToken(make(None)), &ctx()))
        .then([created(make(None))]);
}

#[test]
fn a_token_must_end_in_the_future() {
    let ending = |end| NewToken { expires_at: Some(end), ..new_token(1, "crm-sync", Role::Auditor) };
    let soon = Timestamp::from_micros(NOON.micros() + 1);
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, TeamCommand::CreateApiToken(ending(soon)), &ctx()))
        .then([created(ending(soon))]);
    let state = TeamStream::evolve(Team::default(), &added(1, Role::Owner));
    let refused = decide(&state, TeamCommand::CreateApiToken(ending(NOON)), &ctx()).unwrap_err();
    assert_eq!((refused.code(), refused.field()), ("invalid_field", Some("expires_at")));
}

#[test]
fn an_owner_token_is_made_on_the_host_and_ends_within_90_days() {
    let end = NOON.plus(Lifetime::from_days(90));
    let make = |expires_at, on_host| NewToken { expires_at, on_host, ..new_token(1, "rescue", Role::Owner) };
    given::<TeamStream>([added(1, Role::Owner)])
        .when(|s| decide(s, TeamCommand::CreateApiToken(make(Some(end), true)), &ctx()))
        .then([created(make(Some(end), true))]);
    let a_moment_longer = Timestamp::from_micros(end.micros() + 1);
    for refused in [make(Some(end), false), make(None, true), make(Some(a_moment_longer), true)] {
        given::<TeamStream>([added(1, Role::Owner)])
            .when(|s| decide(s, TeamCommand::CreateApiToken(refused), &ctx()))
            .refused(Rejection::OwnerToken);
    }
}

#[test]
fn a_token_is_revoked_once_and_only_if_it_was_made() {
    let revoke = || TeamCommand::RevokeApiToken { token: token(1) };
    let made = created(new_token(1, "crm-sync", Role::Agent));
    let revoked = TeamEvent::ApiTokenRevoked { token: token(1) };
    given::<TeamStream>([made.clone()]).when(|s| decide(s, revoke(), &ctx())).then([revoked.clone()]);
    given::<TeamStream>([made, revoked]).when(|s| decide(s, revoke(), &ctx())).nothing();
    given::<TeamStream>([]).when(|s| decide(s, revoke(), &ctx())).refused(Rejection::TokenNotFound);
}

#[test]
fn a_token_works_until_its_end_its_revocation_or_its_makers_departure() {
    let made = created(NewToken { expires_at: Some(NOON), ..new_token(1, "crm-sync", Role::Agent) });
    let team = [added(1, Role::Agent), made].iter().fold(Team::default(), TeamStream::evolve);
    let works = |team: &Team, now| team.live_token(token(1), now).is_some();
    assert!(works(&team, just_before(NOON)));
    assert!(!works(&team, NOON));
    let revoked = TeamStream::evolve(team.clone(), &TeamEvent::ApiTokenRevoked { token: token(1) });
    assert!(!works(&revoked, just_before(NOON)));
    assert!(!works(&TeamStream::evolve(team, &removed(1)), just_before(NOON)));
}

#[test]
fn only_current_staff_members_are_found() {
    let events = [invited(1), added(2, Role::Owner), added(3, Role::Agent), removed(2), removed(3)];
    let team = events.iter().fold(Team::default(), TeamStream::evolve);
    assert_eq!(team.member(staff(1)).map(|member| member.role), Some(Role::Owner));
    assert_eq!(team.member(staff(2)), None);
    assert_eq!(team.by_email(email(3)), None);
    assert_eq!(team.owners().collect::<Vec<_>>(), [staff(1)]);
}
