//! Whatever Discord did not sign, just now, for the first time, is refused and does nothing.

use axum::http::StatusCode;
use ed25519_dalek::SigningKey;
use serde_json::json;

use super::stand_in::{House, new_key, public, secrets, sign};
use crate::discord::signature::is_signed;

struct Genuine {
    body: String,
    timestamp: String,
    signature: String,
}

impl Genuine {
    fn of(house: &mut House) -> Self {
        let body = house.command(&[("contact", "ana@example.com")]).to_string();
        let timestamp = house.timestamp();
        let signature = sign(&house.key, &timestamp, &body);
        Self { body, timestamp, signature }
    }
}

async fn status(house: &House, body: &str, timestamp: &str, signature: &str) -> StatusCode {
    let headers = [("x-signature-timestamp", timestamp.to_owned()), ("x-signature-ed25519", signature.to_owned())];
    house.post_raw(body, &headers).await.status()
}

#[tokio::test]
async fn every_altered_request_is_refused() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    for place in 0..body.len() {
        let mut altered = body.clone().into_bytes();
        altered[place] ^= 1;
        assert!(!is_signed(&[public(&house.key)], &timestamp, &signature, &altered), "byte {place}");
        let altered = String::from_utf8(altered).unwrap();
        if place % 7 == 0 {
            assert_eq!(
                status(&house, &altered, &timestamp, &signature).await,
                StatusCode::UNAUTHORIZED,
                "byte {place}"
            );
        }
    }
    for place in 0..signature.len() {
        let mut altered = signature.clone().into_bytes();
        altered[place] = if altered[place] == b'0' { b'1' } else { b'0' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(status(&house, &body, &timestamp, &altered).await, StatusCode::UNAUTHORIZED, "digit {place}");
    }
    for place in 0..timestamp.len() {
        let mut altered = timestamp.clone().into_bytes();
        altered[place] ^= 1;
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(status(&house, &body, &altered, &signature).await, StatusCode::UNAUTHORIZED, "digit {place}");
    }
    assert!(body.len() > 500, "{}", body.len());
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 0);
    assert_eq!(status(&house, &body, &timestamp, &signature).await, StatusCode::OK, "the one that is genuine");
}

#[tokio::test]
async fn forged_stale_and_malformed_requests_are_refused_alike() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    let at: i64 = timestamp.parse().unwrap();
    let shifted = |by: i64| (at + by).to_string();
    let ours = |timestamp: &str| sign(&house.key, timestamp, &body);
    let mut cases = vec![
        (body.clone(), timestamp.clone(), sign(&new_key(), &timestamp, &body)),
        (body.clone(), timestamp.clone(), sign(&SigningKey::from_bytes(&[0; 32]), &timestamp, &body)),
        (body.clone(), timestamp.clone(), "00".repeat(64)),
        (body.clone(), timestamp.clone(), format!("01{}", "00".repeat(63))),
        (body.clone(), timestamp.clone(), String::new()),
        (body.clone(), timestamp.clone(), "xyz".to_owned()),
        (body.clone(), timestamp.clone(), signature[..126].to_owned()),
        (body.clone(), timestamp.clone(), format!("{signature}00")),
        (body.clone(), String::new(), ours("")),
        (body.clone(), "now".to_owned(), ours("now")),
        (body.clone(), format!("+{timestamp}"), ours(&format!("+{timestamp}"))),
        (body.clone(), format!("{timestamp}.0"), ours(&format!("{timestamp}.0"))),
        (body.clone(), format!("{timestamp}000"), ours(&format!("{timestamp}000"))),
        (body.clone(), shifted(1), signature.clone()),
        (format!("{body} "), timestamp.clone(), signature.clone()),
        (String::new(), timestamp.clone(), signature.clone()),
        // The border between timestamp and body is nowhere in what is signed.
        (
            format!("{}{body}", &timestamp[timestamp.len() - 1..]),
            timestamp[..timestamp.len() - 1].to_owned(),
            signature,
        ),
    ];
    for by in [301, -301, 3_600, -86_400] {
        cases.push((body.clone(), shifted(by), ours(&shifted(by))));
    }
    for (body, timestamp, signature) in cases {
        let headers = [("x-signature-timestamp", timestamp.clone()), ("x-signature-ed25519", signature.clone())];
        let refused = house.post_raw(&body, &headers).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{timestamp} {signature}");
        assert_eq!(refused.text().await.unwrap(), "", "the same answer to all");
    }
    assert_eq!(house.post_raw(&body, &[]).await.status(), StatusCode::UNAUTHORIZED);
    let signature = sign(&house.key, &timestamp, &body);
    let twice = [
        ("x-signature-timestamp", timestamp.clone()),
        ("x-signature-ed25519", signature.clone()),
        ("x-signature-ed25519", signature.clone()),
    ];
    assert_eq!(house.post_raw(&body, &twice).await.status(), StatusCode::UNAUTHORIZED, "two signatures");
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn both_sides_of_the_five_minutes() {
    let mut house = House::new().await;
    for (by, answer) in [
        (-301, StatusCode::UNAUTHORIZED),
        (-300, StatusCode::OK),
        (300, StatusCode::OK),
        (301, StatusCode::UNAUTHORIZED),
    ] {
        let Genuine { body, timestamp, .. } = Genuine::of(&mut house);
        let shifted = (timestamp.parse::<i64>().unwrap() + by).to_string();
        assert_eq!(status(&house, &body, &shifted, &sign(&house.key, &shifted, &body)).await, answer, "{by}");
    }
}

#[tokio::test]
async fn a_replay_is_refused_however_its_signature_is_spelt() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    assert_eq!(status(&house, &body, &timestamp, &signature).await, StatusCode::OK);
    for spelling in [signature.clone(), signature.to_uppercase()] {
        for _ in 0..3 {
            assert_eq!(status(&house, &body, &timestamp, &spelling).await, StatusCode::UNAUTHORIZED, "{spelling}");
        }
    }
    let later = (timestamp.parse::<i64>().unwrap() + 1).to_string();
    let resigned = sign(&house.key, &later, &body);
    assert_eq!(status(&house, &body, &later, &resigned).await, StatusCode::UNAUTHORIZED, "the same interaction again");
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn a_replayed_search_tells_no_names() {
    let mut house = House::new().await;
    let options = json!([{ "name": "contact", "type": 3, "value": "an", "focused": true }]);
    let typing = house.interaction(4, json!({ "id": "1", "name": "magiclink", "type": 1, "options": options }));
    let (body, timestamp) = (typing.to_string(), house.timestamp());
    let signature = sign(&house.key, &timestamp, &body);
    assert_eq!(status(&house, &body, &timestamp, &signature).await, StatusCode::OK);
    for spelling in [signature.clone(), signature.to_uppercase()] {
        assert_eq!(status(&house, &body, &timestamp, &spelling).await, StatusCode::UNAUTHORIZED, "{spelling}");
    }
}

#[tokio::test]
async fn discords_probes_are_answered_as_it_wants() {
    let house = House::new().await;
    // Discord calls with what it did not sign, and drops whoever takes that.
    let ping = json!({ "application_id": "100000000000000001", "id": "100000000000000500", "token": "x", "type": 1, "version": 1 });
    assert_eq!(house.post_signed(&ping.to_string(), &new_key()).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.answered(&ping).await, json!({ "type": 1 }));
    let least = json!({ "id": "1", "type": 1 });
    assert_eq!(house.answered(&least).await, json!({ "type": 1 }));
}

#[tokio::test]
async fn large_and_unreadable_bodies_are_refused_and_unknown_kinds_do_nothing() {
    let mut house = House::new().await;
    let large = "x".repeat(256 * 1024 + 1);
    assert_eq!(house.post(&large).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for body in ["", "{}", "[]", "null", "{\"type\":1}", "{\"id\":1,\"type\":1}", "{\"id\":\"1\",\"type\":1000}"] {
        assert_eq!(house.post(body).await.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    for kind in [0, 6, 255] {
        let unknown = house.interaction(kind, json!({})).to_string();
        assert_eq!(house.post(&unknown).await.status(), StatusCode::UNAUTHORIZED, "{kind}");
    }
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn keys_rotate_while_running() {
    let mut house = House::new().await;
    let (old, new) = (house.key.clone(), new_key());
    let ask = |house: &mut House| house.command(&[("contact", "status ana lima")]).to_string();
    *house.secrets.0.lock().unwrap() = secrets(&[&old, &new], "token");
    for key in [&old, &new] {
        let body = ask(&mut house);
        assert_eq!(house.post_signed(&body, key).await.status(), StatusCode::OK, "both, while one rotates");
    }
    *house.secrets.0.lock().unwrap() = secrets(&[&new], "token");
    let body = ask(&mut house);
    assert_eq!(house.post_signed(&body, &old).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.post_signed(&body, &new).await.status(), StatusCode::OK);
    *house.secrets.0.lock().unwrap() = secrets(&[], "token");
    let body = ask(&mut house);
    assert_eq!(house.post_signed(&body, &new).await.status(), StatusCode::UNAUTHORIZED, "without a key, nobody");
}
