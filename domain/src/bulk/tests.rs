//! The rules of a bulk send, as specs.

use uuid::Uuid;

use super::*;
use crate::id::ContactId;
use crate::link::{Channel, Destination};
use crate::rejection::Rejection;
use crate::spec::{ctx, given};
use crate::time::Lifetime;
use crate::value::{InvalidValue, Slug, Tag};

fn who(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(number))
}

fn several(numbers: std::ops::RangeInclusive<u128>) -> Vec<ContactId> {
    numbers.map(who).collect()
}

fn plan(messages: u32) -> Plan {
    Plan {
        segment: Segment { never_signed_in: true, ..Segment::default() },
        channels: vec![Channel::Email, Channel::Sms],
        lifetime: Lifetime::WELCOME,
        destination: Destination::Home,
        messages,
        words: None,
    }
}

fn started(messages: u32) -> BulkEvent {
    BulkEvent::BulkStarted(plan(messages))
}

fn listed(numbers: std::ops::RangeInclusive<u128>) -> BulkEvent {
    BulkEvent::RecipientsListed { contacts: several(numbers) }
}

fn skipped(code: &str, contacts: Vec<ContactId>) -> BulkEvent {
    BulkEvent::RecipientsSkipped { code: code.to_owned(), contacts }
}

fn list(numbers: std::ops::RangeInclusive<u128>) -> BulkCommand {
    BulkCommand::ListRecipients { recipients: several(numbers), refused: vec![] }
}

fn stopped() -> BulkEvent {
    BulkEvent::BulkStopped { why: StoppedWhy::Asked }
}

#[test]
fn a_bulk_send_names_who_is_meant_over_which_channel_and_writes_to_somebody() {
    let start = |plan| given::<BulkStream>([]).when(|s| decide(s, BulkCommand::StartBulkSend(plan), &ctx()));
    start(plan(1)).then([started(1)]);
    start(plan(0)).refused(Rejection::NobodyToSendTo);
    let everybody = Plan { segment: Segment::default(), ..plan(1) };
    let unnamed = "name who is meant: never signed in, unused, an offering or a tag";
    start(everybody.clone()).refused(InvalidValue::new("segment", unnamed).into());
    let nowhere = Plan { channels: vec![], ..plan(1) };
    start(nowhere).refused(InvalidValue::new("send", "name at least one channel: email, sms or both").into());
    for segment in [
        Segment { unused: true, ..Segment::default() },
        Segment { unused_of: Some(crate::id::BulkId::from_uuid(Uuid::nil())), ..Segment::default() },
        Segment { offering: Some(Slug::stored("alumni".into())), ..Segment::default() },
    ] {
        let named = Plan { segment, ..plan(1) };
        start(named.clone()).then([BulkEvent::BulkStarted(named)]);
    }
    let words = Words { tag: Some(Tag::parse("vip").unwrap()), reason: None };
    let tagged = Plan { words: Some(Personal::Known(words)), ..everybody };
    start(tagged.clone()).then([BulkEvent::BulkStarted(tagged)]);
}

#[test]
fn it_starts_once() {
    given::<BulkStream>([started(1)]).when(|s| decide(s, BulkCommand::StartBulkSend(plan(2)), &ctx())).nothing();
}

#[test]
fn those_who_were_refused_are_noted_before_those_who_are_listed() {
    let refused =
        vec![(who(8), "no_address".to_owned()), (who(9), "sms_opted_out".into()), (who(7), "no_address".into())];
    let command = BulkCommand::ListRecipients { recipients: several(1..=2), refused };
    given::<BulkStream>([started(2)]).when(|s| decide(s, command, &ctx())).then([
        skipped("no_address", vec![who(8), who(7)]),
        skipped("sms_opted_out", vec![who(9)]),
        listed(1..=2),
    ]);
}

#[test]
fn never_more_are_listed_than_were_confirmed_and_nobody_twice() {
    given::<BulkStream>([started(2)]).when(|s| decide(s, list(1..=3), &ctx())).then([listed(1..=2)]);
    given::<BulkStream>([started(3), listed(1..=2)]).when(|s| decide(s, list(1..=9), &ctx())).then([listed(3..=3)]);
    given::<BulkStream>([started(2), listed(1..=2)]).when(|s| decide(s, list(3..=4), &ctx())).nothing();
    let refused_before = [started(2), skipped("no_address", vec![who(1)])];
    given::<BulkStream>(refused_before).when(|s| decide(s, list(1..=2), &ctx())).then([listed(2..=2)]);
}

#[test]
fn one_event_names_at_most_500_contacts() {
    given::<BulkStream>([started(1_001)]).when(|s| decide(s, list(1..=1_001), &ctx())).then([
        listed(1..=500),
        listed(501..=1_000),
        listed(1_001..=1_001),
    ]);
}

#[test]
fn it_runs_once_everybody_is_listed() {
    let status = |events: Vec<BulkEvent>| {
        let state = events.iter().fold(BulkState::default(), BulkStream::evolve);
        state.started().unwrap().status()
    };
    assert_eq!(status(vec![started(2), listed(1..=1)]), BulkStatus::Starting);
    assert_eq!(status(vec![started(2), listed(1..=2)]), BulkStatus::Running);
    assert_eq!(status(vec![started(2), listed(1..=2), BulkEvent::BulkPaused]), BulkStatus::Paused);
    assert_eq!(status(vec![started(1), BulkEvent::BulkPaused, BulkEvent::BulkResumed]), BulkStatus::Starting);
    assert_eq!(status(vec![started(1), listed(1..=1), BulkEvent::BulkPaused, stopped()]), BulkStatus::Stopped);
    assert_eq!(status(vec![started(1), listed(1..=1), BulkEvent::BulkFinished]), BulkStatus::Finished);
}

#[test]
fn only_who_still_waits_for_a_message_is_left_out() {
    let refused = [1, 2, 3].map(|number| (who(number), "no_phone".to_owned()));
    given::<BulkStream>([started(2), listed(1..=2), skipped("no_email", vec![who(1)])])
        .when(|s| decide(s, BulkCommand::SkipRecipients(refused.into()), &ctx()))
        .then([skipped("no_phone", vec![who(2)])]);
}

#[test]
fn it_can_be_paused_and_resumed_until_it_ends() {
    let running = || vec![started(1), listed(1..=1)];
    let paused = || [running(), vec![BulkEvent::BulkPaused]].concat();
    let pause = || BulkCommand::PauseBulkSend;
    let resume = || BulkCommand::ResumeBulkSend;
    given::<BulkStream>(running()).when(|s| decide(s, pause(), &ctx())).then([BulkEvent::BulkPaused]);
    given::<BulkStream>(paused()).when(|s| decide(s, pause(), &ctx())).nothing();
    given::<BulkStream>(paused()).when(|s| decide(s, resume(), &ctx())).then([BulkEvent::BulkResumed]);
    given::<BulkStream>(running()).when(|s| decide(s, resume(), &ctx())).nothing();
    for end in [stopped(), BulkEvent::BulkFinished] {
        for command in [pause(), resume(), list(2..=2)] {
            let ended = [paused(), vec![end.clone()]].concat();
            given::<BulkStream>(ended).when(|s| decide(s, command, &ctx())).refused(Rejection::BulkEnded);
        }
    }
}

#[test]
fn it_is_stopped_for_good_while_it_has_not_finished() {
    let stop = || BulkCommand::StopBulkSend(StoppedWhy::Asked);
    given::<BulkStream>([started(1)]).when(|s| decide(s, stop(), &ctx())).then([stopped()]);
    given::<BulkStream>([started(1), BulkEvent::BulkPaused]).when(|s| decide(s, stop(), &ctx())).then([stopped()]);
    given::<BulkStream>([started(1), stopped()]).when(|s| decide(s, stop(), &ctx())).nothing();
    given::<BulkStream>([started(1), listed(1..=1), BulkEvent::BulkFinished])
        .when(|s| decide(s, stop(), &ctx()))
        .refused(Rejection::BulkEnded);
}

#[test]
fn it_finishes_from_running_alone() {
    let finish = || BulkCommand::FinishBulkSend;
    let running = [started(1), listed(1..=1)];
    given::<BulkStream>(running.clone()).when(|s| decide(s, finish(), &ctx())).then([BulkEvent::BulkFinished]);
    given::<BulkStream>([started(1)]).when(|s| decide(s, finish(), &ctx())).nothing();
    let paused = running.into_iter().chain([BulkEvent::BulkPaused]);
    given::<BulkStream>(paused).when(|s| decide(s, finish(), &ctx())).nothing();
    given::<BulkStream>([started(1), stopped()]).when(|s| decide(s, finish(), &ctx())).nothing();
}

#[test]
fn nothing_can_be_asked_of_a_bulk_send_that_was_never_started() {
    for command in [BulkCommand::PauseBulkSend, list(1..=1), BulkCommand::FinishBulkSend] {
        given::<BulkStream>([]).when(|s| decide(s, command, &ctx())).refused(Rejection::BulkNotFound);
    }
}
