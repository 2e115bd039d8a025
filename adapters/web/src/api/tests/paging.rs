//! Lists: every item once, whatever comes in between; and no cursor but our own.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::world::World;

/// Every item's id, page by page; `between` happens after each page.
async fn walk(world: &World, path: &str, key: &str, between: impl AsyncFn(usize)) -> Vec<String> {
    let mut ids = vec![];
    let mut after = String::new();
    for nth in 0.. {
        let and = if path.contains('?') { '&' } else { '?' };
        let page = world.get(&format!("{path}{and}limit=3{after}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let page = page.json();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item[key].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
        between(nth).await;
    }
    ids
}

async fn populated() -> (World, String) {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    for nth in 0..10 {
        let body = json!({"name": format!("Person {nth}"), "email": format!("p{nth}@example.com")});
        world.post("/contacts", body).await;
        world
            .post("/offerings", json!({"slug": format!("s-{nth}"), "kind": "course", "title": format!("T {nth}")}))
            .await;
    }
    for _ in 0..5 {
        world.clock.advance(magiclink_domain::time::Lifetime::from_secs(1));
        let link = world.post("/links", json!({"contact": id, "max_uses": 2})).await.json();
        world.press(link["id"].as_str().unwrap()).await;
    }
    (world, id)
}

#[tokio::test]
async fn every_item_comes_once_though_others_are_added_meanwhile() {
    let (world, id) = populated().await;
    let add = async |nth: usize| {
        world.clock.advance(magiclink_domain::time::Lifetime::from_secs(1));
        let body = json!({"name": "New", "email": format!("new{nth}@example.com")});
        assert_eq!(world.post("/contacts", body).await.status, StatusCode::CREATED);
        let body = json!({"contact": id, "deliver": ["email"]});
        let link = world.post("/links", body).await.json();
        if let Some(link) = link["id"].as_str() {
            world.post(&format!("/links/{link}/revoke"), json!({})).await;
        }
    };
    for (path, key, least) in [
        ("/contacts", "id", 11),
        ("/links", "id", 5),
        ("/history", "at", 5),
        ("/offerings", "slug", 11),
        (&format!("/sessions?contact={id}"), "id", 5),
        (&format!("/links?contact={id}&state=live"), "id", 5),
    ] {
        let ids = walk(&world, path, key, &add).await;
        let unique: BTreeSet<_> = ids.iter().collect();
        assert!(ids.len() >= least, "{path}: {ids:?}");
        if key != "at" {
            assert_eq!(unique.len(), ids.len(), "{path}: {ids:?}");
        }
    }
}

#[tokio::test]
async fn events_page_by_position() {
    let (world, _) = populated().await;
    let mut positions = vec![];
    let mut after = 0;
    loop {
        let page = world.get(&format!("/events?limit=7&after={after}")).await.json();
        let items = page["items"].as_array().unwrap();
        positions.extend(items.iter().map(|event| event["position"].as_u64().unwrap()));
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    let head = world.web.use_cases.ports().log.head().await.unwrap().get();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_cursor_but_our_own_of_the_same_list_leads_on() {
    let (world, id) = populated().await;
    let next = async |path: &str| world.get(path).await.json()["next"].as_str().unwrap().to_owned();
    let contacts = next("/contacts?limit=2").await;
    let links = next("/links?limit=2").await;
    let of_ana = next(&format!("/links?limit=2&contact={id}")).await;
    let history = next("/history?limit=2").await;
    let mut bytes = BASE64URL_NOPAD.decode(links.as_bytes()).unwrap();
    let mut forged = vec![
        String::new(),
        "AAAA".into(),
        "x".into(),
        "%00".into(),
        BASE64URL_NOPAD.encode(b"1777636800000000 x"),
        format!("{links}A"),
        links[..links.len() - 4].to_owned(),
        links.to_lowercase(),
        contacts,
        of_ana,
        history,
    ];
    for at in [0, 15, 16, bytes.len() - 1] {
        bytes[at] ^= 1;
        forged.push(BASE64URL_NOPAD.encode(&bytes));
        bytes[at] ^= 1;
    }
    for cursor in forged {
        let refused = world.get(&format!("/links?after={cursor}")).await.refusal();
        assert_eq!(refused, (400, "invalid_field".into(), "after".into()), "{cursor}");
    }
    assert_eq!(world.get(&format!("/links?after={links}&state=live")).await.refusal().2, "after", "other filters");
    assert_eq!(world.get(&format!("/links?after={links}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_empty_list_is_an_empty_page() {
    let world = World::new().await;
    for path in ["/contacts", "/contacts?q=zzz", "/links", "/offerings", "/history", "/staff"] {
        assert_eq!(world.get(path).await.json(), json!({"items": [], "next": Value::Null}), "{path}");
    }
    assert_eq!(world.get("/events?after=999999").await.json(), json!({"items": [], "next": Value::Null}));
}
