//! Tokens, codes and cookies are nowhere but with those they are for.

use magiclink_store::testing::dose;
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Browser, Place, Server, files_in, holds, text};

/// One contact's story: made, sent, pressed, looked at again. Answers every secret in it.
async fn story(place: &Place, server: &Server, nth: u64) -> Vec<String> {
    let contact = format!("ana{nth}@example.com");
    place.contact("Ana Lima", &contact, &["alumni"]);
    let link = place.json(&["link", "issue", &contact]);
    let sent = place.json(&["link", "issue", &contact, "--send", "email"]);
    let browser = Browser::new();
    let pressed = browser.press(&text(&link, "url")).await;
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    let cookies = pressed.headers().get_all("set-cookie").iter();
    let mut secrets: Vec<String> = cookies
        .map(|cookie| cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned())
        .filter(|value| value.len() > 20)
        .collect();
    assert!(!secrets.is_empty(), "the press sets a session cookie");
    let again = browser.get(&format!("{}/portal", server.base)).await;
    assert_eq!(again.status(), StatusCode::OK);
    // Wrong and stale ones are looked at too.
    browser.get(&text(&link, "url")).await;
    Browser::new().get(&format!("{}x", text(&link, "url"))).await;
    for link in [&link, &sent] {
        secrets.extend([token(link), text(link, "code")]);
    }
    secrets
}

fn token(link: &Value) -> String {
    text(link, "url").rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn no_secret_is_logged_or_kept() {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__LEVEL", "trace".to_owned()));
    place.import_offerings();
    let server = place.serve();
    let api = place.token("crm", "agent");
    let staff = place.json(&["staff", "add", "--name", "Olga", "--email", "olga@example.com", "--role", "owner"]);
    let console = place.json(&["staff", "sign-in", &text(&staff, "id")]);
    let mut secrets = vec![token(&console), api.clone(), api.rsplit_once('_').unwrap().1.to_owned()];
    let client = reqwest::Client::new();
    for token in [api.clone(), format!("{api}x")] {
        client.get(format!("{}/api/v1/links", server.base)).bearer_auth(token).send().await.unwrap();
    }
    for nth in 0..dose(1) {
        secrets.extend(story(&place, &server, nth).await);
    }
    println!("{} secrets", secrets.len());

    let metrics = client.get(format!("{}/metrics", server.base)).send().await.unwrap().text().await.unwrap();
    let logged = server.output();
    assert!(logged.contains("/m/{token}"), "requests are logged by their route: {logged}");
    assert!(metrics.contains("magiclink_http_requests_total"), "{metrics}");
    assert!(server.stop().success());
    let files = files_in(&place.data());
    for secret in secrets {
        assert!(!logged.contains(&secret), "{secret} was logged");
        assert!(!metrics.contains(&secret), "{secret} is in the metrics");
        for (path, bytes) in &files {
            assert!(!holds(bytes, &secret), "{secret} is in {}", path.display());
        }
    }
}
