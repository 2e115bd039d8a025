//! Random bodies on every call that takes one, random parameters on every other: never a fault of ours.
//!
//! `PROPTEST_CASES=20000` makes a longer dose of it.

use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use super::world::World;
use crate::api::openapi::document;

/// Cases per run.
const CASES: u32 = 400;

/// Values at the edge of what our fields take.
const EDGES: [&str; 16] = [
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
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(&EDGES[..]).prop_map(str::to_owned),
        (0..600usize).prop_map(|length| "é".repeat(length)),
        any::<i64>().prop_map(|number| number.to_string()),
    ]
}

/// Any JSON, with a liking for our own field names.
fn any_json(names: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        4 => any_text().prop_map(Value::from),
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

/// A runner whose seed is known.
fn runner(name: &str) -> TestRunner {
    let seed: [u8; 32] =
        *magiclink_domain::id::CommandId::derive("fuzz", name, "1").to_string().as_bytes().first_chunk().unwrap();
    println!("{name}: seed {seed:?}");
    let cases = Config::default().cases.max(CASES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// A node, a runtime to ask it in, and the id of a contact.
fn node() -> (Runtime, World, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, id) = runtime.block_on(async {
        let world = World::new().await;
        let id = world.contact("Ana", "ana@example.com").await;
        (world, id)
    });
    (runtime, world, id)
}

/// The calls that `wanted` picks, with a contact's id in their paths, and the names of everything in the document.
fn calls(id: &str, wanted: impl Fn(&str, &Value) -> bool) -> (Vec<(Method, String)>, Vec<String>) {
    let mut calls = vec![];
    let mut names = vec![];
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            names.extend(parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()));
            if wanted(method, operation) {
                let path = path.strip_prefix("/api/v1").unwrap().replace("{id}", id).replace("{slug}", "pricing");
                let path = path.replace("{delivery}", id);
                calls.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    for schema in document()["components"]["schemas"].as_object().unwrap().values() {
        names.extend(schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned()));
    }
    (calls, names)
}

#[test]
fn random_bodies_never_break_anything() {
    let (runtime, world, id) = node();
    let (calls, names) = calls(&id, |_, operation| operation.get("requestBody").is_some());
    let cases = (prop::sample::select(calls), any_json(names), prop::option::of("[!-~]{1,8}"));
    let result = runner("bodies").run(&cases, |((method, path), body, key)| {
        // The world itself refuses a 5xx, and holds every answer against the document.
        let answer = runtime.block_on(world.keyed(&world.owner, method, &path, Some(body), key.as_deref()));
        prop_assert!(!answer.status.is_server_error(), "{}", answer.text);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn random_parameters_never_break_anything() {
    let (runtime, world, id) = node();
    let (calls, names) = calls(&id, |method, operation| method == "get" && operation["operationId"] != "follow_events");
    let pair = (prop::sample::select(names), any_text());
    let cases = (prop::sample::select(calls), prop::collection::vec(pair, 0..4));
    let result = runner("parameters").run(&cases, |((method, path), pairs)| {
        let query = serde_urlencoded::to_string(&pairs).unwrap();
        let answer = runtime.block_on(world.call(&world.owner, method, &format!("{path}?{query}"), None));
        prop_assert!(!answer.status.is_server_error(), "{}", answer.text);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}
