//! Bodies in the wrong shape: refused in words that people know, whatever the call and the field.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::{Answer, World};
use crate::api::openapi::document;

/// Words that only who wrote this program would know.
const INNER: [&str; 14] = [
    "struct", "enum", "u8", "u32", "u64", "usize", "i64", "Body", "sequence", "variant", "Option", "Request", "`",
    "serde",
];

fn detail(answer: &Answer) -> String {
    answer.json()["detail"].as_str().unwrap().to_owned()
}

/// Every call with a body, at an address that could be, with the fields it takes.
fn calls() -> Vec<(Method, String, Vec<String>)> {
    let document = document();
    let mut calls = vec![];
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix("/api/v1") else { continue };
        let path = path.replace("{slug}", "pricing");
        let path = path.replace("{id}", "0f6f3a1c-0000-8000-8000-000000000000");
        for (method, operation) in operations.as_object().unwrap() {
            let Some(schema) = operation["requestBody"]["content"]["application/json"]["schema"].as_object() else {
                continue;
            };
            let named =
                schema.get("$ref").or_else(|| schema.get("oneOf")?.as_array()?.iter().find_map(|s| s.get("$ref")));
            let name = named.unwrap().as_str().unwrap().rsplit('/').next().unwrap();
            let fields = document["components"]["schemas"][name]["properties"].as_object().unwrap();
            calls.push((method.to_uppercase().parse().unwrap(), path.clone(), fields.keys().cloned().collect()));
        }
    }
    calls
}

#[tokio::test]
async fn no_detail_speaks_of_what_this_program_is_made_of() {
    let world = World::new().await;
    let (calls, mut fields) = (calls(), 0);
    assert!(calls.len() >= 10, "{calls:?}");
    let plain = [json!([]), json!(["Ana", "ana@example.com", null, null, null]), json!(null), json!("x"), json!(5)];
    let values = [
        json!(1.5),
        json!(-1),
        json!(300),
        json!(1e30),
        json!(true),
        json!("?"),
        json!([]),
        json!([5]),
        json!({}),
        json!({"a": 1}),
    ];
    for (method, path, names) in calls {
        let ask = async |body: Value| {
            let answer = world.call(&world.owner, method.clone(), &path, Some(body.clone())).await;
            if answer.status.is_client_error() {
                let detail = detail(&answer);
                assert!(!INNER.iter().any(|inner| detail.contains(inner)), "{method} {path} {body}: {detail}");
            }
            answer
        };
        for body in &plain {
            let answer = ask(body.clone()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method} {path} {body}: {}", answer.text);
            assert!(detail(&answer).contains("no JSON object"), "{method} {path} {body}: {}", answer.text);
        }
        for name in names {
            fields += 1;
            for value in &values {
                let answer = ask(json!({ name.clone(): value })).await;
                let detail = if answer.status == StatusCode::BAD_REQUEST { detail(&answer) } else { continue };
                let says = [" is to be ", " does not fit"].iter().any(|words| detail.contains(words));
                assert!(!says || detail.contains(&name), "{method} {path} {name} {value}: {detail}");
            }
        }
    }
    assert!(fields > 30, "{fields}");
}

#[tokio::test]
async fn what_is_wrong_with_a_field_is_said_in_plain_words() {
    let world = World::new().await;
    let link = |field: &str, value: Value| json!({"contact": "ana@example.com", field: value});
    for (path, body, field, words) in [
        ("/links", link("max_uses", json!(1.5)), "max_uses", "max_uses is to be a whole number"),
        (
            "/links",
            link("max_uses", json!(300)),
            "max_uses",
            "max_uses is to be a whole number that is neither negative nor that large",
        ),
        ("/links", link("max_uses", json!("2")), "max_uses", "max_uses is to be a whole number"),
        ("/links", link("reveal", json!("yes")), "reveal", "reveal is to be true or false"),
        ("/links", link("deliver", json!("sms")), "deliver", "deliver is to be a list"),
        ("/links", link("deliver", json!(["sms", "fax"])), "deliver", "each entry of deliver is to be sms or email"),
        ("/links", link("deliver", json!([5])), "deliver", "each entry of deliver is to be sms or email"),
        ("/links", link("grants", json!([5])), "grants", "each entry of grants is to be a text"),
        ("/links", json!({"contact": 5}), "contact", "contact is to be a text"),
        ("/links", json!({}), "contact", "contact is missing"),
        ("/offerings", json!({"slug": "a", "kind": 5, "title": "A"}), "kind", "kind is to be course or group"),
        ("/offerings", json!({"slug": "a", "kind": "club", "title": "A"}), "kind", "kind is to be course or group"),
        (
            "/staff",
            json!({"name": "A", "email": "a@b.cd", "role": {}}),
            "role",
            "role is to be owner, agent or auditor",
        ),
    ] {
        let answer = world.post(path, body.clone()).await;
        assert_eq!(answer.refusal(), (400, "invalid_field".into(), field.into()), "{body}: {}", answer.text);
        assert_eq!(detail(&answer), words, "{body}");
    }
}

#[tokio::test]
async fn what_needs_a_confirmation_says_how_to_give_it() {
    let world = World::new().await;
    let id = world.contact("Ana", "ana@example.com").await;
    let (contact, long) = (format!("/contacts/{id}"), json!({"contact": id, "expires_in": "30d"}));
    for (method, path, body) in
        [(Method::PATCH, contact.as_str(), json!({"email": "new@example.com"})), (Method::POST, "/links", long.clone())]
    {
        let refused = world.call(&world.agent, method.clone(), path, Some(body.clone())).await;
        assert_eq!(refused.refusal().1, "confirmation_required");
        assert_eq!(detail(&refused), "this needs an explicit confirmation: say so with ?confirm=true");
        let sure = world.call(&world.agent, method, &format!("{path}?confirm=true"), Some(body)).await;
        assert!(sure.status.is_success(), "{}", sure.text);
    }
    let check = world.call(&world.agent, Method::POST, "/links/check", Some(long)).await.json();
    let problem = &check["problems"][0];
    assert!(problem["detail"].as_str().unwrap().ends_with("say so with ?confirm=true"), "{check}");
}

#[tokio::test]
async fn no_token_makes_or_unmakes_staff_and_its_role_is_not_blamed() {
    let world = World::new().await;
    let one = "/staff/0f6f3a1c-0000-8000-8000-000000000000";
    for token in [&world.owner, &world.agent] {
        for (method, path, body) in [
            (Method::POST, "/staff", Some(json!({"name": "Bo", "email": "bo@example.com", "role": "agent"}))),
            (Method::PATCH, one, Some(json!({"role": "owner"}))),
            (Method::DELETE, one, None),
        ] {
            let refused = world.call(token, method.clone(), path, body).await;
            assert_eq!(refused.refusal(), (403, "forbidden".into(), String::new()), "{method}: {}", refused.text);
            assert_eq!(
                detail(&refused),
                "staff and API tokens are managed in the console or on the command line, never by token"
            );
        }
    }
}
