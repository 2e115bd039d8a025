//! Who sees what is personal or secret, and that nobody does after an erasure.

use axum::http::Method;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn erasing_leaves_the_history_without_the_person() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["email"]})).await.json();
    world.press(link["id"].as_str().unwrap()).await;
    let receipt = world.call(&world.owner, Method::DELETE, &format!("/contacts/{id}"), None).await;
    assert_eq!(receipt.json(), json!({"contact_id": id, "erased_at": "2026-05-01T12:00:00Z"}));
    world.clock.advance(magiclink_domain::time::Lifetime::from_hours(1));
    let again = world.call(&world.owner, Method::DELETE, &format!("/contacts/{id}"), None).await;
    assert_eq!(again.json(), receipt.json(), "the receipt of the first time");
    for path in [format!("/contacts/{id}"), format!("/contacts/{id}/portal")] {
        assert_eq!(world.get(&path).await.refusal(), (410, "contact_erased".into(), String::new()), "{path}");
    }
    let refused = world.post("/links", json!({"contact": id})).await;
    assert_eq!(refused.refusal(), (410, "contact_erased".into(), "contact".into()));
    let history = world.get(&format!("/history?contact={id}")).await;
    assert!(history.text.contains("\"redeemed\"") && history.text.contains("\"erased\""), "{}", history.text);
    for answer in [
        history,
        world.get("/events?limit=200").await,
        world.get("/contacts").await,
        world.get("/contacts?q=ana").await,
        world.get(&format!("/links/{}", link["id"].as_str().unwrap())).await,
    ] {
        assert!(!answer.text.contains("Lima") && !answer.text.contains("ana@example.com"), "{}", answer.text);
        assert!(!answer.text.contains("203.0.113.7"), "{}", answer.text);
    }
}

#[tokio::test]
async fn personal_fields_of_events_are_for_owners_and_auditors_alone() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    for (token, sees) in [(&world.owner, true), (&world.auditor, true), (&world.agent, false)] {
        let events = world.call(token, Method::GET, "/events?limit=200", None).await;
        assert_eq!(events.text.contains("ana@example.com"), sees, "{}", events.text);
        assert!(!events.text.contains("sealed"), "{}", events.text);
    }
    let events = world.get("/events?limit=200").await.json();
    let added = events["items"].as_array().unwrap().iter().find(|event| event["type"] == "contact.added.v1").unwrap();
    assert_eq!(added["stream"], format!("contact-{id}"));
    assert_eq!(added["data"]["personal"]["name"], "Ana Lima");
    let positions: Vec<_> =
        events["items"].as_array().unwrap().iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted() && positions[0] == 1, "{positions:?}");
}

#[tokio::test]
async fn get_never_shows_a_links_secrets() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["email"]})).await.json();
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let code = link["code"].as_str().unwrap().to_owned();
    let one = format!("/links/{}", link["id"].as_str().unwrap());
    for path in [one.as_str(), "/links", "/history", "/history.csv", "/events?limit=200", &format!("/contacts/{id}")] {
        let answer = world.get(path).await;
        assert!(!answer.text.contains(&token) && !answer.text.contains(&code), "{path}");
    }
}
