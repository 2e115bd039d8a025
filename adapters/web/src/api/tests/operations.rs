//! What watches the node.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::world::World;

#[tokio::test]
async fn a_node_is_alive_and_ready_and_counts() {
    let world = World::new().await;
    let get = async |path: &str| world.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let alive = get("/healthz").await;
    assert_eq!((alive.status, alive.text.as_str()), (StatusCode::OK, "ok\n"));
    let ready = get("/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::OK, "ready\n"));
    let metrics = get("/metrics").await;
    assert_eq!(metrics.headers[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!((metrics.status, metrics.text.as_str()), (StatusCode::OK, "# metrics\n"));
}

#[tokio::test]
async fn a_node_whose_read_models_are_closed_is_alive_and_not_ready_and_lists_are_503() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    world.read_models.close().await;
    let get = async |path: &str| world.send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(get("/healthz").await.status, StatusCode::OK);
    let list = world.get("/links").await;
    assert_eq!((list.status, list.refusal().1.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(list.headers[header::RETRY_AFTER], "1");
    let one = world.get(&format!("/contacts/{id}")).await;
    assert_eq!(one.status, StatusCode::OK, "rights and things come from the log");
    assert!(world.folder.path().exists());
}
