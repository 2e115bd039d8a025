//! The team, for a caller that a token can't be: the operator at the host.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::{Extension, Router};
use serde_json::{Value, json};

use super::world::{Answer, World};
use crate::api::Identity;

/// A node as the host's own listener serves it.
async fn at_the_host() -> World {
    let mut world = World::new().await;
    world.router = Router::new().merge(world.router).layer(Extension(Identity::operator("ops".to_owned())));
    world
}

/// Asks without any token.
async fn ask(world: &World, method: Method, path: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn the_operator_adds_changes_and_removes_staff() {
    let world = at_the_host().await;
    let added =
        ask(&world, Method::POST, "/staff", json!({"name": "Bo", "email": "Bo@example.com", "role": "owner"})).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let id = added.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(added.json(), json!({"id": id, "name": "Bo", "email": "bo@example.com", "role": "owner"}));
    let path = format!("/staff/{id}");
    let again = json!({"name": "Bob", "email": "bo@example.com", "role": "agent"});
    assert_eq!(ask(&world, Method::POST, "/staff", again).await.refusal().1, "staff_email_taken");
    assert_eq!(ask(&world, Method::PATCH, &path, json!({"role": "agent"})).await.refusal().1, "last_owner");
    assert_eq!(ask(&world, Method::DELETE, &path, json!({})).await.refusal().1, "last_owner");
    let second = json!({"name": "Cy", "email": "cy@example.com", "role": "owner"});
    assert_eq!(ask(&world, Method::POST, "/staff", second).await.status, StatusCode::CREATED);
    let changed = ask(&world, Method::PATCH, &path, json!({"name": "Bob", "role": "auditor"})).await;
    assert_eq!(changed.json(), json!({"id": id, "name": "Bob", "email": "bo@example.com", "role": "auditor"}));
    assert_eq!(ask(&world, Method::GET, "/staff", Value::Null).await.json()["items"].as_array().unwrap().len(), 2);
    for _ in 0..2 {
        assert_eq!(ask(&world, Method::DELETE, &path, json!({})).await.status, StatusCode::NO_CONTENT);
    }
    let nobody = "/staff/00000000-0000-0000-0000-000000000000";
    assert_eq!(ask(&world, Method::DELETE, nobody, json!({})).await.refusal().1, "not_found");
    assert_eq!(ask(&world, Method::PATCH, &path, json!({})).await.refusal().1, "not_found");
}

#[tokio::test]
async fn fields_of_staff_at_their_limits() {
    let world = at_the_host().await;
    let base = json!({"name": "Bo", "email": "bo@example.com", "role": "agent"});
    for (field, value, code) in [
        ("name", json!(""), "invalid_field"),
        ("name", json!("a".repeat(201)), "invalid_field"),
        ("name", json!(null), "invalid_field"),
        ("email", json!("bo"), "invalid_email"),
        ("email", json!(1), "invalid_field"),
        ("role", json!("admin"), "invalid_field"),
        ("role", json!("Owner"), "invalid_field"),
        ("role", json!(null), "invalid_field"),
        ("id", json!("x"), "unknown_field"),
    ] {
        let mut body = base.clone();
        body[field] = value;
        let refused = ask(&world, Method::POST, "/staff", body.clone()).await.refusal();
        assert_eq!((refused.1.as_str(), refused.2.as_str()), (code, field), "{body}");
    }
}

#[tokio::test]
async fn the_history_names_the_operator() {
    let world = at_the_host().await;
    ask(&world, Method::POST, "/contacts", json!({"name": "Ana", "email": "ana@example.com"})).await;
    let events = ask(&world, Method::GET, "/events?limit=200", Value::Null).await.json();
    let added = events["items"].as_array().unwrap().iter().find(|event| event["type"] == "contact.added.v1").unwrap();
    assert_eq!((&added["actor"], &added["origin"]), (&json!("cli:ops"), &json!("cli")));
}
