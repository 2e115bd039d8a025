//! What Slack takes: its Web API as far as the service calls it, `response_url`s, and uploads.
//!
//! Apart from the person's acts because these are the calls of the service, made by its real client.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use magiclink_domain::team::ChatPlatform;
use serde_json::{Value, json};

use super::{PERSON, TEAM, TRIGGER_LIVES, blocks};
use crate::sandbox::ChatSandbox;
use crate::sandbox::room::{Open, Said, plain};

/// The one channel of direct messages.
const DIRECT: &str = "D0YOU";

pub(in crate::sandbox) fn routes(sandbox: Weak<ChatSandbox>) -> Router {
    Router::new()
        .route("/api/{method}", post(method))
        .route("/respond/{id}", post(respond))
        .route("/upload/{id}", post(upload))
        .with_state(sandbox)
}

async fn method(
    State(sandbox): State<Weak<ChatSandbox>>, Path(method): Path<String>, headers: HeaderMap, body: String,
) -> Response {
    let Some(sandbox) = sandbox.upgrade() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let right = format!("Bearer {}", sandbox.slack.secrets.bot_token);
    let given = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    if given != Some(right.as_str()) {
        return axum::Json(refused("invalid_auth")).into_response();
    }
    let form: HashMap<String, String> = serde_urlencoded::from_str(&body).unwrap_or_default();
    let asked: Value = serde_json::from_str(&body).unwrap_or_else(|_| json!(form));
    axum::Json(answer(&sandbox, &method, &asked)).into_response()
}

fn answer(sandbox: &ChatSandbox, method: &str, asked: &Value) -> Value {
    let text = |pointer: &str| asked.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    match method {
        "auth.test" => json!({ "ok": true, "team_id": TEAM, "team": "Sandbox", "user": "magiclink" }),
        "users.info" if text("/user") == PERSON => {
            json!({ "ok": true, "user": { "id": PERSON, "team_id": TEAM, "name": "you" } })
        }
        "users.info" => refused("user_not_found"),
        "views.open" => opened(sandbox, text("/trigger_id"), asked.get("view").cloned().unwrap_or_default()),
        "chat.postMessage" if text("/channel") == PERSON => {
            sandbox.say(ChatPlatform::Slack, Said { direct: true, ..blocks::said(asked) }, None);
            json!({ "ok": true, "channel": DIRECT, "ts": "1.1" })
        }
        "conversations.open" if text("/users") == PERSON => json!({ "ok": true, "channel": { "id": DIRECT } }),
        "files.getUploadURLExternal" => {
            let id = format!("F{}", sandbox.ids.id().simple()).to_uppercase();
            json!({ "ok": true, "upload_url": format!("{}/upload/{id}", sandbox.slack.base), "file_id": id })
        }
        "files.completeUploadExternal" if text("/channel_id") == DIRECT => shared(sandbox, asked),
        _ => refused("unknown_method"),
    }
}

fn refused(error: &str) -> Value {
    json!({ "ok": false, "error": error })
}

fn opened(sandbox: &ChatSandbox, trigger: &str, view: Value) -> Value {
    let made = sandbox.slack.memory().triggers.remove(trigger);
    match made {
        Some(at) if sandbox.clock.now() < at.plus(TRIGGER_LIVES) => {
            let dialog = Open { shown: blocks::dialog(&view), body: view, from: None };
            sandbox.change(ChatPlatform::Slack, |room, _| room.open(dialog));
            json!({ "ok": true, "view": { "id": "V0" } })
        }
        Some(_) => refused("expired_trigger_id"),
        None => refused("exchanged_trigger_id"),
    }
}

/// A file, shared in the direct messages.
fn shared(sandbox: &ChatSandbox, asked: &Value) -> Value {
    let id = asked.pointer("/files/0/id").and_then(Value::as_str).unwrap_or_default();
    let Some(picture) = sandbox.slack.memory().files.remove(id) else { return refused("file_not_found") };
    let comment = asked.get("initial_comment").and_then(Value::as_str).unwrap_or_default();
    let lines = vec![vec![plain(comment)]];
    let said = Said { lines, picture: Some(picture), direct: true, body: asked.clone(), ..Said::default() };
    sandbox.say(ChatPlatform::Slack, said, None);
    json!({ "ok": true, "files": asked.get("files") })
}

async fn upload(State(sandbox): State<Weak<ChatSandbox>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let Some(sandbox) = sandbox.upgrade() else { return StatusCode::SERVICE_UNAVAILABLE };
    let mut memory = sandbox.slack.memory();
    // Whatever was never shared is forgotten.
    memory.files.clear();
    memory.files.insert(id, body.to_vec());
    StatusCode::OK
}

async fn respond(
    State(sandbox): State<Weak<ChatSandbox>>, Path(id): Path<String>, axum::Json(body): axum::Json<Value>,
) -> Response {
    let Some(sandbox) = sandbox.upgrade() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let sandbox: Arc<ChatSandbox> = sandbox;
    let now = sandbox.clock.now();
    let taken = sandbox.slack.memory().answers.get_mut(&id).filter(|one| one.left > 0 && now < one.until).map(|one| {
        one.left -= 1;
        one.message
    });
    let Some(message) = taken else { return (StatusCode::NOT_FOUND, "used_url").into_response() };
    let in_place = body.get("replace_original").and_then(Value::as_bool) == Some(true);
    let nth = sandbox.say(ChatPlatform::Slack, blocks::said(&body), message.filter(|_| in_place));
    // What is said first at an address is what it replaces later.
    if let Some(one) = sandbox.slack.memory().answers.get_mut(&id).filter(|one| one.message.is_none()) {
        one.message = Some(nth);
    }
    "ok".into_response()
}
