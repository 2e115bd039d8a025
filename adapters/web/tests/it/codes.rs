//! Signing in with the code.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;

use crate::house::{Answer, Browser, House};

async fn typed(browser: &mut Browser<'_>, path: &str, address: &str, code: &str) -> Answer {
    let page = browser.get(path).await;
    browser.submit(&page, path, &[("address", address), ("code", code)]).await
}

#[tokio::test]
async fn the_code_signs_in_however_it_is_typed() {
    let house = House::new().await;
    let ana = house.ana().await;
    for (nth, address) in ["ana@example.com", " ANA@example.com ", "+1 (415) 555-0100"].into_iter().enumerate() {
        let code = house.link(ana).await.code;
        let spellings = [code.clone(), code.to_lowercase().replace('-', ""), code.replace('-', " ").replace('0', "O")];
        let mut browser = house.browser();
        let answer = typed(&mut browser, "/portal/code", address, &spellings[nth]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/portal"), "{address}");
        assert!(browser.get("/portal").await.words().contains("Welcome, Ana Good"));
    }
}

#[tokio::test]
async fn wrong_unknown_and_used_up_look_the_same() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = house.browser();
    let wrong = typed(&mut browser, "/portal/code", "ana@example.com", "0000-0000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_snapshot!(wrong.words(), @r"
    Client portal
    Sign in with a code
    That did not work. Check both fields. A code works as long as its link, and after too many tries only the link does. Ask for a new one
    E-mail address or phone number
    Code
    Two groups of four, as they are said, such as CODE. Capitals do not matter, and O and 0 are the same, as are I, L and 1.
    Sign in
    No code yet? Ask for a link
    ");
    let nonsense = typed(&mut browser, "/portal/code", "ana@example.com", "?").await;
    let unknown = typed(&mut browser, "/portal/code", "nobody@example.com", &link.code).await;
    for _ in 0..10 {
        typed(&mut browser, "/portal/code", "ana@example.com", "0000-0000").await;
    }
    let used_up = typed(&mut browser, "/portal/code", "ana@example.com", &link.code).await;
    for other in [nonsense, unknown, used_up] {
        // The first answer to a new browser sets its nonce; all of these come later.
        assert_eq!(other.shown(), wrong.shown());
    }
}

#[tokio::test]
async fn ten_codes_an_hour_may_be_tried_and_the_link_works_on() {
    let house = House::new().await;
    let ana = house.ana().await;
    let link = house.link(ana).await;
    let mut browser = house.browser();
    for _ in 0..9 {
        typed(&mut browser, "/portal/code", "ana@example.com", "0000-0000").await;
    }
    let tenth = typed(&mut house.browser(), "/portal/code", "ana@example.com", &house.link(ana).await.code).await;
    assert_eq!(tenth.status, StatusCode::SEE_OTHER, "the tenth counts");
    let eleventh = typed(&mut house.browser(), "/portal/code", "ana@example.com", &link.code).await;
    assert_eq!(eleventh.status, StatusCode::UNPROCESSABLE_ENTITY, "the eleventh does not, from any browser");
    house.signed_in(&link).await;
    house.advance(Lifetime::from_hours(1));
    let code = house.link(ana).await.code;
    assert_eq!(typed(&mut browser, "/portal/code", "ana@example.com", &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn using_the_code_ends_the_link() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    typed(&mut house.browser(), "/portal/code", "ana@example.com", &link.code).await;
    assert_eq!(house.browser().get(&link.path).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_staff_code_works_in_any_browser_and_only_at_the_console() {
    let house = House::new().await;
    house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let mut asking = house.browser();
    let page = asking.get("/console/sign-in").await;
    asking.submit(&page, "/console/sign-in", &[("address", "sam@example.com")]).await;
    let mail = house.delivered().await.remove(0);
    let (_, rest) = mail.split_once("sign-in page: ").unwrap();
    let code = rest.lines().next().unwrap();
    let mut browser = house.browser();
    let portal = typed(&mut browser, "/portal/code", "sam@example.com", code).await;
    assert_eq!(portal.status, StatusCode::UNPROCESSABLE_ENTITY);
    let console = typed(&mut browser, "/console/code", "sam@example.com", code).await;
    assert_eq!((console.status, console.location()), (StatusCode::SEE_OTHER, "/console"));
}
