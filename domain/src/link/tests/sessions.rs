//! Sessions, which begin and end on their link's stream.

use super::*;

fn open() -> [LinkEvent; 2] {
    [issued(&issue()), redeemed(1, &press())]
}

#[test]
fn a_session_is_open_until_its_absolute_limit() {
    let limit = NOON.plus(LIMITS.absolute);
    let session = folded(open()).use_numbered(1).cloned().unwrap();
    assert!(session.is_open(before(limit)));
    assert!(!session.is_open(limit));
}

#[test]
fn activity_never_moves_the_absolute_limit() {
    let limit = NOON.plus(LIMITS.absolute);
    let seen = LinkEvent::SessionSeen { use_number: 1, at: before(limit) };
    let session = folded(open().into_iter().chain([seen])).use_numbered(1).cloned().unwrap();
    assert!(!session.is_open(limit));
}

#[test]
fn a_session_outlives_its_link() {
    let long_after = NOON.plus(Lifetime::from_days(3));
    let link = folded(open().into_iter().chain([revoked(LinkRevokedWhy::Revoked)]));
    assert!(link.use_numbered(1).unwrap().is_open(long_after));
}

#[test]
fn the_use_of_a_session_is_noted_a_day_after_the_last_note_and_not_earlier() {
    let see = || LinkCommand::SeeSession { use_number: 1 };
    let due = NOON.plus(Lifetime::from_days(1));
    let seen = LinkEvent::SessionSeen { use_number: 1, at: due };
    after_at(open(), see(), before(due)).nothing();
    after_at(open(), see(), due).then([seen.clone()]);
    let next = due.plus(Lifetime::from_days(1));
    let history = || open().into_iter().chain([seen.clone()]);
    after_at(history(), see(), before(next)).nothing();
    after_at(history(), see(), next).then([LinkEvent::SessionSeen { use_number: 1, at: next }]);
}

#[test]
fn a_session_that_ended_or_ran_out_or_never_was_is_not_seen() {
    let see = |use_number| LinkCommand::SeeSession { use_number };
    let over = || open().into_iter().chain([ended(1, EndedWhy::Ended)]);
    let later = NOON.plus(Lifetime::from_days(2));
    after_at(over(), see(1), later).refused(Rejection::SessionNotFound);
    after_at(open(), see(1), NOON.plus(LIMITS.absolute)).refused(Rejection::SessionNotFound);
    for number in [0, 2] {
        after_at(open(), see(number), later).refused(Rejection::SessionNotFound);
    }
}

#[test]
fn a_session_ends_once_with_its_first_reason() {
    let end = |why| LinkCommand::EndSession { use_number: 1, why };
    for why in EndedWhy::ALL {
        after(open(), end(*why)).then([ended(1, *why)]);
    }
    after(open().into_iter().chain([ended(1, EndedWhy::SignedOut)]), end(EndedWhy::Ended)).nothing();
    let twice = folded(open().into_iter().chain([ended(1, EndedWhy::SignedOut), ended(1, EndedWhy::Ended)]));
    assert_eq!(twice.use_numbered(1).unwrap().ended, Some(EndedWhy::SignedOut));
}

#[test]
fn a_session_that_never_was_can_not_be_ended() {
    for use_number in [0, 2] {
        after(open(), LinkCommand::EndSession { use_number, why: EndedWhy::Ended }).refused(Rejection::SessionNotFound);
    }
}

#[test]
fn ending_one_session_leaves_the_others_open() {
    let twice = Issue { max_uses: 2, ..issue() };
    let second = Press { nonce: THEIRS, ..press() };
    let link = folded([issued(&twice), redeemed(1, &press()), redeemed(2, &second), ended(1, EndedWhy::Ended)]);
    assert!(!link.use_numbered(1).unwrap().is_open(NOON));
    assert!(link.use_numbered(2).unwrap().is_open(NOON));
}
