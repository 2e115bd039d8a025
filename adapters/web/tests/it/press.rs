//! Pressing the button.

use axum::http::{Method, StatusCode};
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::link::Destination;
use magiclink_domain::usecases::Door;
use magiclink_domain::value::Slug;
use magiclink_store::testing::dose;

use crate::house::{House, Link};

async fn is_live(house: &House, link: &Link) -> bool {
    matches!(house.use_cases().door(link.id, None).await.unwrap(), Door::Ready(_))
}

#[tokio::test]
async fn pressing_signs_in_and_leads_to_the_portal() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    let answer = browser.submit(&page, &link.path, &[]).await;
    assert_snapshot!(answer.shown(), @r"
        303 See Other
        cache-control: no-store
        content-length: 0
        content-security-policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'
        cross-origin-opener-policy: same-origin
        cross-origin-resource-policy: same-origin
        location: /portal
        permissions-policy: accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()
        referrer-policy: no-referrer
        set-cookie: magiclink_portal=RANDOM; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000
        x-content-type-options: nosniff
        x-robots-tag: noindex, nofollow
        ");
    let portal = browser.get("/portal").await;
    assert_eq!(portal.status, StatusCode::OK);
    assert_snapshot!(portal.words(), @r"
    Welcome, Ana Good
    One course or group is open to you.
    Courses
    Course
    Pricing that works
    Open to you
    ");
}

#[tokio::test]
async fn a_link_leads_to_its_destination_and_nowhere_else() {
    let house = House::new().await;
    let ana = house.ana().await;
    let slug = Slug::parse("pricing").unwrap();
    let to_offering = |slug: &Slug| Destination::Offering(slug.clone());
    let link = house
        .link_with(ana, |request| magiclink_domain::usecases::IssueRequest {
            destination: to_offering(&slug),
            ..request
        })
        .await;
    let mut browser = house.browser();
    let page = browser.get(&format!("{}?next=https://evil.example", link.path)).await;
    let answer =
        browser.submit(&page, &link.path, &[("next", "//evil.example"), ("destination", "https://evil.example")]).await;
    assert_eq!(answer.location(), "/portal/offerings/pricing");
}

#[tokio::test]
async fn a_destination_that_ended_leads_home_with_a_word() {
    let house = House::new().await;
    let ana = house.ana().await;
    house.offering("circle", magiclink_domain::offering::OfferingKind::Group, "Founders’ circle").await;
    house.grant(ana, "circle").await;
    let destination = Destination::Offering(Slug::parse("circle").unwrap());
    let link =
        house.link_with(ana, |request| magiclink_domain::usecases::IssueRequest { destination, ..request }).await;
    house.revoke(ana, "circle").await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    let answer = browser.submit(&page, &link.path, &[]).await;
    assert_eq!(answer.location(), "/portal?notice=destination");
    let portal = browser.get(answer.location()).await;
    assert!(portal.words().starts_with("What your link led to is no longer open to you."), "{}", portal.words());
}

#[tokio::test]
async fn a_second_press_in_the_same_browser_leads_back_into_the_same_session() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    let first = browser.submit(&page, &link.path, &[]).await;
    let head = house.head().await;
    let second = browser.submit(&page, &link.path, &[]).await;
    assert_eq!(first.shown(), second.shown());
    assert_eq!(house.events_after(head).await, [] as [&str; 0]);
    let again = browser.get(&link.path).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_snapshot!(again.words(), @r"
        Client portal
        You are signed in already
        This link has signed you in before, in this very browser. Press the button to go on.
        Continue
        Did not expect this? Close this page: nothing happens until the button is pressed.
        ");
}

#[tokio::test]
async fn another_browser_is_refused_once_the_link_is_used() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut other = house.browser();
    let page = other.get(&link.path).await;
    house.signed_in(&link).await;
    let answer = other.submit(&page, &link.path, &[]).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.words().contains("This link has been used"), "{}", answer.words());
    assert!(!other.cookies.contains_key("magiclink_portal"));
}

#[tokio::test]
async fn a_browser_without_cookies_is_asked_to_press_once_more_and_spends_nothing() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    browser.cookies.clear();
    let once_more = browser.submit(&page, &link.path, &[]).await;
    assert_eq!(once_more.status, StatusCode::FORBIDDEN);
    assert_snapshot!(once_more.words(), @r"
        Client portal
        Press once more
        Your browser did not send back the cookie that belongs to this page, so nothing has happened yet, and your link still works. Please press once more.
        If this page comes back again and again, allow cookies for this site, or open the link in another browser.
        Sign in
        Did not expect this? Close this page: nothing happens until the button is pressed.
        ");
    assert!(is_live(&house, &link).await);
    assert_eq!(browser.submit(&once_more, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn somebody_else_is_signed_in_only_after_saying_so() {
    let house = House::new().await;
    let (ana, ben) = (house.ana().await, house.ben().await);
    let mut browser = house.signed_in(&house.link(ben).await).await;
    let link = house.link(ana).await;
    let before = browser.cookies.clone();
    let page = browser.get(&link.path).await;
    assert_snapshot!(page.words(), @r"
    Client portal
    Sign in as someone else?
    You are signed in as Ben <b>Bold</b> . Continue as someone else?
    This link was made for another person. If you continue, you are signed out in this browser first.
    Continue as someone else
    No, stay signed in
    Did not expect this? Close this page: nothing happens until the button is pressed.
    ");
    let asked = browser.submit(&page, &link.path, &[]).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert_eq!(asked.words(), page.words());
    assert!(asked.body.contains("Ben &#60;b&#62;Bold&#60;/b&#62;"), "the name is escaped");
    assert!(is_live(&house, &link).await, "nothing is spent");
    assert_eq!(browser.cookies, before);
    let answer = browser.submit(&page, &link.path, &[("switch", "yes")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/portal").await.words().contains("Welcome, Ana Good"));
    browser.cookies = before;
    assert_eq!(browser.get("/portal").await.location(), "/portal/sign-in", "the other session has ended");
}

#[tokio::test]
async fn the_same_contact_gets_a_new_session_and_the_old_one_ends() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut browser = house.signed_in(&house.link(ana).await).await;
    let old = browser.cookies.clone();
    let link = house.link(ana).await;
    let page = browser.get(&link.path).await;
    assert!(page.words().starts_with("Client portal\nSign in"), "{}", page.words());
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_ne!(old["magiclink_portal"], browser.cookies["magiclink_portal"]);
    assert_eq!(browser.get("/portal").await.status, StatusCode::OK);
    browser.cookies = old;
    assert_eq!(browser.get("/portal").await.location(), "/portal/sign-in");
}

#[tokio::test]
async fn staff_are_told_that_their_console_is_open_and_the_history_names_them() {
    let house = House::new().await;
    let ana = house.ana().await;
    let sam = house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let mut browser = house.signed_in(&house.staff_link(sam).await).await;
    let link = house.link(ana).await;
    let page = browser.get(&link.path).await;
    assert_snapshot!(page.words(), @r"
        Client portal
        Sign in
        Press the button to sign in to Client portal in this browser.
        Sign in
        You are signed in to the console as Sam Staff . Pressing the button signs this browser in to the portal as the contact, uses the link, and the history will name you.
        To see what they see without using the link:
        Preview
        Did not expect this? Close this page: nothing happens until the button is pressed.
        ");
    assert!(page.offers(&format!("/console/contacts/{ana}/preview")));
    let head = house.head().await;
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
    let redeemed = house.log_json(head, "link.redeemed").await;
    assert!(redeemed.contains(&sam.to_string()), "{redeemed}");
    assert!(browser.get("/portal").await.words().contains("Welcome, Ana Good"));
}

#[tokio::test]
async fn auditors_are_offered_no_preview() {
    let house = House::new().await;
    let ana = house.ana().await;
    let audrey = house.staff(Role::Auditor, "Audrey", "audrey@example.com").await;
    let mut browser = house.signed_in(&house.staff_link(audrey).await).await;
    let page = browser.get(&house.link(ana).await.path).await;
    assert!(page.words().contains("You are signed in to the console as Audrey"), "{}", page.words());
    assert!(!page.offers(&format!("/console/contacts/{ana}/preview")));
}

#[tokio::test]
async fn a_link_for_two_devices_signs_two_in() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link =
        house.link_with(ana, |request| magiclink_domain::usecases::IssueRequest { max_uses: Some(2), ..request }).await;
    let mut devices = [house.signed_in(&link).await, house.signed_in(&link).await];
    for device in &mut devices {
        assert_eq!(device.get("/portal").await.status, StatusCode::OK);
    }
    assert_eq!(house.browser().get(&link.path).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_planted_session_cookie_is_never_adopted() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    browser.cookies.insert("magiclink_portal".into(), "planted".into());
    let page = browser.get(&link.path).await;
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_ne!(browser.cookies["magiclink_portal"], "planted");
}

/// So many fresh browsers press at once: how many were let in, and how many refused.
async fn race(house: &House, link: &Link, racers: usize) -> (usize, usize) {
    let mut browsers = vec![];
    for _ in 0..racers {
        let mut browser = house.browser();
        let tag = browser.get(&link.path).await.tag(&link.path);
        browsers.push((browser, tag));
    }
    let presses = browsers.iter_mut().map(|(browser, tag)| {
        let path = link.path.clone();
        async move {
            browser.ask(Method::POST, &path, &[("sec-fetch-site", "same-origin")], Some(&[("form", tag)])).await.status
        }
    });
    let statuses = futures_util::future::join_all(presses).await;
    let with = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    (with(StatusCode::SEE_OTHER), with(StatusCode::GONE))
}

#[tokio::test]
async fn sixty_four_racing_browsers_make_one_session() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    assert_eq!(race(&house, &link, 64).await, (1, 63));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixteen_racing_browsers_one_gets_in_round_after_round() {
    let house = House::new().await;
    let ana = house.ana().await;
    let rounds = dose(4);
    for round in 0..rounds {
        let link = house.link(ana).await;
        assert_eq!(race(&house, &link, 16).await, (1, 15), "round {round}");
    }
    println!("{rounds} rounds of 16");
}

#[tokio::test]
async fn a_staff_link_leads_to_the_console() {
    let house = House::new().await;
    let sam = house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let link = house.staff_link(sam).await;
    assert!(link.path.starts_with("/console/m/"));
    let mut browser = house.browser();
    let page = browser.get(&link.path).await;
    assert_snapshot!(page.words(), @r"
        Client portal
        Sign in
        Press the button to sign in to the Client portal console in this browser.
        Sign in
        Did not expect this? Close this page: nothing happens until the button is pressed.
        ");
    let answer = browser.submit(&page, &link.path, &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/console"));
    assert!(browser.cookies.contains_key("magiclink_console") && !browser.cookies.contains_key("magiclink_portal"));
}

#[tokio::test]
async fn another_staff_member_is_signed_in_only_after_saying_so() {
    let house = House::new().await;
    let sam = house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let olga = house.staff(Role::Owner, "Olga Owner", "olga@example.com").await;
    let mut browser = house.signed_in(&house.staff_link(sam).await).await;
    let link = house.staff_link(olga).await;
    let page = browser.get(&link.path).await;
    assert!(page.words().contains("You are signed in as Sam Staff . Continue as someone else?"), "{}", page.words());
    assert_eq!(browser.submit(&page, &link.path, &[]).await.status, StatusCode::CONFLICT);
    assert!(is_live(&house, &link).await, "nothing is spent");
    assert_eq!(browser.submit(&page, &link.path, &[("switch", "yes")]).await.location(), "/console");
    let session = house.use_cases().staff_session(&browser.cookies["magiclink_console"]).await.unwrap().unwrap();
    assert_eq!(session.staff, olga);
}
