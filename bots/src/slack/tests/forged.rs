//! Whatever Slack did not sign, just now, for the first time, is refused and does nothing.

use axum::http::StatusCode;
use serde_json::json;

use super::stand_in::{House, sign};

const AT: &str = "/hooks/slack/commands";

struct Genuine {
    body: String,
    timestamp: String,
    signature: String,
}

impl Genuine {
    fn of(house: &mut House) -> Self {
        use magiclink_domain::ports::Clock as _;
        let body = serde_urlencoded::to_string(house.command("U1", "ana@example.com")).unwrap();
        let timestamp = (house.world.clock.now().micros() / 1_000_000).to_string();
        let signature = sign("s3cret", &timestamp, &body);
        Self { body, timestamp, signature }
    }
}

async fn status(house: &House, body: &str, timestamp: &str, signature: &str) -> StatusCode {
    let headers = [("x-slack-request-timestamp", timestamp.to_owned()), ("x-slack-signature", signature.to_owned())];
    house.post_raw(AT, body, &headers).await.status()
}

#[tokio::test]
async fn every_altered_request_is_refused() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    let mut refused = 0;
    for place in 0..body.len() {
        let mut altered = body.clone().into_bytes();
        altered[place] ^= 1;
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(status(&house, &altered, &timestamp, &signature).await, StatusCode::UNAUTHORIZED, "byte {place}");
        refused += 1;
    }
    for place in 3..signature.len() {
        let mut altered = signature.clone().into_bytes();
        altered[place] = if altered[place] == b'0' { b'1' } else { b'0' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(status(&house, &body, &timestamp, &altered).await, StatusCode::UNAUTHORIZED, "digit {place}");
        refused += 1;
    }
    assert!(refused > 300, "{refused}");
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 0);
    assert_eq!(status(&house, &body, &timestamp, &signature).await, StatusCode::OK, "the one that is genuine");
}

#[tokio::test]
async fn forged_stale_and_malformed_requests_are_refused() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    let at: i64 = timestamp.parse().unwrap();
    let shifted = |by: i64| (at + by).to_string();
    let mut cases = vec![
        (body.clone(), timestamp.clone(), sign("another", &timestamp, &body)),
        (body.clone(), timestamp.clone(), sign("", &timestamp, &body)),
        (body.clone(), timestamp.clone(), signature.to_uppercase()),
        (body.clone(), timestamp.clone(), signature.replace("v0=", "v1=")),
        (body.clone(), timestamp.clone(), signature.replace("v0=", "")),
        (body.clone(), timestamp.clone(), "v0=".to_owned()),
        (body.clone(), timestamp.clone(), String::new()),
        (body.clone(), timestamp.clone(), format!("{signature}00")),
        (body.clone(), String::new(), signature.clone()),
        (body.clone(), "now".to_owned(), sign("s3cret", "now", &body)),
        (body.clone(), format!("{timestamp}.0"), sign("s3cret", &format!("{timestamp}.0"), &body)),
        (body.clone(), shifted(1), signature.clone()),
        (format!("{body}&team_id=T1"), timestamp.clone(), signature.clone()),
        (String::new(), timestamp.clone(), signature.clone()),
    ];
    for by in [301, -301, 3_600, -86_400, i64::MAX / 2] {
        cases.push((body.clone(), shifted(by), sign("s3cret", &shifted(by), &body)));
    }
    for (body, timestamp, signature) in cases {
        assert_eq!(
            status(&house, &body, &timestamp, &signature).await,
            StatusCode::UNAUTHORIZED,
            "{timestamp} {signature}"
        );
    }
    let bare = house.post_raw(AT, &body, &[]).await;
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let twice = [
        ("x-slack-request-timestamp", timestamp.clone()),
        ("x-slack-signature", signature.clone()),
        ("x-slack-signature", signature.clone()),
    ];
    assert_eq!(house.post_raw(AT, &body, &twice).await.status(), StatusCode::UNAUTHORIZED, "two signatures");
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 0);
}

#[tokio::test]
async fn both_sides_of_the_five_minutes() {
    let mut house = House::new().await;
    for by in [-300, 300] {
        let Genuine { body, timestamp, .. } = Genuine::of(&mut house);
        let shifted = (timestamp.parse::<i64>().unwrap() + by).to_string();
        assert_eq!(status(&house, &body, &shifted, &sign("s3cret", &shifted, &body)).await, StatusCode::OK, "{by}");
    }
}

#[tokio::test]
async fn a_replay_is_refused_at_every_address() {
    let mut house = House::new().await;
    let Genuine { body, timestamp, signature } = Genuine::of(&mut house);
    assert_eq!(status(&house, &body, &timestamp, &signature).await, StatusCode::OK);
    house.next().await;
    let headers = [("x-slack-request-timestamp", timestamp), ("x-slack-signature", signature)];
    for at in [AT, "/hooks/slack/interactions", "/hooks/slack/options"] {
        for _ in 0..3 {
            assert_eq!(house.post_raw(at, &body, &headers).await.status(), StatusCode::UNAUTHORIZED, "{at}");
        }
    }
    assert!(house.is_quiet().await);
    assert_eq!(house.world.count("link.issued.v1").await, 1);
}

#[tokio::test]
async fn slacks_probe_is_answered_and_does_nothing() {
    let mut house = House::new().await;
    let probe = house.post_raw(AT, "ssl_check=1&token=x", &[]).await;
    assert_eq!(probe.status(), StatusCode::OK);
    let mut command = house.command("U1", "ana@example.com");
    command.push(("ssl_check", "1".to_owned()));
    assert_eq!(house.post_raw(AT, &serde_urlencoded::to_string(&command).unwrap(), &[]).await.status(), StatusCode::OK);
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn large_bodies_are_refused_and_unknown_kinds_are_acknowledged() {
    let mut house = House::new().await;
    let large = "x".repeat(256 * 1024 + 1);
    assert_eq!(house.post_signed(AT, &large, "s3cret").await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let user = json!({ "id": "U1", "team_id": "T1" });
    for payload in [
        json!({ "type": "something_new", "user": user, "team": { "id": "T1" }, "api_app_id": "A1" }),
        json!({ "type": "view_closed", "user": user, "team": { "id": "T1" }, "api_app_id": "A1", "view": { "id": "V9" } }),
        json!({ "type": "block_actions" }),
        json!({ "type": "block_actions", "user": user, "team": { "id": "T1" }, "api_app_id": "A1", "response_url": "x",
                "actions": [{ "value": "not ours" }] }),
        json!([]),
    ] {
        let answer = house.interacts("/hooks/slack/interactions", &payload).await;
        assert_eq!(answer.status(), StatusCode::OK, "{payload}");
    }
    assert!(house.is_quiet().await);
}

#[tokio::test]
async fn an_answer_goes_nowhere_but_to_slack() {
    let mut house = House::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let beside = format!("http://{}/x", listener.local_addr().unwrap());
    for elsewhere in
        [beside.as_str(), "https://hooks.slack.com.evil.example/x", "https://evil.example", "file:///etc", ""]
    {
        let mut command = house.command("U1", "help");
        for field in &mut command {
            if field.0 == "response_url" {
                field.1 = elsewhere.to_owned();
            }
        }
        assert_eq!(house.post(AT, &command).await.status(), StatusCode::OK);
    }
    let called = tokio::select! {
        called = listener.accept() => called.is_ok(),
        quiet = house.is_quiet() => !quiet,
    };
    assert!(!called, "somebody else was called");
}
