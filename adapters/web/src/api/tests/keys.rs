//! Idempotency keys.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::{Answer, World};

async fn keyed(world: &World, path: &str, body: &Value, key: &str) -> Answer {
    world.keyed(&world.owner, Method::POST, path, Some(body.clone()), Some(key)).await
}

#[tokio::test]
async fn the_same_key_and_body_find_what_the_first_call_made() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id})).await.json()["id"].as_str().unwrap().to_owned();
    for (path, body, other) in [
        (
            "/offerings".to_owned(),
            json!({"slug": "x", "kind": "course", "title": "X"}),
            json!({"slug": "y", "kind": "course", "title": "X"}),
        ),
        (
            "/contacts".to_owned(),
            json!({"name": "Bo", "email": "bo@example.com"}),
            json!({"name": "Bo", "email": "bob@example.com"}),
        ),
        ("/links".to_owned(), json!({"contact": id}), json!({"contact": id, "max_uses": 2})),
        (format!("/links/{link}/deliveries"), json!({"channel": "email"}), json!({"channel": "sms"})),
        (format!("/links/{link}/revoke"), json!({"reason": "a"}), json!({"reason": "b"})),
    ] {
        let first = keyed(&world, &path, &body, "key-1").await;
        assert!(first.status.is_success(), "{path}: {}", first.text);
        let before = world.web.use_cases.ports().log.head().await.unwrap();
        let again = keyed(&world, &path, &body, "key-1").await;
        assert_eq!((again.status, again.json()), (first.status, first.json()), "{path}");
        assert_eq!(world.web.use_cases.ports().log.head().await.unwrap(), before, "{path} made something more");
        let refused = keyed(&world, &path, &other, "key-1").await;
        assert_eq!(refused.refusal(), (422, "idempotency_key_reused".into(), String::new()), "{path}");
        assert_eq!(world.web.use_cases.ports().log.head().await.unwrap(), before, "{path} made something else");
    }
}

#[tokio::test]
async fn keys_belong_to_a_token_and_an_address() {
    let world = World::new().await;
    let body = json!({"name": "Bo", "email": "bo@example.com"});
    let mine = keyed(&world, "/contacts", &body, "k").await.json();
    let theirs = world.keyed(&world.agent, Method::POST, "/contacts", Some(body.clone()), Some("k")).await.json();
    assert_ne!(mine["id"], theirs["id"]);
    let without = world.post("/contacts", body).await.json();
    assert_ne!(mine["id"], without["id"]);
}

#[tokio::test]
async fn spaces_and_the_order_of_fields_make_no_other_body() {
    let world = World::new().await;
    let ask = async |body: &str| {
        let request = axum::http::Request::post("/api/v1/contacts")
            .header("authorization", format!("Bearer {}", world.owner))
            .header("content-type", "application/json")
            .header("idempotency-key", "k");
        world.send(request.body(axum::body::Body::from(body.to_owned())).unwrap()).await
    };
    let first = ask(r#"{"name":"Bo","email":"bo@example.com"}"#).await;
    let again = ask(r#"{ "email": "bo@example.com", "name": "Bo", "phone": null }"#).await;
    assert_eq!((again.status, again.json()["id"].clone()), (StatusCode::CREATED, first.json()["id"].clone()));
}

#[tokio::test]
async fn a_retry_shows_the_thing_as_it_is_now() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let body = json!({"contact": id, "reason": "first"});
    let first = keyed(&world, "/links", &body, "k").await.json();
    assert!(first["url"].is_string() && first["code"].is_string());
    world.press(first["id"].as_str().unwrap()).await;
    let again = keyed(&world, "/links", &body, "k").await.json();
    assert_eq!(
        (&again["state"], &again["uses"], &again["issued_at"]),
        (&json!("used"), &json!(1), &first["issued_at"])
    );
    assert!(again.get("url").is_none() && again.get("code").is_none(), "a spent link has no secret left");
    let contact = json!({"name": "Bo", "email": "bo@example.com"});
    let bo = keyed(&world, "/contacts", &contact, "k").await.json();
    let path = format!("/contacts/{}", bo["id"].as_str().unwrap());
    world.call(&world.owner, Method::PATCH, &path, Some(json!({"name": "Bob"}))).await;
    assert_eq!(keyed(&world, "/contacts", &contact, "k").await.json()["name"], "Bob");
    world.call(&world.owner, Method::DELETE, &path, None).await;
    assert_eq!(keyed(&world, "/contacts", &contact, "k").await.refusal().1, "contact_erased");
}

#[tokio::test]
async fn a_key_that_made_nothing_is_free() {
    let world = World::new().await;
    let refused = keyed(&world, "/links", &json!({"contact": "ana@example.com"}), "k").await;
    assert_eq!(refused.refusal().1, "contact_not_found");
    let id = world.contact("Ana", "ana@example.com").await;
    let made = keyed(&world, "/links", &json!({"contact": id}), "k").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn a_reused_key_leaves_no_trace_of_the_second_external_id() {
    let world = World::new().await;
    let body = |id: &str| json!({"name": "Bo", "email": "bo@example.com", "external_id": id});
    assert_eq!(keyed(&world, "/contacts", &body("a"), "k").await.status, StatusCode::CREATED);
    assert_eq!(keyed(&world, "/contacts", &body("b"), "k").await.refusal().1, "idempotency_key_reused");
    assert_eq!(keyed(&world, "/contacts", &body("b"), "k2").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn keys_have_1_to_255_visible_characters() {
    let world = World::new().await;
    let body = json!({"name": "Bo", "email": "bo@example.com"});
    let long = "k".repeat(255);
    for key in ["k", "!~", &long] {
        assert_eq!(keyed(&world, "/contacts", &body, key).await.status, StatusCode::CREATED, "{key}");
    }
    let longer = "k".repeat(256);
    for key in ["", " ", "a b", "é", "a\tb", &longer] {
        let refused = keyed(&world, "/contacts", &body, key).await.refusal();
        assert_eq!(refused, (400, "invalid_field".into(), "Idempotency-Key".into()), "{key:?}");
    }
}

#[tokio::test]
async fn racing_retries_make_one_thing() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let body = json!({"contact": id});
    let racing = (0..16).map(|_| keyed(&world, "/links", &body, "k"));
    let answers = futures_util::future::join_all(racing).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!(answer.json()["id"], answers[0].json()["id"]);
    }
    assert_eq!(world.get("/links").await.json()["items"].as_array().unwrap().len(), 1);
}
