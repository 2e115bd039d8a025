//! Log lines reach an OpenTelemetry collector, and one that is not there keeps nobody waiting.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;

use crate::support::{Place, holds};

/// Takes what OTLP over HTTP sends, and refuses anything else.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Vec<u8>>>>);

impl Collector {
    /// Answers its address.
    async fn listen(&self) -> String {
        let taken = Arc::clone(&self.0);
        let take = move |headers: HeaderMap, body: Bytes| {
            let protobuf = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/x-protobuf");
            if protobuf {
                taken.lock().unwrap().push(body.to_vec());
            }
            async move { if protobuf { StatusCode::OK } else { StatusCode::UNSUPPORTED_MEDIA_TYPE } }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/logs", post(take))).await });
        format!("http://{address}")
    }

    fn has(&self, text: &str) -> bool {
        self.0.lock().unwrap().iter().any(|body| holds(body, text))
    }
}

#[tokio::test]
async fn a_collector_gets_every_line_and_no_secret() {
    let collector = Collector::default();
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__OTLP", collector.listen().await));
    place.environment.push(("MAGICLINK__LOG__LEVEL", "debug".to_owned()));
    let token = place.token("crm", "agent");
    let server = place.serve();
    let links = format!("{}/api/v1/links", server.base);
    let answer = reqwest::Client::new().get(links).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let stopped = tokio::task::spawn_blocking(|| server.stop()).await.unwrap();
    assert!(stopped.success());
    assert!(collector.has("magiclink"), "the service names itself");
    assert!(collector.has("/api/v1/links"), "what was logged last is sent before the end");
    assert!(!collector.has(&token), "no secret is sent");
}

#[tokio::test]
async fn a_collector_that_is_not_there_stops_nothing() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let mut place = Place::new();
    place.environment.push(("MAGICLINK__LOG__OTLP", format!("http://{address}")));
    let server = place.serve();
    let answer = reqwest::get(format!("{}/healthz", server.base)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let stopped = tokio::task::spawn_blocking(|| server.stop()).await.unwrap();
    assert!(stopped.success());
}
