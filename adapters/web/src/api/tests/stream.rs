//! Following the log.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::world::World;

/// An open stream, read frame by frame.
struct Stream {
    body: BodyDataStream,
    text: String,
}

/// Generous: what is waited for is on its way already.
const PATIENCE: Duration = Duration::from_secs(20);

impl Stream {
    async fn open(world: &World, token: &str, query: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(format!("/api/v1/events/stream{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event: id, type, data. `None` at the end.
    async fn next(&mut self) -> Option<(u64, String, Value)> {
        loop {
            if let Some((frame, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    frame.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
                };
                let event = field("id:").map(|id| {
                    let data = serde_json::from_str(&field("data:").unwrap()).unwrap();
                    (id.parse().unwrap(), field("event:").unwrap(), data)
                });
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await.expect("the stream is silent")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn a_client_that_comes_back_misses_nothing_and_sees_nothing_twice() {
    let world = World::new().await;
    let mut stream = Stream::open(&world, &world.owner, "", None).await;
    let id = world.contact("Ana", "ana@example.com").await;
    let (first, kind, data) = stream.next().await.unwrap();
    assert_eq!((kind.as_str(), &data["data"]["personal"]["name"]), ("contact.added.v1", &json!("Ana")));
    assert_eq!(data["position"], first);
    drop(stream);
    world.post("/links", json!({"contact": id})).await;
    let mut stream = Stream::open(&world, &world.owner, "", Some(&first.to_string())).await;
    let mut seen = vec![first];
    while seen.last() < Some(&world.web.use_cases.ports().log.head().await.unwrap().get()) {
        seen.push(stream.next().await.unwrap().0);
    }
    assert_eq!(seen, (first..=*seen.last().unwrap()).collect::<Vec<_>>());
    world.post("/links", json!({"contact": id})).await;
    assert_eq!(stream.next().await.unwrap().1, "link.issued.v1");
}

#[tokio::test]
async fn from_the_first_event_where_asked_for_and_without_personal_fields_for_agents() {
    let world = World::new().await;
    world.contact("Ana", "ana@example.com").await;
    let mut stream = Stream::open(&world, &world.agent, "?after=0", None).await;
    let mut kinds = vec![];
    for _ in 0..world.web.use_cases.ports().log.head().await.unwrap().get() {
        let (_, kind, data) = stream.next().await.unwrap();
        assert!(!data.to_string().contains("ana@example.com") && data["data"].get("sealed").is_none(), "{data}");
        kinds.push(kind);
    }
    assert_eq!(kinds[0], "team.api_token_created.v1");
}

#[tokio::test]
async fn streams_end_when_the_node_stops_and_when_the_token_dies() {
    let world = World::new().await;
    let (id, token) = world.token("brief", magiclink_domain::authority::Role::Agent, None).await;
    let mut dying = Stream::open(&world, &token, "", None).await;
    let mut stopping = Stream::open(&world, &world.owner, "", None).await;
    world.web.use_cases.revoke_token(&world.operator(), &id.to_string()).await.unwrap();
    assert!(dying.next().await.is_none(), "the revocation itself is nothing for it any more");
    assert_eq!(stopping.next().await.unwrap().1, "team.api_token_revoked.v1");
    world.web.api.end_streams();
    assert!(stopping.next().await.is_none());
}

#[tokio::test]
async fn streams_are_bounded() {
    let world = World::new().await;
    let mut open = vec![];
    for _ in 0..64 {
        open.push(Stream::open(&world, &world.owner, "", None).await);
    }
    let refused = world.get("/events/stream").await;
    assert_eq!(refused.refusal().1, "overloaded");
    assert_eq!(refused.headers[header::RETRY_AFTER], "30");
    open.pop();
    drop(Stream::open(&world, &world.owner, "", None).await);
}

#[tokio::test]
async fn places_that_are_no_positions_are_refused() {
    let world = World::new().await;
    assert_eq!(world.get("/events/stream?after=x").await.refusal().2, "after");
    let request = Request::get("/api/v1/events/stream")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.owner))
        .header("last-event-id", "x");
    assert_eq!(world.send(request.body(Body::empty()).unwrap()).await.refusal().2, "Last-Event-ID");
}
