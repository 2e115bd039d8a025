//! The contact's rules, as specs.

mod notices;

use super::*;
use crate::link::Channel;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::spec::{NOON, at, ctx, given};
use crate::time::{Lifetime, Timestamp};
use crate::value::{EmailAddress, Name, PhoneNumber, Slug};

fn details() -> Details {
    Details {
        name: Name::parse("Ana Good").unwrap(),
        email: Some(EmailAddress::parse("ana@example.com").unwrap()),
        phone: None,
        locale: None,
        external_id: None,
        attributes: vec![],
        row: None,
    }
}

fn added() -> ContactEvent {
    ContactEvent::ContactAdded { details: Personal::Known(details()) }
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn granted(offering: &str, until: Option<Timestamp>) -> ContactEvent {
    ContactEvent::AccessGranted { offering: slug(offering), until }
}

fn revoked(offering: &str) -> ContactEvent {
    ContactEvent::AccessRevoked { offering: slug(offering), reason: None }
}

fn renewed(admission: u32, why: RenewedWhy) -> ContactEvent {
    ContactEvent::AdmissionsRenewed { admission: Admission(admission), why }
}

fn notice(nth: usize, channel: Channel, to: &str) -> ContactEvent {
    let to = Personal::Known(to.to_owned());
    ContactEvent::NoticeRequested { notice: ctx().command.notice(nth), channel, to, at: NOON }
}

fn grant(offering: &str, until: Option<Timestamp>) -> ContactCommand {
    ContactCommand::GrantAccess { offering: slug(offering), until }
}

fn import(details: Details, row: u8, grants: &[&str]) -> ContactCommand {
    ContactCommand::ImportContact {
        details,
        row: RowDigest([row; 16]),
        grants: grants.iter().map(|g| slug(g)).collect(),
    }
}

#[test]
fn a_contact_needs_an_address() {
    let nowhere = Details { email: None, ..details() };
    given::<ContactStream>([]).when(|s| decide(s, ContactCommand::AddContact(details()), &ctx())).then([added()]);
    given::<ContactStream>([])
        .when(|s| decide(s, ContactCommand::AddContact(nowhere), &ctx()))
        .refused(Rejection::NoAddress);
}

#[test]
fn a_contact_that_another_command_added_is_not_added_again() {
    given::<ContactStream>([added()])
        .when(|s| decide(s, ContactCommand::AddContact(details()), &ctx()))
        .refused(Rejection::ExternalIdTaken);
}

#[test]
fn nothing_can_be_asked_of_a_contact_that_was_never_added() {
    given::<ContactStream>([]).when(|s| decide(s, grant("alumni", None), &ctx())).refused(Rejection::ContactNotFound);
    given::<ContactStream>([])
        .when(|s| decide(s, ContactCommand::RequestErasure, &ctx()))
        .refused(Rejection::ContactNotFound);
}

#[test]
fn the_last_address_can_not_be_removed() {
    let change = DetailsChange { email: Some(None), ..DetailsChange::default() };
    given::<ContactStream>([added()])
        .when(|s| decide(s, ContactCommand::ChangeContactDetails(change), &ctx()))
        .refused(Rejection::NoAddress);
}

#[test]
fn a_changed_address_renews_admissions_and_a_first_one_does_not() {
    let email = EmailAddress::parse("ana@example.org").unwrap();
    let phone = PhoneNumber::parse("+14155550100", None).unwrap();
    let moved = DetailsChange { email: Some(Some(email.clone())), ..DetailsChange::default() };
    let first_phone = DetailsChange { phone: Some(Some(phone.clone())), ..DetailsChange::default() };
    given::<ContactStream>([added()]).when(|s| decide(s, ContactCommand::ChangeContactDetails(moved), &ctx())).then([
        ContactEvent::ContactDetailsChanged { details: Personal::Known(Details { email: Some(email), ..details() }) },
        renewed(1, RenewedWhy::AddressChanged),
        notice(0, Channel::Email, "ana@example.com"),
    ]);
    given::<ContactStream>([added()])
        .when(|s| decide(s, ContactCommand::ChangeContactDetails(first_phone), &ctx()))
        .then([ContactEvent::ContactDetailsChanged {
            details: Personal::Known(Details { phone: Some(phone), ..details() }),
        }]);
}

#[test]
fn a_removed_address_renews_admissions() {
    let phone = PhoneNumber::parse("+14155550100", None).unwrap();
    let both = Details { phone: Some(phone), ..details() };
    let change = DetailsChange { phone: Some(None), ..DetailsChange::default() };
    given::<ContactStream>([ContactEvent::ContactAdded { details: Personal::Known(both) }])
        .when(|s| decide(s, ContactCommand::ChangeContactDetails(change), &ctx()))
        .then([
            ContactEvent::ContactDetailsChanged { details: Personal::Known(details()) },
            renewed(1, RenewedWhy::AddressChanged),
            notice(0, Channel::Sms, "+14155550100"),
        ]);
}

#[test]
fn a_change_to_what_is_already_so_is_nothing() {
    let same = DetailsChange { name: Some(details().name), ..DetailsChange::default() };
    given::<ContactStream>([added()]).when(|s| decide(s, ContactCommand::ChangeContactDetails(same), &ctx())).nothing();
}

#[test]
fn a_grant_must_end_in_the_future() {
    let a_second = Timestamp::from_micros(NOON.micros() + 1);
    given::<ContactStream>([added()])
        .when(|s| decide(s, grant("alumni", Some(NOON)), &ctx()))
        .refused(Rejection::UntilInThePast);
    given::<ContactStream>([added()])
        .when(|s| decide(s, grant("alumni", Some(a_second)), &ctx()))
        .then([granted("alumni", Some(a_second))]);
}

#[test]
fn granting_twice_is_nothing_and_granting_until_another_time_is_a_change() {
    let tomorrow = NOON.plus(Lifetime::DAY);
    given::<ContactStream>([added(), granted("alumni", None)])
        .when(|s| decide(s, grant("alumni", None), &ctx()))
        .nothing();
    given::<ContactStream>([added(), granted("alumni", None)])
        .when(|s| decide(s, grant("alumni", Some(tomorrow)), &ctx()))
        .then([granted("alumni", Some(tomorrow))]);
}

#[test]
fn the_first_grant_ever_renews_nothing_for_there_are_no_links_yet() {
    given::<ContactStream>([added()])
        .when(|s| decide(s, grant("alumni", None), &ctx()))
        .then([granted("alumni", None)]);
}

#[test]
fn the_first_grant_after_having_none_renews_admissions() {
    given::<ContactStream>([added(), granted("alumni", None), revoked("alumni")])
        .when(|s| decide(s, grant("alumni", None), &ctx()))
        .then([granted("alumni", None), renewed(1, RenewedWhy::Readmitted)]);
    given::<ContactStream>([added(), granted("alumni", None)])
        .when(|s| decide(s, grant("founders-circle", None), &ctx()))
        .then([granted("founders-circle", None)]);
}

#[test]
fn a_grant_that_ran_out_counts_as_none_from_its_end_on() {
    let end = NOON;
    let before = Timestamp::from_micros(end.micros() - 1);
    given::<ContactStream>([added(), granted("alumni", Some(end))])
        .when(|s| decide(s, grant("founders-circle", None), &at(before)))
        .then([granted("founders-circle", None)]);
    given::<ContactStream>([added(), granted("alumni", Some(end))])
        .when(|s| decide(s, grant("founders-circle", None), &at(end)))
        .then([granted("founders-circle", None), renewed(1, RenewedWhy::Readmitted)]);
}

#[test]
fn revoking_what_is_not_granted_is_nothing() {
    let revoke = || ContactCommand::RevokeAccess { offering: slug("alumni"), reason: None };
    given::<ContactStream>([added()]).when(|s| decide(s, revoke(), &ctx())).nothing();
    given::<ContactStream>([added(), granted("alumni", None)])
        .when(|s| decide(s, revoke(), &ctx()))
        .then([revoked("alumni")]);
}

#[test]
fn signing_out_everywhere_and_revoking_all_links_renew_admissions_every_time() {
    given::<ContactStream>([added(), renewed(3, RenewedWhy::AddressChanged)])
        .when(|s| decide(s, ContactCommand::SignOutEverywhere, &ctx()))
        .then([renewed(4, RenewedWhy::SignedOutEverywhere)]);
    given::<ContactStream>([added()])
        .when(|s| decide(s, ContactCommand::RevokeAllLinks, &ctx()))
        .then([renewed(1, RenewedWhy::LinksRevoked)]);
}

#[test]
fn who_says_that_it_was_not_them_is_written_down_and_signed_out_everywhere() {
    given::<ContactStream>([added(), renewed(3, RenewedWhy::AddressChanged)])
        .when(|s| decide(s, ContactCommand::DisputeSignIn, &ctx()))
        .then([ContactEvent::SignInDisputed, renewed(4, RenewedWhy::SignedOutEverywhere)]);
    given::<ContactStream>([])
        .when(|s| decide(s, ContactCommand::DisputeSignIn, &ctx()))
        .refused(Rejection::ContactNotFound);
}

#[test]
fn a_new_row_adds_the_contact_with_its_grants_at_once() {
    let row = Details { row: Some(RowDigest([1; 16])), ..details() };
    given::<ContactStream>([]).when(|s| decide(s, import(details(), 1, &["alumni", "mindset-reset"]), &ctx())).then([
        ContactEvent::ContactAdded { details: Personal::Known(row) },
        granted("alumni", None),
        granted("mindset-reset", None),
    ]);
}

#[test]
fn a_row_equal_to_the_last_imported_is_skipped_even_after_staff_changed_the_contact() {
    let row = Details { row: Some(RowDigest([1; 16])), ..details() };
    let by_staff = Details { name: Name::parse("Ana Better").unwrap(), ..row.clone() };
    let history = [
        ContactEvent::ContactAdded { details: Personal::Known(row) },
        ContactEvent::ContactDetailsChanged { details: Personal::Known(by_staff) },
    ];
    given::<ContactStream>(history).when(|s| decide(s, import(details(), 1, &["alumni"]), &ctx())).nothing();
}

#[test]
fn a_changed_row_changes_details_and_adds_grants_and_removes_nothing() {
    let row = Details { row: Some(RowDigest([1; 16])), ..details() };
    let history = [ContactEvent::ContactAdded { details: Personal::Known(row) }, granted("alumni", None)];
    let phone = PhoneNumber::parse("+14155550100", None).unwrap();
    let changed = Details { email: None, phone: Some(phone.clone()), ..details() };
    given::<ContactStream>(history).when(|s| decide(s, import(changed, 2, &["mindset-reset"]), &ctx())).then([
        ContactEvent::ContactDetailsChanged {
            details: Personal::Known(Details { phone: Some(phone), row: Some(RowDigest([2; 16])), ..details() }),
        },
        granted("mindset-reset", None),
    ]);
}

#[test]
fn erasure_ends_everything_and_is_final() {
    let erasing = [added(), renewed(1, RenewedWhy::Erasure), ContactEvent::ErasureRequested];
    given::<ContactStream>([added()])
        .when(|s| decide(s, ContactCommand::RequestErasure, &ctx()))
        .then([renewed(1, RenewedWhy::Erasure), ContactEvent::ErasureRequested]);
    given::<ContactStream>(erasing.clone())
        .when(|s| decide(s, ContactCommand::RecordKeyDestroyed, &ctx()))
        .then([ContactEvent::ContactErased]);
    given::<ContactStream>(erasing.clone()).when(|s| decide(s, ContactCommand::RequestErasure, &ctx())).nothing();
    given::<ContactStream>(erasing.clone())
        .when(|s| decide(s, grant("alumni", None), &ctx()))
        .refused(Rejection::ContactErased);
    let erased = || erasing.clone().into_iter().chain([ContactEvent::ContactErased]);
    given::<ContactStream>(erased()).when(|s| decide(s, ContactCommand::RecordKeyDestroyed, &ctx())).nothing();
    given::<ContactStream>(erased())
        .when(|s| decide(s, grant("alumni", None), &ctx()))
        .refused(Rejection::ContactErased);
}

#[test]
fn a_key_is_never_noted_as_destroyed_before_erasure_was_requested() {
    given::<ContactStream>([added()]).when(|s| decide(s, ContactCommand::RecordKeyDestroyed, &ctx())).nothing();
}
