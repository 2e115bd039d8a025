//! Changes: what is left out stays, what is null goes, and lists show it at once.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn patch_leaves_what_is_left_out_and_removes_what_is_null() {
    let world = World::new().await;
    let id = world.contact("Ana Lima", "ana@example.com").await;
    let path = format!("/contacts/{id}");
    let patch = async |token: &str, query: &str, body: Value| {
        world.call(token, Method::PATCH, &format!("{path}{query}"), Some(body)).await
    };
    let unchanged = world.get(&path).await.json();
    assert_eq!(patch(&world.agent, "", json!({})).await.json(), unchanged);
    let named = patch(&world.agent, "", json!({"name": "Ana Souza", "locale": "pt", "external_id": "x"})).await.json();
    assert_eq!((&named["name"], &named["phone"]), (&json!("Ana Souza"), &unchanged["phone"]));
    let refused = patch(&world.agent, "", json!({"phone": null})).await;
    assert_eq!(refused.refusal(), (403, "confirmation_required".into(), String::new()));
    let confirmed = patch(&world.agent, "?confirm=true", json!({"phone": null, "locale": null})).await.json();
    assert_eq!(
        (&confirmed["phone"], &confirmed["locale"], &confirmed["email"]),
        (&Value::Null, &Value::Null, &unchanged["email"])
    );
    let last = patch(&world.owner, "", json!({"email": null})).await;
    assert_eq!(last.refusal(), (422, "no_address".into(), String::new()));
    let title = world.call(&world.owner, Method::PATCH, "/offerings/pricing", Some(json!({"url": null}))).await.json();
    assert_eq!((&title["url"], &title["title"]), (&Value::Null, &json!("Pricing")));
}

#[tokio::test]
async fn what_was_just_written_is_in_the_lists_at_once() {
    let world = World::new().await;
    for nth in 0..20 {
        let name = format!("Person {nth}");
        let body = json!({"name": name, "email": format!("p{nth}@example.com"), "external_id": format!("crm-{nth}")});
        assert_eq!(world.post("/contacts", body).await.status, StatusCode::CREATED);
        let found = world.get(&format!("/contacts?q=p{nth}@example.com")).await.json();
        assert_eq!(found["items"][0]["name"], name, "{found}");
        let by_address = world.post("/links/check", json!({"contact": format!("p{nth}@example.com")})).await.json();
        assert_eq!(by_address["problems"][0]["code"], "contact_not_in_portal", "{by_address}");
    }
}

#[tokio::test]
async fn lists_show_at_once_what_other_doors_did() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    for nth in 1..=5 {
        let link = world.post("/links", json!({"contact": id})).await.json();
        world.press_and_leave(link["id"].as_str().unwrap()).await;
        let history = world.get("/history?kind=redeemed").await.json();
        assert_eq!(history["items"].as_array().unwrap().len(), nth, "{history}");
        let sessions = world.get(&format!("/sessions?contact={id}")).await.json();
        assert_eq!(sessions["items"].as_array().unwrap().len(), nth, "{sessions}");
    }
}
