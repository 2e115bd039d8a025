//! Tokens, codes and cookies are nowhere but with those they are for.

use reqwest::StatusCode;

use crate::support::{Browser, Place, files_in, holds, text};

#[tokio::test]
async fn no_secret_is_logged_or_kept() {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__LEVEL", "trace".to_owned()));
    place.import_offerings();
    place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let server = place.serve();
    let api = place.token("crm", "agent");
    let link = place.json(&["link", "issue", "ana@example.com"]);
    let sent = place.json(&["link", "issue", "ana@example.com", "--send", "email"]);
    let staff = place.json(&["staff", "add", "--name", "Olga", "--email", "olga@example.com", "--role", "owner"]);
    let console = place.json(&["staff", "sign-in", &text(&staff, "id")]);
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
    let client = reqwest::Client::new();
    client.get(format!("{}/api/v1/links", server.base)).bearer_auth(&api).send().await.unwrap();
    client.get(format!("{}/api/v1/links", server.base)).bearer_auth(format!("{api}x")).send().await.unwrap();

    for url in [&link, &sent, &console] {
        secrets.push(text(url, "url").rsplit('/').next().unwrap().to_owned());
    }
    for code in [&link, &sent] {
        secrets.push(text(code, "code"));
    }
    secrets.push(api.clone());
    secrets.push(api.rsplit_once('_').unwrap().1.to_owned());
    let logged = server.output();
    assert!(logged.contains("/m/{token}"), "requests are logged by their route: {logged}");
    assert!(server.stop().success());
    for secret in secrets {
        assert!(!logged.contains(&secret), "{secret} was logged");
        for (path, bytes) in files_in(&place.data()) {
            assert!(!holds(&bytes, &secret), "{secret} is in {}", path.display());
        }
    }
}
