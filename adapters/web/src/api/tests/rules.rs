//! The rules of links, each with its own code, and named alike by the check.

use axum::http::{Method, StatusCode};
use magiclink_domain::ports::IncomingSms;
use magiclink_domain::settings::SettingsCommand;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn rules_of_a_link_answer_with_their_own_codes_and_the_check_names_the_same() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    world.contact("Ben", "ana@example.com").await;
    let other = world.post("/contacts", json!({"name": "Cy", "email": "cy@example.com"})).await.json();
    let bare =
        world.post("/contacts", json!({"name": "Di", "phone": "+14155552671", "external_id": "di"})).await.json();
    for (body, code) in [
        (json!({"contact": "nobody"}), (404, "contact_not_found", "contact")),
        (json!({"contact": ""}), (404, "contact_not_found", "contact")),
        (json!({"contact": "0f6f3a1c-0000-8000-8000-000000000000"}), (404, "contact_not_found", "contact")),
        (json!({"contact": "ana@example.com"}), (409, "contact_ambiguous", "contact")),
        (json!({"contact": other["id"]}), (409, "contact_not_in_portal", "")),
        (json!({"contact": id, "destination": "elsewhere"}), (409, "destination_not_granted", "")),
        (json!({"contact": id, "grants": ["elsewhere"]}), (404, "offering_not_found", "")),
        (json!({"contact": id, "expires_in": "31d"}), (422, "expires_in_too_long", "expires_in")),
        (json!({"contact": id, "expires_in": "2592001s"}), (422, "expires_in_too_long", "expires_in")),
        (json!({"contact": id, "max_uses": 0}), (400, "invalid_field", "max_uses")),
        (json!({"contact": id, "max_uses": 11}), (400, "invalid_field", "max_uses")),
        (json!({"contact": other["id"], "grants": ["pricing"], "deliver": ["sms"]}), (422, "no_phone", "")),
        (json!({"contact": bare["id"], "grants": ["pricing"], "deliver": ["email"]}), (422, "no_email", "")),
    ] {
        let answer = world.post("/links", body.clone()).await.refusal();
        assert_eq!((answer.0, answer.1.as_str(), answer.2.as_str()), code, "{body}");
        let check = world.post("/links/check", body.clone()).await;
        let problems = check.json()["problems"].as_array().unwrap().clone();
        assert!(problems.iter().any(|problem| problem["code"] == code.1), "{body}: {}", check.text);
        assert!(problems.iter().all(|problem| !problem["remedy"].as_str().unwrap().is_empty()), "{}", check.text);
    }
    for body in [
        json!({"contact": id, "expires_in": "30d", "max_uses": 10}),
        json!({"contact": "di", "expires_in": "1s", "grants": ["pricing"], "destination": "pricing", "reason": ""}),
    ] {
        let answer = world.post("/links", body.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{body}: {}", answer.text);
    }
    let long = world.call(&world.agent, Method::POST, "/links", Some(json!({"contact": id, "expires_in": "8d"}))).await;
    assert_eq!(long.refusal().1, "confirmation_required");
    for _ in 0..4 {
        assert_eq!(world.post("/links", json!({"contact": id})).await.status, StatusCode::CREATED);
    }
    assert_eq!(world.post("/links", json!({"contact": id})).await.refusal().1, "too_many_live_links");
}

#[tokio::test]
async fn a_channel_without_a_provider_is_refused() {
    let world = World::with(magiclink_domain::usecases::Policy::default(), 0).await;
    let id = world.contact("Ana", "ana@example.com").await;
    let refused = world.post("/links", json!({"contact": id, "deliver": ["sms"]})).await;
    assert_eq!(refused.refusal(), (409, "channel_not_configured".into(), String::new()));
    let link = world.post("/links", json!({"contact": id})).await.json();
    let path = format!("/links/{}/deliveries", link["id"].as_str().unwrap());
    assert_eq!(world.post(&path, json!({"channel": "email"})).await.refusal().1, "channel_not_configured");
}

#[tokio::test]
async fn a_number_that_said_stop_gets_no_text_message() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let (id_of_stop, from, text) = ("1".to_owned(), "+14155550100".to_owned(), "STOP".to_owned());
    let stop = IncomingSms { id: id_of_stop, from, text, understood: None };
    world.web.use_cases.receive_sms(&stop).await.unwrap();
    assert_eq!(world.get(&format!("/contacts/{id}")).await.json()["sms_opted_out"], true);
    assert_eq!(world.get("/contacts?q=ana").await.json()["items"][0]["sms_opted_out"], true);
    let body = json!({"contact": id, "deliver": ["sms"]});
    assert_eq!(world.post("/links", body).await.refusal(), (409, "sms_opted_out".into(), String::new()));
    assert_eq!(world.post("/links", json!({"contact": id, "deliver": ["email"]})).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn nothing_is_issued_while_issuing_is_stopped() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let body = json!({"contact": id});
    let kept = world.keyed(&world.owner, Method::POST, "/links", Some(body.clone()), Some("k")).await;
    world.web.use_cases.switch(&world.operator(), SettingsCommand::StopIssuing).await.unwrap();
    let refused = world.post("/links", body.clone()).await;
    assert_eq!(refused.refusal(), (503, "issuing_stopped".into(), String::new()));
    let again = world.keyed(&world.owner, Method::POST, "/links", Some(body.clone()), Some("k")).await;
    assert_eq!(again.json(), kept.json(), "a retry makes nothing");
    world.web.use_cases.switch(&world.operator(), SettingsCommand::Resume).await.unwrap();
    assert_eq!(world.post("/links", body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_link_overtaken_by_a_change_of_the_contact_is_shown_as_revoked_at_once() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id})).await.json();
    world
        .call(&world.owner, Method::PATCH, &format!("/contacts/{id}"), Some(json!({"email": "new@example.com"})))
        .await;
    let one = world.get(&format!("/links/{}", link["id"].as_str().unwrap())).await.json();
    assert_eq!(one["state"], "revoked");
    assert_eq!(world.get("/links?state=revoked").await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/links?state=live").await.json()["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_link_expires_at_its_instant_and_not_before() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "expires_in": "1s"})).await.json();
    let path = format!("/links/{}", link["id"].as_str().unwrap());
    let now = magiclink_domain::ports::Clock::now(world.clock.as_ref()).micros();
    world.clock.set(magiclink_domain::time::Timestamp::from_micros(now + 999_999));
    assert_eq!(world.get(&path).await.json()["state"], "live");
    world.clock.set(magiclink_domain::time::Timestamp::from_micros(now + 1_000_000));
    assert_eq!(world.get(&path).await.json()["state"], "expired");
    assert_eq!(
        world.post(&format!("{path}/deliveries"), json!({"channel": "email"})).await.refusal().1,
        "link_not_live"
    );
}
