//! Hostile texts: taken as data or refused, never more.

use axum::http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::world::World;

const TEXTS: [&str; 18] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; drop table contacts; --",
    "\" or 1=1 --",
    "%",
    "_",
    "\\",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "a\u{301}\u{327}",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "\u{feff}bom",
    "نص",
    "🏴‍☠️",
    "../../etc/passwd",
    "a\r\nBcc: eve@example.com",
    "%00",
];

#[tokio::test]
async fn hostile_texts_come_back_as_they_went_in_or_are_refused() {
    let world = World::new().await;
    for text in TEXTS {
        let body = json!({"name": text, "email": "ana@example.com", "external_id": text});
        let answer = world.post("/contacts", body).await;
        if answer.status == StatusCode::CREATED {
            let contact = answer.json();
            let path = format!("/contacts/{}", contact["id"].as_str().unwrap());
            assert_eq!(world.get(&path).await.json(), contact);
            let found = world.post("/links/check", json!({"contact": text})).await.json();
            assert_eq!(found["problems"][0]["code"], "contact_not_in_portal", "{text:?}: {found}");
            assert_eq!(world.call(&world.owner, Method::DELETE, &path, None).await.status, StatusCode::OK);
        } else {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text:?}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn hostile_searches_find_nothing_more() {
    let world = World::new().await;
    world.contact("Ana Lima", "ana@example.com").await;
    // Accents make no difference to a search, so one of the texts does find Ana.
    for text in TEXTS.into_iter().filter(|text| !text.starts_with('a') || text.contains('\r')) {
        let text = utf8_percent_encode(text, NON_ALPHANUMERIC);
        let found = world.get(&format!("/contacts?q={text}")).await;
        assert_eq!(found.status, StatusCode::OK, "{text}");
        assert_eq!(found.json()["items"].as_array().unwrap().len(), 0, "{text}: {}", found.text);
        for path in ["/links?contact=", "/history?contact=", "/sessions?contact=", "/contacts?after=", "/links?state="]
        {
            let answer = world.get(&format!("{path}{text}")).await;
            assert!(answer.status.is_client_error(), "{path}{text}: {}", answer.text);
        }
        for path in ["/contacts/", "/links/", "/sessions/"] {
            let answer = world.call(&world.owner, Method::DELETE, &format!("{path}{text}"), None).await;
            assert!(answer.status.is_client_error(), "{path}{text}: {}", answer.text);
        }
    }
    for query in ["%", "%FF=1", "q=%FF", "q=%", "&&&", "q", "=", "q=a&q=b", "q=+", "limit=5;after=x"] {
        let answer = world.get(&format!("/contacts?{query}")).await;
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn answers_name_an_unknown_field_without_carrying_it_whole() {
    let world = World::new().await;
    for name in ["x".repeat(60_000), "a`, b".to_owned(), "\u{0}".to_owned(), "<b>".to_owned()] {
        let answer = world.post("/contacts", json!({ name.clone(): 1 })).await;
        assert_eq!(answer.refusal().1, "unknown_field");
        assert!(answer.text.len() < 2_000, "{}", answer.text.len());
    }
}
