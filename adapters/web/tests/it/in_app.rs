//! A link opened inside an app: the page helps out of it, with the link as it is, and never stands in the way.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_web::{BaseUrl, WebConfig};

use crate::house::{Browser, House, config};

const INSTAGRAM: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36 Instagram 330.0.0.40.92 Android";

fn inside<'a>(house: &'a House, agent: &str) -> Browser<'a> {
    let mut browser = house.browser();
    browser.headers = vec![("user-agent".into(), agent.into())];
    browser
}

#[tokio::test]
async fn inside_an_app_the_page_says_how_to_get_out() {
    let base_url = BaseUrl::parse("https://portal.example.com").unwrap();
    let house = House::with(WebConfig { base_url, ..config() }).await;
    let link = house.link(house.ana().await).await;
    let page = inside(&house, INSTAGRAM).get(&link.path).await;
    assert_snapshot!(page.words(), @r"
    Client portal
    Sign in
    Press the button to sign in to Client portal in this browser.
    Sign in
    You are inside Instagram
    You can sign in here, but then you are signed in only inside Instagram. To have the portal in your own browser:
    Open in my browser
    Press ⋯ or ⋮ at the edge of the screen and choose “Open in browser”.
    Or copy this link and paste it into your browser:
    Did not expect this? Close this page: nothing happens until the button is pressed.
    ");
    let way = format!("href=\"intent://portal.example.com{}#Intent;scheme=https;end\"", link.path);
    assert!(page.body.contains(&way), "{}", page.body);
    assert!(page.body.contains(&format!("readonly value=\"https://portal.example.com{}\"", link.path)));
    assert_eq!(page.header("referrer-policy"), "strict-origin");
}

#[tokio::test]
async fn the_button_works_inside_an_app_and_nothing_is_spent_by_looking() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let mut browser = inside(&house, INSTAGRAM);
    let page = browser.get(&link.path).await;
    inside(&house, INSTAGRAM).get(&format!("{}?openExternalBrowser=1", link.path)).await;
    let answer = browser.submit(&page, &link.path, &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/portal"));
}

#[tokio::test]
async fn a_browser_of_its_own_reads_nothing_of_apps() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let page = house.browser().get(&link.path).await;
    assert!(!page.words().contains("inside"), "{}", page.words());
    assert_eq!(page.body.matches(&link.path).count(), 1, "the form's action alone");
}
