//! The sandbox's page: for this machine alone.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use insta::assert_snapshot;
use magiclink_domain::link::Channel;
use magiclink_domain::usecases::IssueRequest;
use magiclink_web::{BaseUrl, WebConfig};

use crate::house::{House, config};

#[tokio::test]
async fn the_sandbox_shows_what_was_sent_byte_by_byte() {
    let house = House::new().await;
    let ana = house.ana().await;
    let deliver = vec![Channel::Sms, Channel::Email];
    let link = house.link_with(ana, |request| IssueRequest { deliver, ..request }).await;
    house.delivered().await;
    let page = house.browser().get("/sandbox").await;
    assert_snapshot!(page.words(), @r"
        Nothing leaves this machine: messages end here instead of at a phone or mail company, byte for byte. Reload the page to see new ones.
        Phone
        Text from this number
        Message, such as STOP or START
        Send
        Messages
        to +14155550100 · 1 May 2026, 12:00 UTC
        Client portal, Ana Good:
        http://localhost:8080/m/RANDOM
        Code CODE, valid 24 hours
        Mailbox
        to ana@example.com · 1 May 2026, 12:00 UTC
        Your link to Client portal
        Hello Ana Good,
        open this link and press the button to sign in to Client portal:
        http://localhost:8080/m/RANDOM
        Or type this code on the sign-in page: CODE
        Both work until 2 May 2026, 12:00 (UTC). If you did not expect this message, ignore it.
        ");
    let clickable = format!(r#"<a href="http://localhost:8080{0}">http://localhost:8080{0}</a>"#, link.path);
    assert_eq!(page.body.matches(&clickable).count(), 2);
}

#[tokio::test]
async fn nobody_but_this_machine_sees_the_sandbox() {
    let house = House::new().await;
    let ask = async |house: &House, headers: &[(&str, &str)]| {
        let mut request = Request::get("/sandbox");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(ask(&house, &[("host", "localhost:8080")]).await, StatusCode::OK);
    assert_eq!(ask(&house, &[("host", "127.0.0.1")]).await, StatusCode::OK);
    assert_eq!(ask(&house, &[("host", "portal.example.com")]).await, StatusCode::NOT_FOUND);
    assert_eq!(ask(&house, &[]).await, StatusCode::NOT_FOUND);
    for forwarding in ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip"] {
        assert_eq!(
            ask(&house, &[("host", "localhost"), (forwarding, "x")]).await,
            StatusCode::NOT_FOUND,
            "{forwarding}"
        );
    }
    let base_url = BaseUrl::parse("https://portal.example.com").unwrap();
    let elsewhere = House::with(WebConfig { base_url, ..config() }).await;
    assert_eq!(ask(&elsewhere, &[("host", "localhost")]).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_phone_that_texts_stop_gets_no_more_texts_until_it_texts_start() {
    let house = House::new().await;
    let ana = house.ana().await;
    let by_sms = |request| IssueRequest { deliver: vec![Channel::Sms], ..request };
    let mut browser = house.browser();
    let mut text = async |words: &str| {
        let page = browser.get("/sandbox").await;
        let answer = browser.submit(&page, "/sandbox", &[("from", "+1 415 555 0100"), ("text", words)]).await;
        assert_eq!(answer.location(), "/sandbox");
    };
    text("hello?").await;
    house.link_with(ana, by_sms).await;
    assert_eq!(house.delivered().await.len(), 1);
    text("Stop!").await;
    let refused = house
        .use_cases()
        .issue_link(
            &house.system(),
            by_sms(IssueRequest {
                contact: ana,
                destination: magiclink_domain::link::Destination::Home,
                lifetime: None,
                max_uses: None,
                deliver: vec![],
                grants: vec![],
                reason: None,
                reveal: true,
            }),
        )
        .await
        .unwrap_err();
    assert_eq!(refused.rejection().unwrap().code(), "sms_opted_out");
    text("START").await;
    house.link_with(ana, by_sms).await;
    assert_eq!(house.delivered().await.len(), 2);
    assert!(house.browser().get("/sandbox").await.words().contains("from +1 415 555 0100"));
}
