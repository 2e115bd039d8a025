//! A contact's own devices and history, and the ways out.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::id::CommandId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Caller;
use magiclink_projections::{HistoryFilter, HistoryKind};

use crate::house::House;

#[tokio::test]
async fn the_account_shows_devices_and_history_in_plain_words() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut desk = house.browser();
    desk.headers = vec![("user-agent".into(), "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/125.0".into())];
    let link = house.link(ana).await;
    let page = desk.get(&link.path).await;
    desk.submit(&page, &link.path, &[]).await;
    house.advance(Lifetime::from_mins(10));
    let mut phone = house.signed_in(&house.link(ana).await).await;
    assert_snapshot!(phone.get("/portal/account").await.words(), @r"
    Your account
    Where you are signed in
    Safari on iPhone this device
    Signed in 1 May 2026, 12:10 UTC
    Last used 1 May 2026
    Internet address 203.0.113.7
    Sign out
    Firefox on Windows
    Signed in 1 May 2026, 12:00 UTC
    Last used 1 May 2026
    Internet address 203.0.113.7
    Sign out there
    Ends every session, this one too, and kills every link that was sent to you.
    Sign out everywhere
    Your history
    1 May 2026, 12:10 UTC Signed in by link with Safari on iPhone.
    1 May 2026, 12:10 UTC A link of yours was shown to staff, to hand it over to you.
    1 May 2026, 12:10 UTC A link was made for you.
    1 May 2026, 12:00 UTC Signed in by link with Firefox on Windows.
    1 May 2026, 12:00 UTC A link of yours was shown to staff, to hand it over to you.
    1 May 2026, 12:00 UTC A link was made for you.
    This was not me
    If there is a device or a sign-in on this page that was not yours, tell us. At once, every session ends, this one too, every link that was sent to you stops working, and staff learn of it. You can ask for a new link right after.
    End everything and tell staff
    ");
}

#[tokio::test]
async fn the_device_in_hand_stands_first_however_long_ago_its_sign_in_was() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut desk = house.signed_in(&house.link(ana).await).await;
    house.advance(Lifetime::from_mins(10));
    house.signed_in(&house.link(ana).await).await;
    let words = desk.get("/portal/account").await.words();
    let place = |text: &str| words.find(text).unwrap_or_else(|| panic!("no {text:?} in {words}"));
    let (own, other) = (place("Signed in 1 May 2026, 12:00"), place("Signed in 1 May 2026, 12:10"));
    assert!(place("this device") < own && own < other, "{words}");
    assert_eq!(words.matches("this device").count(), 1, "{words}");
}

#[tokio::test]
async fn a_press_that_was_refused_is_told_with_its_reason() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut late = house.browser();
    late.headers = vec![("user-agent".into(), "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/125.0".into())];
    let page = late.get(&link.path).await;
    let mut phone = house.signed_in(&link).await;
    late.submit(&page, &link.path, &[]).await;
    house.settle().await;
    let words = phone.get("/portal/account").await.words();
    assert!(words.contains("A link was pressed that had been used before, with Firefox on Windows."), "{words}");
}

#[tokio::test]
async fn another_device_can_be_signed_out() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    let mut desk = house.signed_in(&link).await;
    let mut phone = house.signed_in(&house.link(ana).await).await;
    let page = phone.get("/portal/account").await;
    let answer = phone.submit(&page, &format!("/portal/sessions/{}.1/end", link.id), &[]).await;
    assert_eq!(answer.location(), "/portal/account?notice=ended");
    assert_eq!(desk.get("/portal").await.location(), "/portal/sign-in");
    assert_eq!(phone.get("/portal").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_device_in_hand_can_be_signed_out_among_the_others() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    let mut desk = house.signed_in(&house.link(ana).await).await;
    let mut phone = house.signed_in(&link).await;
    let page = phone.get("/portal/account").await;
    let answer = phone.submit(&page, &format!("/portal/sessions/{}.1/end", link.id), &[]).await;
    assert_eq!(answer.location(), "/portal/sign-in?notice=signed-out");
    assert!(!phone.cookies.contains_key("magiclink_portal"));
    assert_eq!(desk.get("/portal").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let house = House::new().await;
    let (ana, ben) = (house.ana().await, house.ben().await);
    let link = house.link(ana).await;
    let mut hers = house.signed_in(&link).await;
    let mut his = house.signed_in(&house.link(ben).await).await;
    for id in [format!("{}.1", link.id), format!("{}.2", link.id), "x".into(), format!("{ana}.1")] {
        let path = format!("/portal/sessions/{id}/end");
        let tag = house.web.use_cases.ports().keys.keyring().form_tag(&his.cookies["magiclink_nonce"], &path);
        let answer = his.post(&path, &[("form", &tag)]).await;
        assert!(
            matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED),
            "{id}: {}",
            answer.status
        );
    }
    assert_eq!(hers.get("/portal").await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_ends_this_device_alone() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut desk = house.signed_in(&house.link(ana).await).await;
    let mut phone = house.signed_in(&house.link(ana).await).await;
    let stolen = phone.cookies.clone();
    let page = phone.get("/portal").await;
    let answer = phone.submit(&page, "/portal/sign-out", &[]).await;
    assert_eq!(answer.location(), "/portal/sign-in?notice=signed-out");
    assert!(!phone.cookies.contains_key("magiclink_portal"));
    phone.cookies = stolen;
    assert_eq!(phone.get("/portal").await.location(), "/portal/sign-in", "the cookie is worth nothing any more");
    assert_eq!(desk.get("/portal").await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_every_link() {
    let house = House::new().await;
    let ana = house.ana().await;
    let unused = house.link(ana).await;
    let mut desk = house.signed_in(&house.link(ana).await).await;
    let mut phone = house.signed_in(&house.link(ana).await).await;
    let page = phone.get("/portal/account").await;
    let answer = phone.submit(&page, "/portal/account/sign-out-everywhere", &[]).await;
    assert_eq!(answer.location(), "/portal/sign-in?notice=everywhere");
    assert_eq!(desk.get("/portal").await.location(), "/portal/sign-in");
    let dead = house.browser().get(&unused.path).await;
    assert!(dead.words().contains("all your links and sign-ins were ended at once"), "{}", dead.words());
}

#[tokio::test]
async fn this_was_not_me_ends_everything_and_staff_learn_of_it() {
    let house = House::new().await;
    let (ana, ben) = (house.ana().await, house.ben().await);
    let unused = house.link(ana).await;
    let mut desk = house.signed_in(&house.link(ana).await).await;
    let mut phone = house.signed_in(&house.link(ana).await).await;
    let mut his = house.signed_in(&house.link(ben).await).await;
    let page = phone.get("/portal/account").await;
    let head = house.head().await;
    let answer = phone.submit(&page, "/portal/account/not-me", &[]).await;
    assert_eq!(answer.location(), "/portal/sign-in?notice=not-me");
    assert_eq!(house.events_after(head).await, ["contact.sign_in_disputed.v1", "contact.admissions_renewed.v1"]);
    let told = phone.get("/portal/sign-in?notice=not-me").await;
    assert!(told.words().starts_with("Client portal\nThank you for telling us."), "{}", told.words());
    for browser in [&mut desk, &mut phone] {
        assert_eq!(browser.get("/portal").await.location(), "/portal/sign-in");
    }
    assert_eq!(house.browser().get(&unused.path).await.status, StatusCode::GONE);
    assert_eq!(his.get("/portal").await.status, StatusCode::OK, "nobody else's session ended");
    let filter = HistoryFilter { kind: Some(HistoryKind::Disputed), ..HistoryFilter::of(ana) };
    assert_eq!(house.read_models.history(&filter, None, 10).await.unwrap().items.len(), 1);
    let mut back = house.signed_in(&house.link(ana).await).await;
    let words = back.get("/portal/account").await.words();
    assert!(words.contains("You told us: this was not me. Staff were told."), "{words}");
}

#[tokio::test]
async fn staff_read_on_the_dashboard_and_at_the_contact_who_did_not_recognise_a_sign_in() {
    let house = House::new().await;
    let ana = house.ana().await;
    let audrey = house.staff(Role::Auditor, "Audrey Auditor", "audrey@example.com").await;
    let mut staff = house.signed_in(&house.staff_link(audrey).await).await;
    assert!(!staff.get("/console").await.words().contains("This was not me"));
    let mut phone = house.signed_in(&house.link(ana).await).await;
    let page = phone.get("/portal/account").await;
    phone.submit(&page, "/portal/account/not-me", &[]).await;
    house.settle().await;
    for path in ["/console".to_owned(), format!("/console/contacts/{ana}"), "/console/history?kind=disputed".to_owned()]
    {
        let page = staff.get(&path).await;
        assert!(page.words().contains("“This was not me”"), "{path}: {}", page.words());
        assert!(page.body.contains("Ana Good"), "{path}");
    }
    house.advance(Lifetime::from_days(8));
    let mut staff = house.signed_in(&house.staff_link(audrey).await).await;
    assert!(!staff.get("/console").await.body.contains("id=\"disputes\""), "no news any more");
}

#[tokio::test]
async fn nobody_says_it_for_somebody_else_or_without_the_form() {
    let house = House::new().await;
    let (ana, ben) = (house.ana().await, house.ben().await);
    let mut phone = house.signed_in(&house.link(ana).await).await;
    assert_eq!(phone.post("/portal/account/not-me", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(phone.get("/portal").await.status, StatusCode::OK);
    let fresh = || CommandId::from_uuid(house.use_cases().ports().ids.id());
    for caller in [Caller::contact(ben, fresh()), house.system()] {
        let refused = house.use_cases().dispute_sign_in(&caller, ana).await.unwrap_err();
        assert_eq!(refused.rejection(), Some(&Rejection::Forbidden));
    }
    assert_eq!(phone.get("/portal").await.status, StatusCode::OK);
}
