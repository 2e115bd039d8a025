//! Who may call what: every route of the document under every kind of caller.

use axum::http::{Method, Request, StatusCode, header};
use magiclink_domain::authority::Role;
use magiclink_domain::time::Lifetime;
use serde_json::{Value, json};

use super::world::World;
use crate::api::openapi::document;

/// What each role's token may do, by operation. Anything not named here fails the test.
fn allowed(operation: &str, role: Role) -> bool {
    match operation {
        "list_offerings"
        | "search_contacts"
        | "get_contact"
        | "get_portal"
        | "list_links"
        | "get_link"
        | "list_bulk_sends"
        | "get_bulk_send"
        | "list_bulk_recipients"
        | "list_sessions"
        | "list_history"
        | "export_history"
        | "list_events"
        | "follow_events" => true,
        "add_offering" | "change_offering" | "archive_offering" | "add_contact" | "change_contact" | "grant_access"
        | "start_bulk_send" | "pause_bulk_send" | "resume_bulk_send" | "stop_bulk_send" | "revoke_access"
        | "issue_link" | "check_link" | "deliver_link" | "retry_delivery" | "revoke_link" | "end_session" => {
            role != Role::Auditor
        }
        "erase_contact" | "list_staff" => role == Role::Owner,
        // No token makes or unmakes staff.
        "add_staff" | "change_staff" | "remove_staff" => false,
        unknown => panic!("{unknown} is not in the table of this test"),
    }
}

/// A body that is as good as any.
fn body(operation: &str, id: &str) -> Option<Value> {
    Some(match operation {
        "add_offering" => json!({"slug": "another", "kind": "group", "title": "Another"}),
        "add_contact" => json!({"name": "Bo", "email": "bo@example.com"}),
        "change_offering" | "change_contact" | "change_staff" => json!({}),
        "issue_link" | "check_link" => json!({"contact": id}),
        "start_bulk_send" => json!({"offering": "pricing", "send": ["email"], "confirmed": 1}),
        "deliver_link" => json!({"channel": "email"}),
        "add_staff" => json!({"name": "Bo", "email": "bo@example.com", "role": "agent"}),
        _ => return None,
    })
}

/// Every call, with ids of things that exist.
async fn calls(world: &World) -> Vec<(String, Method, String, Option<Value>)> {
    let id = world.contact("Ana", "ana@example.com").await;
    let link = world.post("/links", json!({"contact": id, "max_uses": 2, "deliver": ["sms"]})).await.json();
    let delivery = link["deliveries"][0]["id"].as_str().unwrap();
    let link = link["id"].as_str().unwrap();
    world.fail(link, delivery).await;
    world.press(link).await;
    let bulk = json!({"offering": "pricing", "send": ["email"], "confirmed": 1});
    let bulk = world.post("/bulk-sends", bulk).await.json()["id"].as_str().unwrap().to_owned();
    let mut calls = vec![];
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            let what = match path.split('/').nth(3).unwrap() {
                "links" => link.to_owned(),
                "bulk-sends" => bulk.clone(),
                "sessions" => format!("{link}.1"),
                _ => id.clone(),
            };
            let path = path.strip_prefix("/api/v1").unwrap().replace("{id}", &what).replace("{slug}", "pricing");
            let path = path.replace("{delivery}", delivery);
            let query = match name.as_str() {
                "list_sessions" => format!("?contact={id}"),
                "resume_bulk_send" => "?confirm=true".to_owned(),
                _ => String::new(),
            };
            let body = body(&name, &id);
            calls.push((name, method.to_uppercase().parse().unwrap(), format!("{path}{query}"), body));
        }
    }
    calls
}

/// Asks without reading the body: a stream would not end.
async fn status(
    world: &World, token: Option<&str>, method: &Method, path: &str, body: Option<&Value>,
) -> (StatusCode, Option<String>) {
    use tower::ServiceExt;
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, token);
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(axum::body::Body::empty, |body| axum::body::Body::from(body.to_string()));
    let answer = world.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let challenge = answer.headers().get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
    (answer.status(), challenge)
}

#[tokio::test]
async fn every_call_is_open_to_its_roles_and_to_nobody_else() {
    for role in Role::ALL {
        let world = World::new().await;
        let token = match role {
            Role::Owner => &world.owner,
            Role::Agent => &world.agent,
            Role::Auditor => &world.auditor,
        };
        let mut calls = calls(&world).await;
        // What takes things away comes last.
        calls.sort_by_key(|(_, method, path, _)| {
            (*method == Method::DELETE, path.matches('/').count() == 2, path.clone())
        });
        for (name, method, path, body) in calls {
            let (status, _) = status(&world, Some(&format!("Bearer {token}")), &method, &path, body.as_ref()).await;
            if allowed(&name, role) {
                assert!(status.is_success(), "{role} {method} {path}: {status}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_live_token_every_call_is_401() {
    let world = World::new().await;
    let (_, short) = world.token("short", Role::Agent, Some(Lifetime::from_mins(1))).await;
    let (revoked, gone) = world.token("gone", Role::Agent, None).await;
    world.web.use_cases.revoke_token(&world.operator(), &revoked.to_string()).await.unwrap();
    let calls = calls(&world).await;
    world.clock.advance(Lifetime::from_mins(1));
    let altered = format!("{}A", &world.agent[..world.agent.len() - 1]);
    let first = if world.agent.starts_with("mlk_0") { "1" } else { "0" };
    let other_id = format!("mlk_{first}{}", &world.agent[5..]);
    let upper = world.agent.to_uppercase();
    let mut texts: Vec<Option<String>> = vec![None, Some(String::new()), Some("Bearer".into()), Some("Bearer ".into())];
    texts.extend([&short, &gone, &altered, &other_id, &upper].map(|token| Some(format!("Bearer {token}"))));
    texts.extend([
        Some(format!("Basic {}", world.agent)),
        Some(world.agent.clone()),
        Some(format!("Bearer {}x", world.agent)),
    ]);
    for (_, method, path, body) in &calls {
        for text in &texts {
            let (status, challenge) = status(&world, text.as_deref(), method, path, body.as_ref()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} {text:?}");
            assert_eq!(challenge.as_deref(), Some("Bearer realm=\"magiclink\""));
        }
    }
    let (status, _) = status(&world, Some(&format!("bearer  {}", world.agent)), &Method::GET, "/offerings", None).await;
    assert_eq!(status, StatusCode::OK, "the scheme's case does not matter");
}

#[tokio::test]
async fn other_methods_are_405_and_other_paths_404() {
    let world = World::new().await;
    for (_, _, path, _) in calls(&world).await {
        let known: Vec<String> = document()["paths"].as_object().unwrap().keys().cloned().collect();
        assert!(!known.is_empty());
        for method in [Method::OPTIONS, Method::TRACE, Method::CONNECT, Method::from_bytes(b"BREW").unwrap()] {
            let answer = world.call(&world.owner, method.clone(), &path, None).await;
            assert_eq!(answer.refusal(), (405, "method_not_allowed".into(), String::new()), "{method} {path}");
            assert!(answer.headers.contains_key(header::ALLOW), "{method} {path}");
        }
    }
    for path in ["", "/", "/nothing", "/contacts/", "/links/x/y/z", "/../v1/contacts", "/Contacts"] {
        assert_eq!(world.get(path).await.refusal().1, "not_found", "{path}");
    }
    for (path, code) in [
        ("/contacts/x", "contact_not_found"),
        ("/contacts/%FF", "contact_not_found"),
        ("/links/x", "not_found"),
        ("/links/00000000-0000-0000-0000-000000000000", "not_found"),
        ("/contacts/00000000-0000-0000-0000-000000000000/portal", "contact_not_found"),
    ] {
        assert_eq!(world.get(path).await.refusal().1, code, "{path}");
    }
}

#[tokio::test]
async fn links_and_sessions_of_staff_are_none_of_a_tokens() {
    let world = World::new().await;
    let invited = world.web.use_cases.invite_first_owner().await.unwrap().unwrap().value.id;
    let link = format!("/links/{invited}");
    assert_eq!(world.get(&link).await.refusal().1, "not_found");
    assert_eq!(world.post(&format!("{link}/revoke"), json!({})).await.refusal().1, "not_found");
    assert_eq!(world.post(&format!("{link}/deliveries"), json!({"channel": "email"})).await.refusal().1, "not_found");
    world.press(&invited.to_string()).await;
    let session = world.call(&world.owner, Method::DELETE, &format!("/sessions/{invited}.1"), None).await;
    assert_eq!(session.refusal().1, "not_found");
    assert_eq!(world.get("/links").await.json(), json!({"items": [], "next": null}));
}

#[tokio::test]
async fn a_token_has_its_own_limit() {
    let world = World::with(magiclink_domain::usecases::Policy::default(), 3).await;
    for _ in 0..3 {
        assert_eq!(world.get("/offerings").await.status, StatusCode::OK);
    }
    let refused = world.get("/offerings").await;
    assert_eq!(refused.refusal().1, "rate_limited");
    assert_eq!(refused.headers[header::RETRY_AFTER], "20");
    let other = world.call(&world.agent, Method::GET, "/offerings", None).await;
    assert_eq!(other.status, StatusCode::OK);
}
