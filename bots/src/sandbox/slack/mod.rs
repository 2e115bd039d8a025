//! Slack's part: what a person does in the room is posted to the service, signed as Slack signs (v0).
//!
//! Apart from what Slack takes because the calls go the other way.

mod api;
mod blocks;

pub(super) use api::routes;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use magiclink_domain::ports::{ChatAct, ChatField, ChatFieldKind, Ids};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::{Lifetime, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

use super::ChatSandbox;
use super::room::Kept;
use crate::slack::{SecretSource, SlackConfig, SlackSecrets};

/// The workspace, the app, and the one person in it.
const TEAM: &str = "T0SANDBOX";
const APP: &str = "A0SANDBOX";
const PERSON: &str = "U0YOU";
/// How long a `response_url` takes posts, and how many.
const ANSWERS_FOR: Lifetime = Lifetime::from_mins(30);
const MOST_ANSWERS: u8 = 5;
/// How long a trigger opens a dialog.
const TRIGGER_LIVES: Lifetime = Lifetime::from_secs(3);

/// The person in the room.
pub(super) fn person() -> ChatUser {
    ChatUser { platform: ChatPlatform::Slack, workspace: TEAM.to_owned(), user: PERSON.to_owned() }
}

/// What Slack remembers.
pub(super) struct SlackSide {
    base: String,
    secrets: Arc<SlackSecrets>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    answers: HashMap<String, Answers>,
    triggers: HashMap<String, Timestamp>,
    files: HashMap<String, Vec<u8>>,
}

/// One `response_url`.
#[derive(Clone, Copy)]
struct Answers {
    left: u8,
    until: Timestamp,
    /// The message that it replaces.
    message: Option<u64>,
}

struct Fixed(Arc<SlackSecrets>);

impl SecretSource for Fixed {
    fn secrets(&self) -> Arc<SlackSecrets> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for SlackSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackSide(***)")
    }
}

impl SlackSide {
    pub(super) fn drawn(ids: &dyn Ids, base: String) -> Self {
        let bot_token = format!("xoxb-{}", HEXLOWER.encode(&ids.secret()));
        let signing = vec![HEXLOWER.encode(&ids.secret())];
        let secrets = Arc::new(SlackSecrets { bot_token, signing, app_token: None });
        Self { base, secrets, memory: Mutex::default() }
    }

    pub(super) fn as_configured(&self) -> Option<(SlackConfig, Arc<dyn SecretSource>)> {
        let api_base = format!("{}/api", self.base).parse().ok()?;
        let config = SlackConfig { team_id: TEAM.to_owned(), app_id: Some(APP.to_owned()), api_base };
        Some((config, Arc::new(Fixed(Arc::clone(&self.secrets)))))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person does something.
pub(super) async fn act(sandbox: &ChatSandbox, act: ChatAct) -> Result<(), String> {
    match act {
        ChatAct::Type(text) => command(sandbox, &text).await,
        ChatAct::Press { nth, value } => press(sandbox, nth, &value).await,
        ChatAct::Search { typed, fields } => search(sandbox, &typed, &fields).await,
        ChatAct::Submit(fields) => submit(sandbox, &fields).await,
        ChatAct::Close => {
            sandbox.close(ChatPlatform::Slack);
            Ok(())
        }
    }
}

async fn command(sandbox: &ChatSandbox, text: &str) -> Result<(), String> {
    sandbox.own(ChatPlatform::Slack, &format!("/magiclink {text}"));
    let (response_url, trigger_id) = asked(sandbox, None);
    let fields = [
        ("team_id", TEAM),
        ("team_domain", "sandbox"),
        ("channel_id", "C0SANDBOX"),
        ("channel_name", "general"),
        ("user_id", PERSON),
        ("user_name", "you"),
        ("command", "/magiclink"),
        ("text", text),
        ("api_app_id", APP),
        ("is_enterprise_install", "false"),
        ("response_url", &response_url),
        ("trigger_id", &trigger_id),
    ];
    let answer = post(sandbox, "/hooks/slack/commands", &fields).await?;
    if let Ok(message) = serde_json::from_str::<Value>(&answer) {
        sandbox.say(ChatPlatform::Slack, blocks::said(&message), None);
    }
    Ok(())
}

async fn press(sandbox: &ChatSandbox, nth: u64, value: &str) -> Result<(), String> {
    let pressed = |kept: &Kept| blocks::pressed(&kept.body, value);
    let element = sandbox.carrying(ChatPlatform::Slack, nth, value, pressed)?;
    let (response_url, trigger_id) = asked(sandbox, Some(nth));
    let payload = json!({
        "type": "block_actions", "user": { "id": PERSON, "team_id": TEAM }, "team": { "id": TEAM }, "api_app_id": APP,
        "trigger_id": trigger_id, "response_url": response_url, "container": { "type": "message", "is_ephemeral": true },
        "actions": [element],
    });
    interact(sandbox, "/hooks/slack/interactions", &payload).await.map(drop)
}

async fn search(sandbox: &ChatSandbox, text: &str, fields: &[(String, String)]) -> Result<(), String> {
    let payload = json!({
        "type": "block_suggestion", "user": { "id": PERSON, "team_id": TEAM }, "team": { "id": TEAM }, "api_app_id": APP,
        "action_id": "contact", "block_id": "contact", "value": text,
    });
    let answer = interact(sandbox, "/hooks/slack/options", &payload).await?;
    let answer: Value = serde_json::from_str(&answer).map_err(|_| "the answer holds no options")?;
    let offered = blocks::options(&answer);
    sandbox.change(ChatPlatform::Slack, |room, _| {
        room.fill(fields);
        room.offer(&offered);
    });
    Ok(())
}

async fn submit(sandbox: &ChatSandbox, fields: &[(String, String)]) -> Result<(), String> {
    let filled = sandbox.filled(ChatPlatform::Slack, fields)?;
    let value = |(field, value): &(ChatField, String)| {
        (field.key.clone(), json!({ field.key.as_str(): state(&field.kind, value) }))
    };
    let values: serde_json::Map<String, Value> = filled.fields.iter().map(value).collect();
    let text = |key: &str| filled.body.get(key).cloned().unwrap_or(Value::Null);
    let view = json!({
        "id": format!("V{}", sandbox.ids.id().simple()), "type": "modal", "callback_id": text("callback_id"),
        "private_metadata": text("private_metadata"), "state": { "values": values },
    });
    let payload = json!({
        "type": "view_submission", "user": { "id": PERSON, "team_id": TEAM }, "team": { "id": TEAM }, "api_app_id": APP,
        "trigger_id": asked(sandbox, None).1, "view": view,
    });
    interact(sandbox, "/hooks/slack/interactions", &payload).await?;
    sandbox.close(ChatPlatform::Slack);
    Ok(())
}

/// A field of a dialog as Slack hands it over.
fn state(kind: &ChatFieldKind, value: &str) -> Value {
    match kind {
        ChatFieldKind::Text if value.is_empty() => json!({ "type": "plain_text_input", "value": null }),
        ChatFieldKind::Text => json!({ "type": "plain_text_input", "value": value }),
        ChatFieldKind::Menu(_) => json!({ "type": "static_select", "selected_option": { "value": value } }),
        ChatFieldKind::Search(_) => json!({ "type": "external_select", "selected_option": { "value": value } }),
    }
}

/// A fresh `response_url` and trigger; the first replaces `message`.
fn asked(sandbox: &ChatSandbox, message: Option<u64>) -> (String, String) {
    let id = || sandbox.ids.id().simple().to_string();
    let (answer, trigger, now) = (id(), id(), sandbox.clock.now());
    let mut memory = sandbox.slack.memory();
    memory.answers.retain(|_, answers| now < answers.until);
    memory.triggers.retain(|_, made| now < made.plus(TRIGGER_LIVES));
    memory.answers.insert(answer.clone(), Answers { left: MOST_ANSWERS, until: now.plus(ANSWERS_FOR), message });
    memory.triggers.insert(trigger.clone(), now);
    (format!("{}/respond/{answer}", sandbox.slack.base), trigger)
}

async fn interact(sandbox: &ChatSandbox, path: &str, payload: &Value) -> Result<String, String> {
    post(sandbox, path, &[("payload", &payload.to_string())]).await
}

/// Posts a form to the service, signed now.
async fn post(sandbox: &ChatSandbox, path: &str, fields: &[(&str, &str)]) -> Result<String, String> {
    let body = serde_urlencoded::to_string(fields).map_err(|_| "that can't be written as a form")?;
    let timestamp = sandbox.timestamp();
    let secret = sandbox.slack.secrets.signing.first().map(String::as_str).unwrap_or_default();
    let signature = sign(secret, &timestamp, &body).ok_or("that can't be signed")?;
    let request = sandbox.http.post(sandbox.hook(path)?).header("x-slack-request-timestamp", timestamp);
    let request = request.header("x-slack-signature", signature);
    ChatSandbox::answered(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

/// Slack's signature of a body ("Verifying requests from Slack").
fn sign(secret: &str, timestamp: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in ["v0:", timestamp, ":", body] {
        mac.update(part.as_bytes());
    }
    Some(format!("v0={}", HEXLOWER.encode(&mac.finalize().into_bytes())))
}
