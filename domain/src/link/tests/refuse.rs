//! Why a press is refused, and what is noted of it.

use super::*;

const IN: Standing = Standing::InPortal(ADMISSION);

fn why(events: impl IntoIterator<Item = LinkEvent>, standing: Standing) -> Option<Refusal> {
    refusal(&folded(events), standing, Some(OURS), NOON)
}

#[test]
fn every_way_to_end_a_link_has_its_own_page() {
    for (ended, page) in [
        (LinkRevokedWhy::Revoked, Refusal::Revoked),
        (LinkRevokedWhy::AdmissionsRenewed, Refusal::Revoked),
        (LinkRevokedWhy::Restored, Refusal::Revoked),
        (LinkRevokedWhy::Replaced, Refusal::Replaced),
        (LinkRevokedWhy::SubjectGone, Refusal::SubjectGone),
    ] {
        assert_eq!(why([issued(&issue()), revoked(ended)], IN), Some(page), "{ended}");
    }
}

#[test]
fn a_contact_without_a_live_grant_is_told_that_access_ended() {
    assert_eq!(why([issued(&issue())], Standing::NotInPortal), Some(Refusal::AccessEnded));
    assert_eq!(why([issued(&issue())], IN), None);
}

#[test]
fn an_erased_contact_or_removed_staff_member_is_gone_whatever_else_holds() {
    let used_and_revoked = [issued(&issue()), redeemed(1, &press()), revoked(LinkRevokedWhy::Revoked)];
    assert_eq!(why([issued(&issue())], Standing::Gone), Some(Refusal::SubjectGone));
    assert_eq!(why(used_and_revoked, Standing::Gone), Some(Refusal::SubjectGone));
    assert_eq!(why([issued(&for_staff())], Standing::Gone), Some(Refusal::SubjectGone));
    assert_eq!(why([issued(&for_staff())], Standing::OnTeam), None);
}

#[test]
fn the_reason_that_says_most_comes_first() {
    let end = NOON.plus(Lifetime::DAY);
    let used = || [issued(&issue()), redeemed(1, &press())];
    let revoked_too = used().into_iter().chain([revoked(LinkRevokedWhy::Replaced)]);
    assert_eq!(refusal(&folded(revoked_too), IN, None, end), Some(Refusal::Replaced), "revoked before used");
    assert_eq!(refusal(&folded(used()), IN, None, end), Some(Refusal::Used), "used before expired");
    let out = refusal(&folded([issued(&issue())]), Standing::NotInPortal, None, end);
    assert_eq!(out, Some(Refusal::Expired), "expired before access ended");
    let bound = folded([issued(&Issue { browser: Some(OURS), ..issue() })]);
    let elsewhere = refusal(&bound, Standing::NotInPortal, Some(THEIRS), NOON);
    assert_eq!(elsewhere, Some(Refusal::AccessEnded), "access ended before other browser");
}

#[test]
fn looking_at_the_page_without_a_nonce_refuses_no_bound_link() {
    let bound = folded([issued(&Issue { browser: Some(OURS), ..issue() })]);
    assert_eq!(refusal(&bound, IN, None, NOON), None);
    assert_eq!(refusal(&bound, IN, Some(THEIRS), NOON), Some(Refusal::OtherBrowser));
}

#[test]
fn a_refusal_is_noted_five_times_per_reason_and_not_a_sixth() {
    let refuse = |why| LinkCommand::RecordRefusal { why, client: client() };
    let noted = |why| LinkEvent::RedemptionRefused { why, client: Personal::Known(client()) };
    let times = |n: usize| {
        std::iter::once(issued(&issue())).chain(std::iter::repeat_n(noted(Refusal::Used), n)).collect::<Vec<_>>()
    };
    after(times(0), refuse(Refusal::Used)).then([noted(Refusal::Used)]);
    after(times(4), refuse(Refusal::Used)).then([noted(Refusal::Used)]);
    after(times(5), refuse(Refusal::Used)).nothing();
    after(times(5), refuse(Refusal::Expired)).then([noted(Refusal::Expired)]);
}

fn tried() -> [LinkEvent; 2] {
    let words = crate::message::Words { subject: None, text: "{{link}}".to_owned() };
    let locale = crate::value::Locale::stored("en".to_owned());
    [issued(&for_staff()), LinkEvent::WordsTried(Trial { channel: Channel::Sms, locale, words })]
}

#[test]
fn a_link_that_tries_words_out_signs_nobody_in_by_link_or_code() {
    for method in [Method::Link, Method::Code] {
        let press = Press { method, standing: Standing::OnTeam, ..press() };
        after(tried(), LinkCommand::RedeemLink(press)).refused(Rejection::Refused(Refusal::Test));
    }
    let gone = Press { standing: Standing::Gone, ..press() };
    after(tried(), LinkCommand::RedeemLink(gone)).refused(Rejection::Refused(Refusal::SubjectGone));
}

#[test]
fn a_press_on_a_test_is_not_noted() {
    after(tried(), LinkCommand::RecordRefusal { why: Refusal::Test, client: client() }).nothing();
}
