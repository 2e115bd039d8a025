//! Outcome: requested, attempted under a lease, and what came of it.

use super::*;

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

fn record(outcome: Outcome) -> LinkCommand {
    LinkCommand::RecordDelivery { delivery: delivery(0), outcome }
}

fn cancel() -> LinkCommand {
    LinkCommand::CancelDelivery { delivery: delivery(0), why: CancelledWhy::OptedOut }
}

fn sent() -> (Outcome, LinkEvent) {
    let provider_id = "SM1".to_owned();
    (Outcome::Sent { provider_id: provider_id.clone() }, LinkEvent::DeliverySent { delivery: delivery(0), provider_id })
}

fn failed() -> (Outcome, LinkEvent) {
    let (code, words) = ("30006".to_owned(), "a landline can't get text messages".to_owned());
    let event = LinkEvent::DeliveryFailed { delivery: delivery(0), code: code.clone(), words: words.clone() };
    (Outcome::Failed { code, words }, event)
}

fn confirmed() -> (Outcome, LinkEvent) {
    (Outcome::Delivered, LinkEvent::DeliveryConfirmed { delivery: delivery(0) })
}

fn postponed_until(until: Timestamp) -> (Outcome, LinkEvent) {
    let (code, words) = ("503".to_owned(), "the provider is down".to_owned());
    let event = LinkEvent::DeliveryPostponed { delivery: delivery(0), until, code: code.clone(), words: words.clone() };
    (Outcome::Postponed { until, code, words }, event)
}

fn postponed() -> (Outcome, LinkEvent) {
    postponed_until(NOON.plus(Lifetime::from_secs(5)))
}

fn requeued() -> LinkEvent {
    LinkEvent::DeliveryRequeued { delivery: delivery(0) }
}

fn retry() -> LinkCommand {
    LinkCommand::RetryDelivery { delivery: delivery(0) }
}

/// As the provider's failure is written, so that the events compare.
fn put_off(until: Timestamp) -> LinkCommand {
    let (code, words) = ("503".to_owned(), "the provider is down".to_owned());
    LinkCommand::PostponeDelivery { delivery: delivery(0), until, code, words }
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
    after(queued([attempted(1)]), attempt(1)).nothing();
    let waiting = || queued([attempted(1), requeued()]);
    after(waiting(), attempt(0)).nothing();
    after(waiting(), attempt(1)).then([attempted(2)]);
    after(waiting(), attempt(2)).nothing();
}

#[test]
fn a_postponed_delivery_is_attempted_from_its_instant_on() {
    let due = NOON.plus(Lifetime::from_secs(5));
    let waiting = || queued([attempted(1), postponed_until(due).1]);
    after_at(waiting(), attempt(1), before(due)).nothing();
    let second = LinkEvent::DeliveryAttempted { delivery: delivery(0), attempt: 2, at: due };
    after_at(waiting(), attempt(1), due).then([second]);
}

#[test]
fn a_delivery_with_an_outcome_is_not_attempted_again() {
    for outcome in [sent().1, confirmed().1, failed().1, unknown(), cancelled()] {
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
    for (outcome, event) in [sent(), confirmed(), failed(), postponed(), (Outcome::Unknown, unknown())] {
        after(queued([attempted(1)]), record(outcome)).then([event]);
    }
}

#[test]
fn a_delivery_never_goes_backwards_and_its_first_end_stays() {
    let all = || [sent(), confirmed(), failed(), postponed(), (Outcome::Unknown, unknown())];
    for end in [confirmed().1, failed().1, cancelled()] {
        for (later, _) in all() {
            after(queued([attempted(1), sent().1, end.clone()]), record(later)).nothing();
        }
    }
    for (outcome, event) in [confirmed(), failed()] {
        after(queued([attempted(1), sent().1]), record(outcome)).then([event]);
    }
    for (outcome, _) in [sent(), postponed(), (Outcome::Unknown, unknown())] {
        after(queued([attempted(1), sent().1]), record(outcome)).nothing();
    }
}

#[test]
fn what_was_maybe_sent_may_turn_out_otherwise_and_stays_so_until_then() {
    for (outcome, event) in [sent(), confirmed(), failed()] {
        after(queued([attempted(1), unknown()]), record(outcome)).then([event]);
    }
    for (outcome, _) in [postponed(), (Outcome::Unknown, unknown())] {
        after(queued([attempted(1), unknown()]), record(outcome)).nothing();
    }
}

#[test]
fn while_it_waits_an_earlier_attempt_may_turn_out_to_have_got_through() {
    for waiting in [postponed().1, requeued()] {
        for (outcome, event) in [sent(), confirmed(), failed()] {
            after(queued([attempted(1), waiting.clone()]), record(outcome)).then([event]);
        }
        for (outcome, _) in [postponed(), (Outcome::Unknown, unknown())] {
            after(queued([attempted(1), waiting.clone()]), record(outcome)).nothing();
        }
    }
}

#[test]
fn what_failed_or_waits_or_was_maybe_sent_can_be_tried_again_while_the_link_lives() {
    let end = NOON.plus(Lifetime::DAY);
    for state in [failed().1, unknown(), postponed().1, cancelled()] {
        let before_that = || queued([attempted(1), state.clone()]);
        after_at(before_that(), retry(), before(end)).then([requeued()]);
        after_at(before_that(), retry(), end).refused(Rejection::LinkNotLive);
    }
    after(queued([]), retry()).nothing();
    for state in [vec![], vec![sent().1], vec![confirmed().1]] {
        let under_way = [attempted(1)].into_iter().chain(state);
        after(queued(under_way), retry()).refused(Rejection::DeliveryUnderWay);
    }
}

#[test]
fn an_outcome_is_noted_even_when_the_link_died_in_the_meantime() {
    let (outcome, event) = sent();
    let dead = queued([attempted(1), revoked(LinkRevokedWhy::Revoked)]);
    after(dead, record(outcome)).then([event]);
}

#[test]
fn a_delivery_is_cancelled_while_it_waits_and_never_after() {
    after(queued([]), cancel()).then([cancelled()]);
    after(queued([attempted(1), postponed().1]), cancel()).then([cancelled()]);
    after(queued([attempted(1)]), cancel()).nothing();
    for outcome in [sent().1, confirmed().1, failed().1, unknown(), cancelled()] {
        after(queued([attempted(1), outcome]), cancel()).nothing();
    }
}

#[test]
fn what_waits_can_be_put_off_to_a_later_instant_and_nothing_else_can() {
    let (soon, later) = (NOON.plus(Lifetime::from_secs(5)), NOON.plus(Lifetime::from_secs(6)));
    after(queued([]), put_off(soon)).then([postponed_until(soon).1]);
    after(queued([postponed_until(soon).1]), put_off(later)).then([postponed_until(later).1]);
    after(queued([postponed_until(soon).1]), put_off(soon)).nothing();
    after(queued([postponed_until(later).1]), put_off(soon)).nothing();
    after(queued([attempted(1)]), put_off(soon)).nothing();
    for outcome in [sent().1, confirmed().1, failed().1, unknown(), cancelled()] {
        after(queued([attempted(1), outcome]), put_off(soon)).nothing();
    }
}

#[test]
fn nothing_is_done_about_a_delivery_that_was_never_requested() {
    for command in [attempt(0), record(Outcome::Unknown), retry(), cancel(), put_off(NOON)] {
        after([issued(&issue())], command).refused(Rejection::DeliveryNotFound);
    }
}

#[test]
fn a_deliverys_state_follows_its_events() {
    let state = |events| folded(queued(events)).deliveries.get(&delivery(0)).unwrap().state.as_str();
    assert_eq!(state(vec![]), "queued");
    assert_eq!(state(vec![attempted(1)]), "sending");
    assert_eq!(state(vec![attempted(1), sent().1]), "sent");
    assert_eq!(state(vec![attempted(1), sent().1, confirmed().1]), "delivered");
    assert_eq!(state(vec![attempted(1), postponed().1]), "queued");
    assert_eq!(state(vec![attempted(1), failed().1, requeued()]), "queued");
    assert_eq!(state(vec![attempted(1), failed().1]), "failed");
    assert_eq!(state(vec![attempted(1), unknown()]), "maybe_sent");
    assert_eq!(state(vec![cancelled()]), "cancelled");
}
