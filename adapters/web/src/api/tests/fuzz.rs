//! Random bodies on every call that takes one: never a fault of ours.

use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::world::World;
use crate::api::openapi::document;

/// Cases per run; the drill takes more.
const CASES: u32 = 400;

/// Any JSON, with a liking for our own field names and for values at the edge of what they take.
fn any_json(names: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "home",
            "ana@example.com",
            "+14155550100",
            "24h",
            "99999999d",
            "email",
            "course",
            "owner",
            "pricing",
            "2026-05-01T15:00:00Z",
            "9999-12-31T23:59:59Z",
            "\u{0}",
            "\u{202e}",
            "=1",
            "00000000-0000-0000-0000-000000000000",
        ])
        .prop_map(Value::from),
        (0..600usize).prop_map(|length| Value::from("é".repeat(length))),
    ];
    let name = prop_oneof![4 => prop::sample::select(names), 1 => any::<String>()];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

#[test]
fn random_bodies_never_break_anything() {
    let seed: [u8; 32] =
        *magiclink_domain::id::CommandId::derive("fuzz", "bodies", "1").to_string().as_bytes().first_chunk().unwrap();
    let mut runner = TestRunner::new_with_rng(
        Config { cases: CASES, failure_persistence: None, ..Config::default() },
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed),
    );
    println!("seed {seed:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, id) = runtime.block_on(async {
        let world = World::new().await;
        let id = world.contact("Ana", "ana@example.com").await;
        (world, id)
    });
    let mut calls = vec![];
    let mut names = vec![];
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("requestBody").is_some() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let path = path.strip_prefix("/api/v1").unwrap().replace("{id}", &id).replace("{slug}", "pricing");
                calls.push((method, path));
            }
        }
    }
    for schema in document()["components"]["schemas"].as_object().unwrap().values() {
        names.extend(schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned()));
    }
    let cases = (prop::sample::select(calls), any_json(names), prop::option::of("[!-~]{1,8}"));
    let result = runner.run(&cases, |((method, path), body, key)| {
        // The world itself refuses a 5xx, and holds every answer against the document.
        let answer = runtime.block_on(world.keyed(&world.owner, method, &path, Some(body), key.as_deref()));
        prop_assert!(!answer.status.is_server_error(), "{}", answer.text);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
