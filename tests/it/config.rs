//! Configuration as an operator meets it.

use crate::support::{Browser, Place};

#[test]
fn a_misspelt_key_is_refused_and_the_nearest_named() {
    let place = Place::new();
    std::fs::write(place.path().join("magiclink.toml"), "[links]\ndefault_lifetme = \"2h\"\n").unwrap();
    let sentence = place.run(&["serve"]).refused(2);
    assert!(sentence.contains("links.default_lifetme"), "{sentence}");
    assert!(
        sentence.contains("magiclink.toml") && sentence.contains("did you mean links.default_lifetime?"),
        "{sentence}"
    );
}

#[test]
fn a_store_of_a_later_version_is_refused() {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__STORE__EVENTS", "postgres://localhost/magiclink".to_owned()));
    let sentence = place.run(&["serve"]).refused(2);
    assert!(sentence.contains("store.events") && sentence.contains("not supported"), "{sentence}");
}

#[test]
fn what_is_in_force_can_be_shown() {
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LINKS__DEFAULT_LIFETIME", "2h".to_owned()));
    std::fs::write(place.path().join("other.toml"), "[portal]\nname = \"Ana's Portal\"\n").unwrap();
    let shown = place.json(&["config", "show", "--config", "other.toml"]);
    assert_eq!(shown["links"]["default_lifetime"], "2h");
    assert_eq!(shown["portal"]["name"], "Ana's Portal");
    assert_eq!(shown["server"]["base_url"], "http://localhost:8080");
    assert_eq!(shown["limits"]["contact_sends"], "5/h");
    assert!(!place.data().exists(), "looking makes nothing");
}

#[test]
fn a_time_that_is_none_is_a_usage_error() {
    let place = Place::new();
    place.import_offerings();
    let contact = place.contact("Ana Lima", "ana@example.com", &[]);
    let sentence = place.run(&["grant", &contact, "alumni", "--until", "tomorrow"]).refused(2);
    assert!(sentence.contains("tomorrow"), "{sentence}");
    let sentence = place.run(&["link", "issue", &contact, "--for", "5w"]).refused(2);
    assert!(sentence.contains("5w"), "{sentence}");
}

#[tokio::test]
async fn the_brand_is_read_at_the_start_and_served_by_nobody_else() {
    let mut place = Place::new();
    let logo = place.path().join("logo.svg");
    std::fs::write(&logo, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>").unwrap();
    place.environment.push(("MAGICLINK__PORTAL__ACCENT", "#ffcc00".to_owned()));
    place.environment.push(("MAGICLINK__PORTAL__LOGO", logo.to_str().unwrap().to_owned()));
    let server = place.serve();
    let browser = Browser::new();
    let get = async |path: &str| browser.page(&format!("{}{path}", server.base)).await.1;
    let page = get("/portal/sign-in").await;
    let sheet = page.split("href=\"").find(|rest| rest.starts_with("/assets/brand-")).unwrap();
    let style = get(sheet.split('"').next().unwrap()).await;
    assert!(style.contains("--accent:") && style.contains("--on:#000000"), "{style}");
    let image = style.split_once("url(").unwrap().1.split_once(')').unwrap().0;
    let served = browser.get(&format!("{}{image}", server.base)).await;
    assert_eq!(served.headers()["content-type"], "image/svg+xml");
    assert!(served.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let link = get("/m/nonsense").await;
    assert!(link.contains("--on:#000000") && !link.contains("/assets/"), "a link's page loads nothing: {link}");
    assert!(server.stop().success());
    for (key, value, code) in [("MAGICLINK__PORTAL__ACCENT", "gold", 2), ("MAGICLINK__PORTAL__LOGO", "missing.png", 70)]
    {
        let mut place = Place::new();
        place.environment.push((key, value.to_owned()));
        let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused(code);
        assert!(refused.contains("portal."), "{refused}");
    }
}
