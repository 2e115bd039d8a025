//! On its way, put off, failed, lost, called off.

use super::*;

#[test]
fn a_delivery_on_its_way_is_waited_for() {
    const QUEUED: &str = "made+ queued+ sending- sent- delivered- opened_by_person- signed_in-";
    const SENDING: &str = "made+ queued+ sending+ sent- delivered- opened_by_person- signed_in-";
    const SENT: &str = "made+ queued+ sending+ sent+ delivered- opened_by_person- signed_in-";
    const DELIVERED: &str = "made+ queued+ sending+ sent+ delivered+ opened_by_person- signed_in-";
    const CALL: &str = "call: not opened yet: call, and read the code aloud";
    const UNOPENED: &str = "wait: wait: they have not opened it yet";
    let sms = |happened: Vec<(u64, LinkEvent)>| by_sms(happened);
    let done = || sms(vec![(0, tried(1, 0)), (1, sent()), (2, delivered())]);
    hold(vec![
        (sms(vec![]), 4, QUEUED, "waits to be sent", "wait: wait: it is about to be sent"),
        (
            sms(vec![]),
            5,
            QUEUED,
            "waits to be sent",
            "send_by_email: it has waited for more than five minutes: send by e-mail",
        ),
        (
            sms(vec![]).without(Channel::Email, Rejection::NoEmail),
            5,
            QUEUED,
            "waits to be sent",
            "call: it has waited for more than five minutes: call, and have `magiclink doctor` run",
        ),
        (sms(vec![(0, tried(1, 0))]), 0, SENDING, "being sent", "wait: wait: it is being sent"),
        (
            sms(vec![(0, tried(1, 0)), (0, postponed(1)), (1, tried(2, 1))]),
            1,
            SENDING,
            "being sent, attempt 2",
            "wait: wait: it is being sent",
        ),
        (sms(vec![(0, tried(1, 0)), (1, sent())]), 10, SENT, "the provider took it", UNOPENED),
        (sms(vec![(0, tried(1, 0)), (1, sent())]), 11, SENT, "the provider took it", CALL),
        (done(), 11, DELIVERED, "it arrived", UNOPENED),
        (done(), 12, DELIVERED, "it arrived", CALL),
        (
            by(Channel::Email, [(0, tried(1, 0)), (1, sent())]),
            11,
            "made+ queued+ sending+ sent+ opened_by_person- signed_in-",
            "the provider took it",
            "call: not opened yet: it may be among spam; call, and read the code aloud",
        ),
    ]);
}

#[test]
fn a_delivery_that_was_put_off_says_until_when_and_why() {
    const QUEUED: &str = "made+ queued+ sending- sent- delivered- opened_by_person- signed_in-";
    const WORDS: &str = "tried again at 12:07: the provider is down (503)";
    let put_off = || by_sms([(0, tried(1, 0)), (0, postponed(7))]);
    hold(vec![
        (put_off(), 6, QUEUED, WORDS, "wait: it is tried again by itself; send by e-mail if it is urgent"),
        (
            put_off().without(Channel::Email, Rejection::NoEmail),
            6,
            QUEUED,
            WORDS,
            "wait: it is tried again by itself; call and read the code aloud if it is urgent",
        ),
    ]);
    let card = put_off().card(6);
    assert_eq!((card.deliveries[0].due_at(), card.deliveries[0].can_retry), (Some(minute(7)), true));
    let queued = put_off().and([(6, LinkEvent::DeliveryRequeued { delivery: delivery(0) })]);
    let requeued = queued.card(6).deliveries[0].clone();
    assert_eq!((requeued.due_at(), requeued.code, requeued.can_retry), (None, None, false));
}

#[test]
fn a_delivery_that_failed_says_why_and_what_else_could_be_done() {
    const FAILED: &str = "made+ queued+ sending+ failed+ opened_by_person- signed_in-";
    const UNDELIVERED: &str = "made+ queued+ sending+ sent+ failed+ opened_by_person- signed_in-";
    const WORDS: &str = "the number is a landline (30006)";
    const BY_MAIL: &str = "send_by_email: send by e-mail, or call and read the code aloud";
    let failed = || by_sms([(0, tried(1, 0)), (0, landline())]);
    hold(vec![
        (failed(), 0, FAILED, WORDS, BY_MAIL),
        (by_sms([(0, tried(1, 0)), (0, sent()), (1, landline())]), 1, UNDELIVERED, WORDS, BY_MAIL),
        (
            failed().without(Channel::Sms, Rejection::SmsOptedOut),
            0,
            FAILED,
            WORDS,
            "send_by_email: the number takes no text messages: send by e-mail",
        ),
        (
            failed().without(Channel::Email, Rejection::NoEmail),
            0,
            FAILED,
            WORDS,
            "call: call and read the code aloud, or correct the address and make a new link",
        ),
        (
            by(Channel::Email, [(0, tried(1, 0)), (0, landline())]),
            0,
            FAILED,
            WORDS,
            "send_by_sms: send by SMS, or call and read the code aloud",
        ),
    ]);
    assert!(failed().card(0).deliveries[0].can_retry);
    let opted_out = failed().without(Channel::Sms, Rejection::SmsOptedOut).card(0);
    assert!(!opted_out.deliveries[0].can_retry, "it would be called off again");
    assert_eq!(opted_out.channels, BTreeSet::from([Channel::Email]));
}

#[test]
fn a_lost_answer_is_looked_up_and_then_left_to_staff() {
    const LOST: &str = "made+ queued+ sending+ maybe_sent+ opened_by_person- signed_in-";
    const AGAIN: &str = "send_again: press Send again: nobody can tell whether they have it";
    let sms = || by_sms([(0, tried(1, 0)), (1, lost())]);
    hold(vec![
        (
            sms(),
            7,
            LOST,
            "the provider’s answer was lost; it is being looked up",
            "wait: wait: the provider is asked what became of it",
        ),
        (sms(), 8, LOST, "the answer was lost, and the provider could not tell", AGAIN),
        (
            by(Channel::Email, [(0, tried(1, 0)), (1, lost())]),
            1,
            LOST,
            "the mail server’s answer was lost, and it can’t be asked",
            AGAIN,
        ),
        (
            by_sms([(0, tried(1, 0)), (1, lost()), (3, sent())]),
            3,
            "made+ queued+ sending+ sent+ delivered- opened_by_person- signed_in-",
            "the provider took it",
            "wait: wait: they have not opened it yet",
        ),
    ]);
    assert_eq!(sms().card(8).next.act, NextAct::SendAgain(delivery(0)));
}

#[test]
fn a_delivery_that_was_called_off_says_why() {
    const OFF: &str = "made+ queued+ cancelled+ opened_by_person- signed_in-";
    let off = |why| by_sms([(0, cancelled(why))]);
    hold(vec![
        (
            off(CancelledWhy::OptedOut).without(Channel::Sms, Rejection::SmsOptedOut),
            0,
            OFF,
            "not sent: the number takes no text messages",
            "send_by_email: the number takes no text messages: send by e-mail",
        ),
        (
            off(CancelledWhy::OptedOut)
                .without(Channel::Sms, Rejection::SmsOptedOut)
                .without(Channel::Email, Rejection::NoEmail),
            0,
            OFF,
            "not sent: the number takes no text messages",
            "call: the number takes no text messages: call, and read the code aloud",
        ),
        (
            off(CancelledWhy::ChannelNotConfigured).without(Channel::Sms, Rejection::NoPhone),
            0,
            OFF,
            "not sent: no provider was configured any more",
            "send_by_email: no provider is configured: send by e-mail",
        ),
        (
            off(CancelledWhy::LinkNotLive),
            0,
            OFF,
            "not sent: the link was no longer live",
            "new_link: the link is dead: make a new one",
        ),
        (
            off(CancelledWhy::SubjectGone),
            0,
            OFF,
            "not sent: the person is gone",
            "nothing: the person is gone: nothing to do",
        ),
    ]);
}

#[test]
fn the_latest_delivery_that_got_furthest_stands_for_all() {
    let failed_and_sent = by_sms([
        (0, tried(1, 0)),
        (0, landline()),
        (1, asked(1, Channel::Email)),
        (1, LinkEvent::DeliveryAttempted { delivery: delivery(1), attempt: 1, at: minute(1) }),
        (1, LinkEvent::DeliverySent { delivery: delivery(1), provider_id: "x".to_owned() }),
    ]);
    let card = failed_and_sent.card(2);
    assert_eq!(card.next.words, "wait: they have not opened it yet");
    assert_eq!(card.reached().map(|step| step.kind), Some(StepKind::Sent));
    assert_eq!(card.deliveries[0].next.words, "wait: it goes by e-mail meanwhile");
    assert_eq!(card.deliveries[0].state, DeliveryState::Failed);
    assert_eq!(card.deliveries[1].next.words, "wait: they have not opened it yet");
}
