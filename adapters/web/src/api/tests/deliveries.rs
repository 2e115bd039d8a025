//! How a sending stands, and trying it again.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::policies::Deliver;
use magiclink_domain::ports::{DueDelivery, Look, NotNow, Pace, Sender, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use serde_json::json;

use super::world::World;

/// A provider that is down for seven minutes.
struct Down;

#[async_trait]
impl Sender for Down {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, per_second: 1 }
    }

    async fn send(&self, _: &Message) -> Sending {
        let (code, words) = ("503".to_owned(), "the provider is down".to_owned());
        Sending::NotNow(NotNow { code, words, retry_after: Some(Lifetime::from_mins(7)), whole_channel: true })
    }

    async fn look_up(&self, _: &Message, _: Timestamp) -> Look {
        Look::Absent
    }

    async fn check(&self) -> Result<String, String> {
        Err("it is down: wait".to_owned())
    }
}

#[tokio::test]
async fn a_failed_sending_says_why_and_which_call_helps() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["sms"]})).await.json();
    let (path, delivery) = (format!("/links/{}", link["id"].as_str().unwrap()), &link["deliveries"][0]["id"]);
    world.fail(link["id"].as_str().unwrap(), delivery.as_str().unwrap()).await;
    let told = world.get(&path).await.json();
    let next = json!({"action": "send_by_email", "words": "send by e-mail, or call and read the code aloud",
        "request": {"method": "POST", "path": format!("/api/v1{path}/deliveries"), "body": {"channel": "email"}}});
    assert_eq!(
        told["deliveries"][0],
        json!({"id": delivery, "channel": "sms", "to": "+14155550100", "state": "failed", "attempts": 0,
            "code": "30006", "words": "the number is a landline (30006)", "next_action": next})
    );
    assert_eq!(told["next_action"], next);
    let request = &next["request"];
    let followed = world.post(request["path"].as_str().unwrap().trim_start_matches("/api/v1"), request["body"].clone());
    assert_eq!(followed.await.status, StatusCode::ACCEPTED);
    assert_eq!(world.get(&path).await.json()["next_action"]["action"], "wait");
}

#[tokio::test]
async fn a_sending_is_tried_again_only_where_it_did_not_get_through() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["sms"]})).await.json();
    let (link, delivery) = (link["id"].as_str().unwrap(), link["deliveries"][0]["id"].as_str().unwrap());
    let path = format!("/links/{link}/deliveries/{delivery}/retry");
    let retry = || world.call(&world.agent, Method::POST, &path, None);
    world.fail(link, delivery).await;
    let again = retry().await;
    assert_eq!((again.status, &again.json()["state"]), (StatusCode::ACCEPTED, &json!("queued")));
    assert_eq!(again.json()["code"], serde_json::Value::Null, "what it failed of is over");
    world.report(link, delivery, Sending::Sent { provider_id: "SM1".to_owned() }).await;
    assert_eq!(retry().await.refusal(), (409, "delivery_under_way".into(), String::new()));
    let unknown = format!("/links/{link}/deliveries/{link}/retry");
    assert_eq!(world.call(&world.agent, Method::POST, &unknown, None).await.refusal().1, "not_found");
    world.post(&format!("/links/{link}/revoke"), json!({})).await;
    assert_eq!(retry().await.refusal(), (409, "link_not_live".into(), String::new()));
}

#[tokio::test]
async fn a_postponed_sending_says_until_when() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "deliver": ["email"]})).await.json();
    let delivery = link["deliveries"][0]["id"].as_str().unwrap().parse().unwrap();
    let link = link["id"].as_str().unwrap();
    let deliver = Deliver::new(Arc::clone(&world.web.use_cases), [Arc::new(Down) as _], Lifetime::from_mins(1));
    deliver.make(DueDelivery { link: link.parse().unwrap(), delivery, attempted_at: None }).await.unwrap();
    for told in [
        world.get(&format!("/links/{link}")).await.json()["deliveries"][0].clone(),
        world.get("/links").await.json()["items"][0]["deliveries"][0].clone(),
    ] {
        assert_eq!(
            (&told["state"], &told["due_at"], &told["code"]),
            (&json!("queued"), &json!("2026-05-01T12:07:00Z"), &json!("503"))
        );
    }
}
