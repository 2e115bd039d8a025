//! Pressing the button, or typing the code.

use super::*;

fn redeem(press: Press) -> LinkCommand {
    LinkCommand::RedeemLink(press)
}

fn pressed_with(nonce: u8) -> Press {
    Press { nonce: [nonce; 16], ..press() }
}

#[test]
fn a_press_uses_the_link_and_begins_a_session_with_its_limits_and_admission_number() {
    let beside = Press { beside: Some(staff()), ..press() };
    after([issued(&issue())], redeem(press())).then([redeemed(1, &press())]);
    after([issued(&issue())], redeem(beside.clone())).then([redeemed(1, &beside)]);
    let session = folded([issued(&issue()), redeemed(1, &press())]).use_numbered(1).cloned().unwrap();
    assert_eq!((session.admission, session.limits, session.seen_at), (Some(ADMISSION), LIMITS, NOON));
}

#[test]
fn a_link_is_refused_from_its_end_on() {
    let end = NOON.plus(Lifetime::DAY);
    after_at([issued(&issue())], redeem(press()), before(end)).then([redeemed_at(1, &press(), before(end))]);
    after_at([issued(&issue())], redeem(press()), end).refused(Rejection::Refused(Refusal::Expired));
    let later = Timestamp::from_micros(end.micros() + 1);
    after_at([issued(&issue())], redeem(press()), later).refused(Rejection::Refused(Refusal::Expired));
}

#[test]
fn a_link_signs_in_as_often_as_it_allows_and_not_once_more() {
    for max_uses in [1, 2, MAX_USES] {
        let issue = Issue { max_uses, ..issue() };
        let mut history = vec![issued(&issue)];
        for number in 1..=max_uses {
            let press = pressed_with(number);
            after(history.clone(), redeem(press.clone())).then([redeemed(number, &press)]);
            history.push(redeemed(number, &press));
        }
        after(history, redeem(pressed_with(99))).refused(Rejection::Refused(Refusal::Used));
    }
}

#[test]
fn the_same_browser_pressing_again_spends_nothing() {
    let twice = Issue { max_uses: 2, ..issue() };
    let history = [issued(&twice), redeemed(1, &press())];
    after(history.clone(), redeem(press())).nothing();
    let link = folded(history);
    assert_eq!(repeats(&link, OURS, Standing::InPortal(ADMISSION), NOON), Some(1));
    assert_eq!(repeats(&link, THEIRS, Standing::InPortal(ADMISSION), NOON), None);
}

#[test]
fn the_same_browser_pressing_again_is_let_in_though_the_link_is_used_up_or_over_or_revoked() {
    let day_after = NOON.plus(Lifetime::from_days(2));
    let used = || [issued(&issue()), redeemed(1, &press())];
    after(used(), redeem(press())).nothing();
    after_at(used(), redeem(press()), day_after).nothing();
    after(used().into_iter().chain([revoked(LinkRevokedWhy::Replaced)]), redeem(press())).nothing();
    after(used(), redeem(Press { nonce: THEIRS, ..press() })).refused(Rejection::Refused(Refusal::Used));
}

#[test]
fn the_same_browser_gets_its_own_session_back_not_anothers() {
    let twice = Issue { max_uses: 2, ..issue() };
    let link = folded([issued(&twice), redeemed(1, &pressed_with(7)), redeemed(2, &pressed_with(8))]);
    assert_eq!(repeats(&link, [8; 16], Standing::InPortal(ADMISSION), NOON), Some(2));
}

#[test]
fn a_press_in_a_browser_whose_session_ended_counts_as_a_new_one() {
    let twice = Issue { max_uses: 2, ..issue() };
    let signed_out = |issue: &Issue| [issued(issue), redeemed(1, &press()), ended(1, EndedWhy::SignedOut)];
    after(signed_out(&twice), redeem(press())).then([redeemed(2, &press())]);
    after(signed_out(&issue()), redeem(press())).refused(Rejection::Refused(Refusal::Used));
}

#[test]
fn a_press_in_a_browser_whose_session_reached_a_limit_counts_as_a_new_one() {
    let long = Issue { lifetime: Lifetime::from_days(60), max_uses: 2, ..issue() };
    let history = || [issued(&long), redeemed(1, &press())];
    let idle = NOON.plus(LIMITS.idle);
    after_at(history(), redeem(press()), before(idle)).nothing();
    after_at(history(), redeem(press()), idle).then([redeemed_at(2, &press(), idle)]);
    let absolute = NOON.plus(LIMITS.absolute);
    let in_use = || history().into_iter().chain([LinkEvent::SessionSeen { use_number: 1, at: before(absolute) }]);
    after_at(in_use(), redeem(press()), before(absolute)).nothing();
    after_at(in_use(), redeem(press()), absolute).then([redeemed_at(2, &press(), absolute)]);
}

#[test]
fn a_session_of_an_older_admission_number_is_not_given_back() {
    let twice = Issue { max_uses: 2, ..issue() };
    let readmitted = Press { standing: Standing::InPortal(Admission(4)), ..press() };
    after([issued(&twice), redeemed(1, &press())], redeem(readmitted)).refused(Rejection::Refused(Refusal::Revoked));
}

#[test]
fn a_link_of_another_admission_number_is_dead() {
    for number in [ADMISSION.0 - 1, ADMISSION.0 + 1] {
        let press = Press { standing: Standing::InPortal(Admission(number)), ..press() };
        after([issued(&issue())], redeem(press)).refused(Rejection::Refused(Refusal::Revoked));
    }
}

#[test]
fn a_link_bound_to_the_asking_browser_works_there_alone() {
    let bound = Issue { browser: Some(OURS), ..issue() };
    let elsewhere = Press { nonce: THEIRS, ..press() };
    after([issued(&bound)], redeem(press())).then([redeemed(1, &press())]);
    after([issued(&bound)], redeem(elsewhere)).refused(Rejection::Refused(Refusal::OtherBrowser));
}

#[test]
fn a_code_signs_in_in_any_browser_and_uses_the_link_up() {
    let bound = Issue { browser: Some(OURS), ..issue() };
    let typed = Press { method: Method::Code, nonce: THEIRS, ..press() };
    after([issued(&bound)], redeem(typed.clone())).then([redeemed(1, &typed)]);
    after([issued(&bound), redeemed(1, &typed)], redeem(press())).refused(Rejection::Refused(Refusal::Used));
    let other = Press { nonce: [9; 16], ..typed };
    after([issued(&issue()), redeemed(1, &press())], redeem(other)).refused(Rejection::Refused(Refusal::Used));
}

#[test]
fn a_staff_members_session_has_no_admission_number() {
    let by_staff = Press { standing: Standing::OnTeam, ..press() };
    after([issued(&for_staff())], redeem(by_staff.clone())).then([redeemed(1, &by_staff)]);
    after([issued(&for_staff()), redeemed(1, &by_staff)], redeem(by_staff)).nothing();
}

#[test]
fn who_is_gone_or_out_of_the_portal_is_not_let_back_in_by_the_same_browser() {
    let used = || [issued(&issue()), redeemed(1, &press())];
    let gone = Press { standing: Standing::Gone, ..press() };
    let out = Press { standing: Standing::NotInPortal, ..press() };
    after(used(), redeem(gone.clone())).refused(Rejection::Refused(Refusal::SubjectGone));
    after(used(), redeem(out)).refused(Rejection::Refused(Refusal::Used));
    let removed = Press { standing: Standing::OnTeam, ..press() };
    after([issued(&for_staff()), redeemed(1, &removed)], redeem(gone))
        .refused(Rejection::Refused(Refusal::SubjectGone));
}
