//! Sending: requested, attempted under a lease, and what came of it.

use super::*;
use crate::ports::Sending;

fn request(nth: usize) -> LinkCommand {
    LinkCommand::RequestDelivery { delivery: delivery(nth), channel: Channel::Sms, to: "+14155550100".to_owned() }
}

fn requested(nth: usize) -> LinkEvent {
    LinkEvent::DeliveryRequested {
        delivery: delivery(nth),
        channel: Channel::Sms,
        to: Personal::Known("+14155550100".to_owned()),
    }
}

fn attempt(seen: u32) -> LinkCommand {
    LinkCommand::AttemptDelivery { delivery: delivery(0), seen }
}

fn attempted(attempt: u32) -> LinkEvent {
    LinkEvent::DeliveryAttempted { delivery: delivery(0), attempt, at: NOON }
}

fn record(outcome: Sending) -> LinkCommand {
    LinkCommand::RecordDelivery { delivery: delivery(0), outcome }
}

fn cancel() -> LinkCommand {
    LinkCommand::CancelDelivery { delivery: delivery(0), why: CancelledWhy::OptedOut }
}

fn sent() -> (Sending, LinkEvent) {
    let provider_id = "SM1".to_owned();
    (Sending::Sent { provider_id: provider_id.clone() }, LinkEvent::DeliverySent { delivery: delivery(0), provider_id })
}

fn failed() -> (Sending, LinkEvent) {
    let (code, words) = ("30006".to_owned(), "a landline can't get text messages".to_owned());
    let event = LinkEvent::DeliveryFailed { delivery: delivery(0), code: code.clone(), words: words.clone() };
    (Sending::Failed { code, words }, event)
}

fn unknown() -> LinkEvent {
    LinkEvent::DeliveryUnknown { delivery: delivery(0) }
}

fn cancelled() -> LinkEvent {
    LinkEvent::DeliveryCancelled { delivery: delivery(0), why: CancelledWhy::OptedOut }
}

/// A requested delivery with what came after.
fn queued(then: impl IntoIterator<Item = LinkEvent>) -> Vec<LinkEvent> {
    [issued(&issue()), requested(0)].into_iter().chain(then).collect()
}

#[test]
fn a_live_link_can_be_sent_again_and_again_and_each_sending_is_asked_for_once() {
    let end = NOON.plus(Lifetime::DAY);
    after([issued(&issue())], request(0)).then([requested(0)]);
    after(queued([]), request(0)).nothing();
    after_at(queued([]), request(1), before(end)).then([requested(1)]);
    after_at(queued([]), request(1), end).refused(Rejection::LinkNotLive);
    after(queued([revoked(LinkRevokedWhy::Revoked)]), request(1)).refused(Rejection::LinkNotLive);
    after(queued([redeemed(1, &press())]), request(1)).refused(Rejection::LinkNotLive);
}

#[test]
fn only_the_worker_that_saw_the_latest_attempt_may_begin_the_next() {
    after(queued([]), attempt(0)).then([attempted(1)]);
    after(queued([]), attempt(1)).nothing();
    after(queued([attempted(1)]), attempt(0)).nothing();
    after(queued([attempted(1)]), attempt(1)).then([attempted(2)]);
    after(queued([attempted(1)]), attempt(2)).nothing();
}

#[test]
fn a_delivery_with_an_outcome_is_not_attempted_again() {
    for outcome in [sent().1, failed().1, unknown(), cancelled()] {
        after(queued([attempted(1), outcome]), attempt(1)).nothing();
    }
}

#[test]
fn a_link_that_is_not_live_is_not_sent() {
    let end = NOON.plus(Lifetime::DAY);
    let last = LinkEvent::DeliveryAttempted { delivery: delivery(0), attempt: 1, at: before(end) };
    after_at(queued([]), attempt(0), before(end)).then([last]);
    after_at(queued([]), attempt(0), end).refused(Rejection::LinkNotLive);
    after(queued([revoked(LinkRevokedWhy::Revoked)]), attempt(0)).refused(Rejection::LinkNotLive);
}

#[test]
fn an_outcome_is_noted_as_the_provider_gave_it() {
    for (outcome, event) in [sent(), failed(), (Sending::Unknown, unknown())] {
        after(queued([attempted(1)]), record(outcome)).then([event]);
    }
}

#[test]
fn a_provider_that_can_not_take_it_now_leaves_the_delivery_as_it_is() {}

#[test]
fn an_outcome_is_noted_once() {
    for first in [sent().1, failed().1, cancelled()] {
        for (second, _) in [sent(), failed(), (Sending::Unknown, unknown())] {
            after(queued([attempted(1), first.clone()]), record(second)).nothing();
        }
    }
}

#[test]
fn what_was_maybe_sent_may_turn_out_sent_or_failed_and_stays_so_otherwise() {
    for (outcome, event) in [sent(), failed()] {
        after(queued([attempted(1), unknown()]), record(outcome)).then([event]);
    }
    after(queued([attempted(1), unknown()]), record(Sending::Unknown)).nothing();
    let settled = queued([attempted(1), unknown(), sent().1]);
    after(settled, record(failed().0)).nothing();
}

#[test]
fn an_outcome_is_noted_even_when_the_link_died_in_the_meantime() {
    let (outcome, event) = sent();
    let dead = queued([attempted(1), revoked(LinkRevokedWhy::Revoked)]);
    after(dead, record(outcome)).then([event]);
}

#[test]
fn a_delivery_is_cancelled_while_its_outcome_is_to_come_and_never_after() {
    after(queued([]), cancel()).then([cancelled()]);
    after(queued([attempted(1)]), cancel()).then([cancelled()]);
    for outcome in [sent().1, failed().1, unknown(), cancelled()] {
        after(queued([attempted(1), outcome]), cancel()).nothing();
    }
}

#[test]
fn nothing_is_done_about_a_delivery_that_was_never_requested() {
    for command in [attempt(0), record(Sending::Unknown), cancel()] {
        after([issued(&issue())], command).refused(Rejection::DeliveryNotFound);
    }
}

#[test]
fn a_deliverys_state_follows_its_events() {
    let state = |events| folded(queued(events)).deliveries.get(&delivery(0)).unwrap().state.as_str();
    assert_eq!(state(vec![]), "queued");
    assert_eq!(state(vec![attempted(1)]), "sending");
    assert_eq!(state(vec![attempted(1), sent().1]), "sent");
    assert_eq!(state(vec![attempted(1), failed().1]), "failed");
    assert_eq!(state(vec![attempted(1), unknown()]), "maybe_sent");
    assert_eq!(state(vec![cancelled()]), "cancelled");
}
