//! What pages weigh: compressed where nobody else has a word in them, and never a load.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use magiclink_domain::authority::Role;
use tower::ServiceExt as _;

use super::browser::Browser;
use super::world::World;

/// Headers and bytes of an answer to a browser that takes it compressed.
async fn weigh(world: &World, browser: &Browser, path: &str) -> (HeaderMap, usize) {
    let cookies = format!("magiclink_console={}", browser.cookie("magiclink_console").unwrap());
    let request = Request::get(path).header("cookie", cookies).header("accept-encoding", "gzip, br");
    let answer = world.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    (parts.headers, body.collect().await.unwrap().to_bytes().len())
}

#[tokio::test]
async fn a_page_is_compressed_unless_its_address_puts_words_into_it() {
    let world = World::new().await;
    let (contact, _) = world.member("Ana Good").await;
    let mut owner = world.signed_in(Role::Owner).await;
    for (path, compressed) in [
        ("/console".to_owned(), true),
        (format!("/console/contacts/{contact}"), true),
        ("/console/links".to_owned(), true),
        ("/console/links?contact=ana%40example.com".to_owned(), false),
        ("/console/history?".to_owned(), false),
        ("/console/contacts?q=ana".to_owned(), false),
    ] {
        let (headers, bytes) = weigh(&world, &owner, &path).await;
        let plain = owner.get(&path).await.body.len();
        assert_eq!(headers.get("content-encoding").is_some(), compressed, "{path}: {headers:?}");
        assert_eq!(bytes < plain / 2, compressed, "{path}: {bytes} of {plain} bytes");
    }
}

#[tokio::test]
async fn the_first_load_of_a_full_list_is_light() {
    let world = World::new().await;
    for nth in 0..60 {
        world.contact(&format!("Contact with a long name {nth}"), &format!("contact-{nth}@example.com")).await;
    }
    world.settle().await;
    let mut owner = world.signed_in(Role::Owner).await;
    let page = owner.get("/console/contacts").await;
    let (_, mut bytes) = weigh(&world, &owner, "/console/contacts").await;
    for rest in page.body.split("\"/assets/").skip(1) {
        bytes += weigh(&world, &owner, &format!("/assets/{}", rest.split_once('"').unwrap().0)).await.1;
    }
    assert!(bytes < 60 * 1024, "{bytes} bytes");
}
