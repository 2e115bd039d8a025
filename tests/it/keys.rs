//! Signing keys, and what they keep alive.

use reqwest::StatusCode;

use crate::support::{Browser, Place, text};

#[tokio::test]
async fn a_link_lives_as_long_as_its_key_verifies() {
    let place = Place::new();
    place.import_offerings();
    place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let server = place.serve();
    let [first, second] = [place.link("ana@example.com"), place.link("ana@example.com")];
    let status = |url: String| async move { Browser::new().get(&url).await.status() };
    place.run(&["keys", "stage"]).ok();
    assert_eq!(status(first.clone()).await, StatusCode::OK);
    place.run(&["keys", "activate"]).ok();
    assert_eq!(status(first.clone()).await, StatusCode::OK, "signed before, still verified");
    let third = place.link("ana@example.com");
    let browser = Browser::new();
    assert_eq!(browser.press(&first).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&format!("{}/portal", server.base)).await.status(), StatusCode::OK);
    let keys = place.json(&["keys", "list"]);
    let states: Vec<_> = keys["items"].as_array().unwrap().iter().map(|key| text(key, "state")).collect();
    assert_eq!(states, ["verify", "active"]);
    assert!(place.run(&["keys", "retire", "2"]).refused(1).contains("signs"));

    place.run(&["keys", "retire"]).ok();
    assert_eq!(status(second).await, StatusCode::NOT_FOUND, "its key is gone, so it is no link at all");
    assert_eq!(status(third.clone()).await, StatusCode::OK);
    place.run(&["keys", "rotate", "--revoke-links"]).ok();
    assert_eq!(status(third).await, StatusCode::NOT_FOUND);
    assert_ne!(browser.get(&format!("{}/portal", server.base)).await.status(), StatusCode::OK, "sessions died too");
    assert_eq!(status(place.link("ana@example.com")).await, StatusCode::OK);
    assert!(server.stop().success());
}

#[test]
fn keys_are_the_owners_business() {
    let place = Place::new();
    place.run(&["staff", "add", "--name", "Anton", "--email", "anton@example.com", "--role", "agent"]).ok();
    let refused = place.run(&["keys", "stage", "--as", "anton@example.com"]).refused(1);
    assert!(refused.contains("role"), "{refused}");
}
