//! The sandbox's page: for this machine alone.

use axum::body::Body;
use axum::http::{Request, StatusCode};
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
    let words = page.words();
    let (phone, mailbox) = words.split_once("Mailbox\n").unwrap();
    let text = "Client portal, Ana Good:\nhttp://localhost:8080/m/RANDOM\nCode CODE, valid 24 hours";
    assert!(phone.contains(text), "{phone}");
    assert!(phone.contains("to +14155550100 · 1 May 2026, 12:00 UTC · taken by the provider"), "{phone}");
    for field in ["To", "From", "Body", "ValidityPeriod", "StatusCallback"] {
        assert!(page.body.contains(&format!("<dt>{field}</dt>")), "{field}");
    }
    for words in ["to ana@example.com · 1 May 2026, 12:00 UTC", "Your link to Client portal", "Hello Ana Good,"] {
        assert!(mailbox.contains(words), "{words}: {mailbox}");
    }
    assert!(page.body.contains("multipart/alternative"), "the bytes are there too");
    let clickable = format!(r#"<a href="http://localhost:8080{0}">http://localhost:8080{0}</a>"#, link.path);
    assert_eq!(page.body.matches(&clickable).count(), 2);
}

#[tokio::test]
async fn a_mails_html_stands_in_a_frame_that_runs_and_loads_nothing() {
    let house = House::new().await;
    let ana = house.ana().await;
    house.link_with(ana, |request| IssueRequest { deliver: vec![Channel::Email], ..request }).await;
    house.delivered().await;
    let page = house.browser().get("/sandbox").await;
    assert!(page.headers["content-security-policy"].to_str().unwrap().ends_with("; frame-src 'self'"));
    let path = page.body.split_once("<iframe sandbox").unwrap().1.split_once("src=\"").unwrap().1;
    let path = path.split_once('"').unwrap().0;
    let mail = house.browser().get(path).await;
    assert!(mail.body.contains("Hello Ana Good,"), "{}", mail.body);
    let policy = mail.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("sandbox; default-src 'none'; ") && policy.ends_with("frame-ancestors 'self'"),
        "{policy}"
    );
    assert_eq!(house.browser().get("/sandbox/mail/99").await.status, StatusCode::NOT_FOUND);
    let elsewhere = Request::get(path).header("host", "portal.example.com").body(Body::empty()).unwrap();
    assert_eq!(house.send(elsewhere).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_carriers_buttons_decide_what_becomes_of_a_message() {
    let house = House::new().await;
    let ana = house.ana().await;
    house.link_with(ana, |request| IssueRequest { deliver: vec![Channel::Sms], ..request }).await;
    house.delivered().await;
    let mut browser = house.browser();
    let page = browser.get("/sandbox").await;
    let id = page.body.split_once("name=\"id\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    browser.submit(&page, "/sandbox", &[("next", "30006")]).await;
    let page = browser.get("/sandbox").await;
    assert!(page.body.contains(r#"<option value="30006" selected>"#));
    // The service does not listen here, so the carrier's news reach nobody, and the page says so.
    let told = browser.submit(&page, "/sandbox", &[("settle", "30003"), ("id", &id)]).await;
    assert_eq!(told.status, StatusCode::BAD_GATEWAY);
    assert!(told.words().contains("That did not work: the service does not listen yet"), "{}", told.words());
    let page = browser.get("/sandbox").await;
    assert!(page.words().contains("undelivered, code 30003"), "{}", page.words());
    assert!(!page.body.contains("name=\"settle\""), "nothing more can become of it");
    let unknown = browser.submit(&page, "/sandbox", &[("settle", "30999"), ("id", &id)]).await;
    assert_eq!(unknown.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn the_mail_servers_answer_can_be_chosen() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut browser = house.browser();
    for (answer, state, arrived) in
        [("full", "failed", 0), ("later", "queued", 0), ("takes", "sent", 1), ("nonsense", "sent", 2)]
    {
        let page = browser.get("/sandbox").await;
        let set = browser.submit(&page, "/sandbox", &[("mails", answer)]).await;
        assert_eq!(set.status == StatusCode::SEE_OTHER, answer != "nonsense", "{answer}");
        let by_mail = |request| IssueRequest { deliver: vec![Channel::Email], ..request };
        let link = house.link_with(ana, by_mail).await;
        assert_eq!(house.delivered().await.len(), arrived, "{answer}");
        house.settle().await;
        let deliveries = house.read_models.deliveries(link.id).await.unwrap();
        assert_eq!(deliveries[0].state, state, "{answer}: {deliveries:?}");
    }
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
    let house = House::listening().await;
    let ana = house.ana().await;
    let by_sms = |request| IssueRequest { deliver: vec![Channel::Sms], ..request };
    // Beside them lie the words that answer a text.
    let links = |texts: &[String]| texts.iter().filter(|text| text.contains("/m/")).count();
    let mut browser = house.browser();
    let mut text = async |words: &str| {
        let page = browser.get("/sandbox").await;
        let answer = browser.submit(&page, "/sandbox", &[("from", "+1 415 555 0100"), ("text", words)]).await;
        assert_eq!(answer.location(), "/sandbox");
    };
    text("hello?").await;
    house.link_with(ana, by_sms).await;
    assert_eq!(links(&house.delivered().await), 1);
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
    assert_eq!(links(&house.delivered().await), 2);
    assert!(house.browser().get("/sandbox").await.words().contains("from +1 415 555 0100"));
}
