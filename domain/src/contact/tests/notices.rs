//! Notices to the addresses that a contact had, as specs.

use super::*;
use crate::id::NoticeId;

fn both() -> Details {
    Details { phone: Some(PhoneNumber::parse("+14155550100", None).unwrap()), ..details() }
}

fn moved() -> Details {
    let email = EmailAddress::parse("ana@example.org").unwrap();
    Details { email: Some(email), phone: Some(PhoneNumber::parse("+14155550199", None).unwrap()), ..details() }
}

fn id() -> NoticeId {
    ctx().command.notice(0)
}

fn serve(step: NoticeStep) -> ContactCommand {
    ContactCommand::ServeNotice { notice: id(), step }
}

fn postpone(until: Timestamp) -> NoticeStep {
    NoticeStep::Postpone { until, code: "503".into(), words: "not now".into() }
}

fn postponed(until: Timestamp) -> ContactEvent {
    ContactEvent::NoticePostponed { notice: id(), until, code: "503".into(), words: "not now".into() }
}

/// Added, and moved away from an address.
fn requested() -> Vec<ContactEvent> {
    vec![added(), notice(0, Channel::Email, "ana@example.com")]
}

fn attempted() -> ContactEvent {
    ContactEvent::NoticeAttempted { notice: id(), at: NOON }
}

fn settled(outcome: NoticeOutcome) -> ContactEvent {
    ContactEvent::NoticeSettled { notice: id(), outcome }
}

#[test]
fn every_address_that_goes_gets_a_notice_over_its_own_channel() {
    let change = |from: Details, email, phone| {
        let command = ContactCommand::ChangeContactDetails(DetailsChange { email, phone, ..DetailsChange::default() });
        let events = [ContactEvent::ContactAdded { details: Personal::Known(from) }];
        let state = events.iter().fold(ContactState::default(), |state, event| {
            <ContactStream as crate::stream::Stream>::evolve(state, event)
        });
        let events = decide(&state, command, &ctx()).unwrap();
        let wanted = |event: &ContactEvent| matches!(event, ContactEvent::NoticeRequested { .. });
        events.into_iter().filter(wanted).collect::<Vec<_>>()
    };
    let (email, phone) = (|| Some(moved().email), || Some(moved().phone));
    let (by_mail, by_sms) =
        (|nth| notice(nth, Channel::Email, "ana@example.com"), |nth| notice(nth, Channel::Sms, "+14155550100"));
    assert_eq!(change(both(), email(), phone()), [by_mail(0), by_sms(1)]);
    assert_eq!(change(both(), email(), None), [by_mail(0)]);
    assert_eq!(change(both(), None, Some(None)), [by_sms(0)]);
    assert_eq!(change(both(), Some(None), None), [by_mail(0)]);
    assert_eq!(change(both(), Some(both().email), Some(both().phone)), [], "the same address again");
    assert_eq!(change(details(), None, phone()), [], "a first address takes nobody's place");
}

#[test]
fn a_changed_row_that_moves_an_address_asks_for_a_notice_and_one_that_does_not_asks_for_none() {
    let row = |details: Details, n| Details { row: Some(RowDigest([n; 16])), ..details };
    let history = || [ContactEvent::ContactAdded { details: Personal::Known(row(both(), 1)) }];
    given::<ContactStream>(history()).when(|s| decide(s, import(moved(), 2, &["alumni"]), &ctx())).then([
        ContactEvent::ContactDetailsChanged { details: Personal::Known(row(moved(), 2)) },
        renewed(1, RenewedWhy::AddressChanged),
        notice(0, Channel::Email, "ana@example.com"),
        notice(1, Channel::Sms, "+14155550100"),
        granted("alumni", None),
    ]);
    let empty = Details { email: None, ..both() };
    given::<ContactStream>(history())
        .when(|s| decide(s, import(empty, 2, &[]), &ctx()))
        .then([ContactEvent::ContactDetailsChanged { details: Personal::Known(row(both(), 2)) }]);
}

#[test]
fn one_worker_at_a_time_has_the_notice() {
    given::<ContactStream>(requested()).when(|s| decide(s, serve(NoticeStep::Attempt), &ctx())).then([attempted()]);
    let begun = requested().into_iter().chain([attempted()]);
    given::<ContactStream>(begun).when(|s| decide(s, serve(NoticeStep::Attempt), &ctx())).nothing();
}

#[test]
fn a_notice_put_off_waits_until_its_time() {
    let until = NOON.plus(Lifetime::from_mins(1));
    let begun = requested().into_iter().chain([attempted()]);
    given::<ContactStream>(begun.clone()).when(|s| decide(s, serve(postpone(until)), &ctx())).then([postponed(until)]);
    let waiting = || begun.clone().chain([postponed(until)]);
    let early = Timestamp::from_micros(until.micros() - 1);
    given::<ContactStream>(waiting()).when(|s| decide(s, serve(NoticeStep::Attempt), &at(early))).nothing();
    given::<ContactStream>(waiting())
        .when(|s| decide(s, serve(NoticeStep::Attempt), &at(until)))
        .then([ContactEvent::NoticeAttempted { notice: id(), at: until }]);
}

#[test]
fn a_notice_has_one_outcome() {
    let said = || (String::from("c"), String::from("w"));
    let ((code, words), (rule, reason)) = (said(), said());
    for outcome in [
        NoticeOutcome::Sent,
        NoticeOutcome::Failed { code, words },
        NoticeOutcome::Unknown,
        NoticeOutcome::Cancelled { code: rule, words: reason },
    ] {
        given::<ContactStream>(requested())
            .when(|s| decide(s, serve(NoticeStep::Settle(outcome.clone())), &ctx()))
            .then([settled(outcome.clone())]);
        let over = || requested().into_iter().chain([settled(outcome.clone())]);
        for step in [NoticeStep::Attempt, postpone(NOON), NoticeStep::Settle(NoticeOutcome::Unknown)] {
            given::<ContactStream>(over()).when(|s| decide(s, serve(step.clone()), &ctx())).nothing();
        }
    }
}

#[test]
fn an_erasure_ends_every_notice() {
    let erasing = || requested().into_iter().chain([ContactEvent::ErasureRequested]);
    let erased = || erasing().chain([ContactEvent::ContactErased]);
    for step in [NoticeStep::Attempt, postpone(NOON), NoticeStep::Settle(NoticeOutcome::Sent)] {
        given::<ContactStream>(erasing()).when(|s| decide(s, serve(step.clone()), &ctx())).nothing();
        given::<ContactStream>(erased()).when(|s| decide(s, serve(step.clone()), &ctx())).nothing();
        given::<ContactStream>([]).when(|s| decide(s, serve(step.clone()), &ctx())).refused(Rejection::ContactNotFound);
    }
}
