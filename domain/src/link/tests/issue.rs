//! Making, showing, opening and revoking.

use super::*;

fn make(issue: Issue) -> Then<LinkEvent> {
    after([], LinkCommand::IssueMagicLink(issue))
}

#[test]
fn a_link_is_made_with_its_end_fixed_at_that_moment() {
    let welcome = Issue { lifetime: Lifetime::WELCOME, ..issue() };
    make(issue()).then([issued(&issue())]);
    make(welcome.clone()).then([issued(&welcome)]);
    assert_eq!(folded([issued(&welcome)]).expires_at, NOON.plus(Lifetime::from_days(7)));
}

#[test]
fn a_link_allows_one_to_ten_uses() {
    for max_uses in [0, 11, u8::MAX] {
        make(Issue { max_uses, ..issue() }).refused(Rejection::MaxUsesOutOfRange);
    }
    for max_uses in [1, 10] {
        let issue = Issue { max_uses, ..issue() };
        make(issue.clone()).then([issued(&issue)]);
    }
}

#[test]
fn a_link_that_is_shown_says_so_and_its_sendings_are_requested_in_the_same_append() {
    let both = Issue {
        revealed: true,
        reason: Reason::parse("asked on the phone").unwrap(),
        deliveries: vec![
            (delivery(0), Channel::Sms, "+14155550100".to_owned()),
            (delivery(1), Channel::Email, "ana@example.com".to_owned()),
        ],
        ..issue()
    };
    let requested = |nth, channel, to: &str| LinkEvent::DeliveryRequested {
        delivery: delivery(nth),
        channel,
        to: Personal::Known(to.to_owned()),
    };
    make(both.clone()).then([
        issued(&both),
        LinkEvent::LinkRevealed,
        requested(0, Channel::Sms, "+14155550100"),
        requested(1, Channel::Email, "ana@example.com"),
    ]);
}

#[test]
fn making_it_again_is_nothing() {
    after([issued(&issue())], LinkCommand::IssueMagicLink(issue())).nothing();
    after([issued(&issue()), revoked(LinkRevokedWhy::Revoked)], LinkCommand::IssueMagicLink(issue())).nothing();
}

#[test]
fn nothing_can_be_asked_of_a_link_that_was_never_made() {
    let commands = [
        LinkCommand::RevealLink,
        LinkCommand::RedeemLink(press()),
        LinkCommand::RecordRefusal { why: Refusal::Used, client: client() },
        LinkCommand::RecordOpening { by: OpenedBy::Person, client: client() },
        LinkCommand::RevokeLink { why: LinkRevokedWhy::Revoked, reason: None },
        LinkCommand::EndSession { use_number: 1, why: EndedWhy::SignedOut },
        LinkCommand::SeeSession { use_number: 1 },
        LinkCommand::AttemptDelivery { delivery: delivery(0), seen: 0 },
    ];
    for command in commands {
        after([], command).refused(Rejection::LinkNotFound);
    }
}

#[test]
fn a_live_link_can_be_shown_again_and_every_time_is_noted() {
    let end = NOON.plus(Lifetime::DAY);
    let shown = [issued(&issue()), LinkEvent::LinkRevealed];
    after_at(shown.clone(), LinkCommand::RevealLink, before(end)).then([LinkEvent::LinkRevealed]);
    after_at(shown, LinkCommand::RevealLink, end).refused(Rejection::LinkNotLive);
}

#[test]
fn a_used_or_revoked_link_is_not_shown() {
    after([issued(&issue()), redeemed(1, &press())], LinkCommand::RevealLink).refused(Rejection::LinkNotLive);
    after([issued(&issue()), revoked(LinkRevokedWhy::Revoked)], LinkCommand::RevealLink)
        .refused(Rejection::LinkNotLive);
}

#[test]
fn the_first_opening_is_noted_once_per_kind_of_opener() {
    let open = |by| LinkCommand::RecordOpening { by, client: client() };
    let opened = |by| LinkEvent::LinkOpened { by, client: Personal::Known(client()) };
    let seen = || [issued(&issue()), opened(OpenedBy::Scanner)];
    after([issued(&issue())], open(OpenedBy::Scanner)).then([opened(OpenedBy::Scanner)]);
    after(seen(), open(OpenedBy::Scanner)).nothing();
    after(seen(), open(OpenedBy::Person)).then([opened(OpenedBy::Person)]);
    after(seen().into_iter().chain([opened(OpenedBy::Person)]), open(OpenedBy::Person)).nothing();
}

#[test]
fn revoking_is_noted_with_its_first_reason_and_twice_is_nothing() {
    let reason = Reason::parse("sent to the wrong person").unwrap();
    let revoke = |why| LinkCommand::RevokeLink { why, reason: reason.clone() };
    let gone = LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: reason.clone().map(Personal::Known) };
    after([issued(&issue())], revoke(LinkRevokedWhy::Revoked)).then([gone.clone()]);
    after([issued(&issue()), gone.clone()], revoke(LinkRevokedWhy::Replaced)).nothing();
    let both = folded([issued(&issue()), gone, revoked(LinkRevokedWhy::Replaced)]);
    assert_eq!(both.revoked, Some(LinkRevokedWhy::Revoked));
}

#[test]
fn a_links_state_is_one_word_with_revoked_before_used_before_expired() {
    let end = NOON.plus(Lifetime::DAY);
    let used = || [issued(&issue()), redeemed(1, &press())];
    assert_eq!(folded([issued(&issue())]).status(before(end)), LinkStatus::Live);
    assert_eq!(folded([issued(&issue())]).status(end), LinkStatus::Expired);
    assert_eq!(folded(used()).status(end), LinkStatus::Used);
    let all = used().into_iter().chain([revoked(LinkRevokedWhy::Revoked)]);
    assert_eq!(folded(all).status(end), LinkStatus::Revoked);
}
