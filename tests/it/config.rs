//! Configuration as an operator meets it.

use crate::support::Place;

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
