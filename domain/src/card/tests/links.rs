//! Handed over, opened, signed in, dead.

use super::*;

#[test]
fn a_link_that_nobody_sent_is_handed_over_or_sent() {
    let shown = || made().and([(0, LinkEvent::LinkRevealed)]);
    let no_way =
        |story: Story| story.without(Channel::Sms, Rejection::NoPhone).without(Channel::Email, Rejection::NoEmail);
    let (unseen, seen) = ("made+ opened_by_person- signed_in-", "made+ shown+ opened_by_person- signed_in-");
    hold(vec![
        (made(), 0, unseen, "", "send_by_sms: nobody has it yet: send by SMS"),
        (
            made().without(Channel::Sms, Rejection::SmsOptedOut),
            0,
            unseen,
            "",
            "send_by_email: nobody has it yet: send by e-mail",
        ),
        (no_way(made()), 0, unseen, "", "hand_over: nobody has it yet: show it, and hand it over"),
        (shown(), 9, seen, "", "hand_over: hand it over: only staff have seen it"),
        (shown(), 10, seen, "", "send_by_sms: it is not opened yet: send by SMS"),
        (no_way(shown()), 10, seen, "", "hand_over: hand it over: only staff have seen it"),
    ]);
}

#[test]
fn a_scanner_and_a_person_are_told_apart() {
    let sent = || by_sms([(0, tried(1, 0)), (0, sent()), (0, delivered())]);
    let way = "made+ queued+ sending+ sent+ delivered+";
    let scanned = |minutes| sent().and([(minutes, opened(OpenedBy::Scanner))]);
    let opened = |minutes| scanned(0).and([(minutes, opened(OpenedBy::Person))]);
    let only_scanned = format!("{way} opened_by_scanner+ opened_by_person- signed_in-");
    let both = format!("{way} opened_by_scanner+ opened_by_person+ signed_in-");
    hold(vec![
        (scanned(1), 9, &only_scanned, "it arrived", "wait: wait: only a mail scanner opened it"),
        (
            scanned(1),
            10,
            &only_scanned,
            "it arrived",
            "call: only a mail scanner opened it: call, and read the code aloud",
        ),
        (opened(1), 10, &both, "it arrived", "wait: wait: they opened it, and still have to press the button"),
        (
            opened(1),
            11,
            &both,
            "it arrived",
            "call: they opened it and did not sign in: call, and ask them to press the button",
        ),
    ]);
}

#[test]
fn once_they_are_signed_in_nothing_is_left_to_do_whatever_became_of_the_messages() {
    let failed = || by_sms([(0, tried(1, 0)), (0, landline()), (2, signed_in(2))]);
    let twice = Story { max_uses: 2, ..failed() };
    hold(vec![
        (
            failed(),
            3,
            "made+ queued+ sending+ failed+ signed_in+",
            "the number is a landline (30006)",
            "nothing: they are signed in: nothing to do",
        ),
        (
            twice,
            3,
            "made+ queued+ sending+ failed+ signed_in+",
            "the number is a landline (30006)",
            "nothing: they signed in; it works for further devices",
        ),
    ]);
    let card = failed().card(3);
    assert_eq!((card.status, card.deliveries[0].can_retry, card.channels.len()), (LinkStatus::Used, false, 0));
    assert_eq!(card.reached().map(|step| step.kind), Some(StepKind::SignedIn));
}

#[test]
fn a_dead_link_says_what_takes_its_place() {
    let day = 24 * 60;
    let sent = || by_sms([(0, tried(1, 0)), (0, sent())]);
    let way = "made+ queued+ sending+ sent+";
    let took = "the provider took it";
    let (expired, revoked_way) = (format!("{way} expired+"), format!("{way} revoked+"));
    let with = |why| sent().and([(1, revoked(why))]);
    hold(vec![
        (sent(), day, &expired, took, "new_link: it has expired: make a new one"),
        (
            with(LinkRevokedWhy::Revoked),
            2,
            &revoked_way,
            took,
            "new_link: it no longer works: make a new one if they still need to get in",
        ),
        (
            with(LinkRevokedWhy::Replaced),
            2,
            &revoked_way,
            took,
            "nothing: a newer link took its place: look at that one",
        ),
        (
            sent().standing(Standing::InPortal(Admission(4))),
            2,
            way,
            took,
            "new_link: it no longer works: make a new one if they still need to get in",
        ),
        (
            sent().standing(Standing::NotInPortal),
            2,
            way,
            took,
            "grant_access: they have no access any more: grant some, then make a new link",
        ),
        (sent().standing(Standing::Gone), 2, way, took, "nothing: the person is gone: nothing to do"),
    ]);
    assert_eq!(sent().card(day - 1).status, LinkStatus::Live);
    assert_eq!(sent().card(day).status, LinkStatus::Expired);
    assert_eq!(sent().standing(Standing::InPortal(Admission(4))).card(2).status, LinkStatus::Revoked);
}

#[test]
fn every_step_says_when_and_who() {
    let card = by_sms([(3, tried(1, 3)), (4, sent())]).card(5);
    let taken: Vec<(StepKind, u64)> =
        vec![(StepKind::Made, 0), (StepKind::Queued, 0), (StepKind::Sending, 3), (StepKind::Sent, 4)];
    let told: Vec<(StepKind, Option<Timestamp>, Option<Actor>)> =
        card.steps.iter().take(4).map(|step| (step.kind, step.at, step.by.clone())).collect();
    let expected: Vec<_> = taken.into_iter().map(|(kind, at)| (kind, Some(minute(at)), Some(Actor::System))).collect();
    assert_eq!(told, expected);
    assert_eq!(card.deliveries[0].since(), minute(4));
}

#[test]
fn a_link_that_was_never_made_has_no_card() {
    let facts = Facts {
        link: CommandId::derive("system", "link", "1").link(0),
        timeline: &[],
        standing: Standing::InPortal(ADMISSION),
        channels: &BTreeMap::new(),
        look_up_after: Lifetime::from_mins(1),
        now: NOON,
    };
    assert_eq!(LinkCard::of(&facts), None);
}
