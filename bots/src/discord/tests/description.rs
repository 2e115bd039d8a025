//! Discord's own description of its API, held against every answer, edit and command of ours.
//!
//! The description is not part of this repository: without it these checks say so and check nothing.

use std::path::Path;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::limits;
use super::stand_in::House;
use crate::conversation::tests::world::both;
use crate::discord::command;
use magiclink_domain::authority::Role;
use magiclink_domain::usecases::Policy;

struct Description {
    first: Validator,
    edit: Validator,
    command: Validator,
}

fn body<'a>(whole: &'a Value, path: &str, method: &str) -> &'a Value {
    &whole["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
}

fn validator(whole: &Value, schema: &Value) -> Validator {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": whole["components"],
    });
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

impl Description {
    fn load() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/discord_openapi.json");
        let Ok(text) = std::fs::read(&path) else {
            eprintln!("skipped: Discord's description is not there ({})", path.display());
            return None;
        };
        let mut whole: Value = serde_json::from_slice(&text).unwrap();
        // Described as a number, documented, answered and taken as a text of digits.
        for name in ["ApplicationCommandCreateRequest", "ApplicationCommandUpdateRequest"] {
            whole["components"]["schemas"][name]["properties"]["default_member_permissions"] =
                json!({ "type": ["string", "null"], "pattern": "^[0-9]+$" });
        }
        let (edit, commands) = (
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            "/applications/{application_id}/guilds/{guild_id}/commands",
        );
        let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
        Some(Self {
            first: validator(&whole, body(&whole, callback, "post")),
            edit: validator(&whole, body(&whole, edit, "patch")),
            command: validator(&whole, body(&whole, commands, "put")),
        })
    }
}

fn description() -> Option<&'static Description> {
    static DESCRIPTION: OnceLock<Option<Description>> = OnceLock::new();
    DESCRIPTION.get_or_init(Description::load).as_ref()
}

fn valid(validator: &Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}\n{value:#}", errors.join("; "));
}

/// A first answer.
pub(super) fn first(answer: &Value) {
    if let Some(description) = description() {
        valid(&description.first, answer);
    }
}

/// An edit of the first answer.
pub(super) fn edit(message: &Value) {
    if let Some(description) = description() {
        valid(&description.edit, message);
    }
}

#[tokio::test]
async fn the_command_is_one_that_discord_takes() {
    for policy in [both(), Policy::default(), Policy { require_reason: true, ..both() }] {
        let house = House::with(Role::Owner, policy).await;
        let command = command(&house.world.talk);
        limits::command(&command).unwrap();
        assert_eq!(command, crate::discord::command(&house.world.talk), "registering it again changes nothing");
        if let Some(description) = description() {
            valid(&description.command, &json!([command]));
        }
    }
}

#[tokio::test]
async fn the_command_as_it_is_registered() {
    let house = House::new().await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&command(&house.world.talk)).unwrap());
}

#[test]
fn the_description_refuses_what_is_wrong() {
    let Some(description) = description() else { return };
    let message = |content: &str| json!({ "type": 4, "data": { "content": content, "flags": 64 } });
    assert!(description.first.is_valid(&message("x")));
    for wrong in [
        message(&"x".repeat(2_001)),
        json!({ "type": 99, "data": {} }),
        json!({ "data": {} }),
        json!({ "type": 8, "data": { "choices": vec![json!({ "name": "x", "value": "y" }); 26] } }),
        json!({ "type": 9, "data": { "custom_id": "x", "title": "y".repeat(46), "components": [] } }),
    ] {
        assert!(!description.first.is_valid(&wrong), "{wrong}");
    }
    assert!(!description.edit.is_valid(&json!({ "content": "x".repeat(2_001) })));
    assert!(!description.command.is_valid(&json!([{ "name": "x".repeat(33) }])));
}
