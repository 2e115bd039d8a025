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

#[tokio::test]
async fn what_ended_with_the_keys_stands_in_lists_at_once_and_in_the_history_soon() {
    let place = Place::new();
    place.import_offerings();
    let ana = place.contact("Ana Lima", "ana@example.com", &["alumni"]);
    let server = place.serve();
    let (live, used) = (place.json(&["link", "issue", &ana]), place.json(&["link", "issue", &ana]));
    let pressed = Browser::new().press(&text(&used, "url")).await;
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    place.run(&["keys", "rotate", "--revoke-links"]).ok();
    assert_eq!(place.states(&ana), [(text(&used, "id"), "used".to_owned()), (text(&live, "id"), "revoked".to_owned())]);
    assert_eq!(place.json(&["link", "show", &text(&live, "id")])["state"], "revoked");
    let told = (0..200).any(|_| {
        let ends = [place.timeline(&text(&live, "id")), place.timeline(&text(&used, "id"))];
        ends[0].contains(&"revoked".to_owned()) && ends[1].contains(&"session_ended".to_owned())
    });
    assert!(told, "{}", server.output());
    assert!(server.stop().success());
}

#[test]
fn keys_are_the_owners_business() {
    let place = Place::new();
    place.run(&["staff", "add", "--name", "Anton", "--email", "anton@example.com", "--role", "agent"]).ok();
    let refused = place.run(&["keys", "stage", "--as", "anton@example.com"]).refused(1);
    assert!(refused.contains("role"), "{refused}");
}
