//! Slack's side: its Web API, its addresses for answers, its signatures, and what it refuses.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use magiclink_domain::authority::Role;
use magiclink_domain::ports::Clock as _;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::Policy;
use magiclink_store::testing::ManualClock;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::limits;
use crate::conversation::tests::world::{World, both};
use crate::slack::{SecretSource, Slack, SlackConfig, SlackSecrets, router};

/// What Slack was told.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) what: String,
    pub(super) body: Value,
}

/// One address for answers.
struct Answers {
    posts: u8,
    until: Timestamp,
}

struct Inner {
    clock: Arc<ManualClock>,
    calls: UnboundedSender<Call>,
    answers: Mutex<HashMap<String, Answers>>,
    triggers: Mutex<HashMap<String, Timestamp>>,
    /// What users.info says of everybody, beside who they are.
    flags: Mutex<HashMap<String, Value>>,
    /// Calls that are answered 429 first.
    busy: Mutex<u32>,
    /// Answers that are taken with 503 first.
    down: Mutex<u32>,
    socket: Mutex<Option<String>>,
    /// Where files are to be uploaded.
    uploads: Mutex<String>,
    base: String,
}

/// Slack, and the product beside it.
pub(super) struct House {
    pub(super) world: World,
    pub(super) slack: Arc<Slack>,
    inner: Arc<Inner>,
    pub(super) secrets: Arc<Rotating>,
    /// Where the product answers.
    pub(super) ours: String,
    calls: UnboundedReceiver<Call>,
    number: u32,
}

/// Secrets that a test changes.
#[derive(Default)]
pub(super) struct Rotating(pub(super) Mutex<Arc<SlackSecrets>>);

impl SecretSource for Rotating {
    fn secrets(&self) -> Arc<SlackSecrets> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

pub(super) fn secrets(signing: &str, token: &str) -> Arc<SlackSecrets> {
    let (bot_token, signing) = (token.to_owned(), vec![signing.to_owned()]);
    Arc::new(SlackSecrets { bot_token, signing, app_token: Some("xapp-1".to_owned()) })
}

async fn web_api(
    State(slack): State<Arc<Inner>>, Path(method): Path<String>, headers: HeaderMap, body: String,
) -> Response {
    {
        let mut busy = slack.busy.lock().unwrap();
        if *busy > 0 {
            *busy -= 1;
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
        }
    }
    let token = headers["authorization"].to_str().unwrap().to_owned();
    let form: HashMap<String, String> = serde_urlencoded::from_str(&body).unwrap_or_default();
    let parsed: Value = serde_json::from_str(&body).unwrap_or_else(|_| json!(form));
    let answer = match method.as_str() {
        _ if !token.starts_with("Bearer xoxb-") && method != "apps.connections.open" => {
            json!({ "ok": false, "error": "invalid_auth" })
        }
        "auth.test" => json!({ "ok": true, "team_id": "T1", "team": "Example", "user": "magiclink" }),
        "users.info" => {
            let user = parsed["user"].as_str().unwrap().to_owned();
            let mut known = json!({ "id": user, "team_id": "T1", "name": "x" });
            if let Some(flags) = slack.flags.lock().unwrap().get(&user) {
                known.as_object_mut().unwrap().extend(flags.as_object().unwrap().clone());
            }
            json!({ "ok": true, "user": known })
        }
        "views.open" => opened(&slack, &parsed),
        "chat.postMessage" => match limits::message(&parsed) {
            None => json!({ "ok": true, "ts": "1.1" }),
            Some(why) => panic!("slack refuses {why} of {parsed:#}"),
        },
        "files.getUploadURLExternal" if token.contains("without-files") => {
            json!({ "ok": false, "error": "missing_scope" })
        }
        "files.getUploadURLExternal" => {
            let address = format!("{}/F0000001", slack.uploads.lock().unwrap());
            json!({ "ok": true, "upload_url": address, "file_id": "F0000001" })
        }
        "conversations.open" => {
            json!({ "ok": true, "channel": { "id": format!("D-{}", parsed["users"].as_str().unwrap()) } })
        }
        "files.completeUploadExternal" => json!({ "ok": true, "files": parsed["files"] }),
        "apps.connections.open" if token == "Bearer xapp-1" => match slack.socket.lock().unwrap().clone() {
            Some(url) => json!({ "ok": true, "url": url }),
            None => json!({ "ok": false, "error": "internal_error" }),
        },
        _ => json!({ "ok": false, "error": "unknown_method" }),
    };
    if method != "users.info" {
        drop(
            slack.calls.send(Call { what: method, body: json!({ "sent": parsed, "token": token, "answer": answer }) }),
        );
    }
    axum::Json(answer).into_response()
}

async fn upload(
    State(slack): State<Arc<Inner>>, Path(id): Path<String>, headers: HeaderMap, body: axum::body::Bytes,
) -> &'static str {
    let kind = headers["content-type"].to_str().unwrap();
    let call = Call { what: format!("upload {id}"), body: json!({ "png": body.to_vec(), "type": kind }) };
    drop(slack.calls.send(call));
    "OK"
}

fn opened(slack: &Inner, parsed: &Value) -> Value {
    if let Some(why) = limits::view(&parsed["view"]) {
        panic!("slack refuses {why} of {parsed:#}");
    }
    let made = slack.triggers.lock().unwrap().remove(parsed["trigger_id"].as_str().unwrap());
    match made {
        Some(at) if slack.clock.now() < at.plus(Lifetime::from_secs(3)) => {
            json!({ "ok": true, "view": { "id": "V1" } })
        }
        Some(_) => json!({ "ok": false, "error": "expired_trigger_id" }),
        None => json!({ "ok": false, "error": "exchanged_trigger_id" }),
    }
}

async fn respond(State(slack): State<Arc<Inner>>, Path(id): Path<String>, body: String) -> Response {
    let parsed: Value = serde_json::from_str(&body).unwrap();
    if let Some(why) = limits::message(&parsed) {
        panic!("slack refuses {why} of {parsed:#}");
    }
    assert_eq!(parsed["response_type"], "ephemeral", "visible to the asker alone");
    {
        let mut down = slack.down.lock().unwrap();
        if *down > 0 {
            *down -= 1;
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    let now = slack.clock.now();
    let taken = {
        let mut answers = slack.answers.lock().unwrap();
        match answers.get_mut(&id) {
            Some(answers) if now < answers.until && answers.posts > 0 => {
                answers.posts -= 1;
                true
            }
            _ => false,
        }
    };
    let what = if taken { format!("answer {id}") } else { format!("refused answer {id}") };
    drop(slack.calls.send(Call { what, body: parsed }));
    if taken { "ok".into_response() } else { (StatusCode::NOT_FOUND, "used_url").into_response() }
}

impl House {
    pub(super) async fn new() -> Self {
        Self::with(Role::Agent, both()).await
    }

    pub(super) async fn with(role: Role, policy: Policy) -> Self {
        let world = World::with(role, policy).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sender, calls) = unbounded_channel();
        let inner = Arc::new(Inner {
            clock: Arc::clone(&world.clock),
            calls: sender,
            answers: Mutex::default(),
            triggers: Mutex::default(),
            flags: Mutex::default(),
            busy: Mutex::default(),
            down: Mutex::default(),
            socket: Mutex::default(),
            uploads: Mutex::new(format!("{base}/upload")),
            base: base.clone(),
        });
        let routes = Router::new().route("/api/{method}", post(web_api)).route("/respond/{id}", post(respond));
        let routes = routes.route("/upload/{id}", post(upload));
        let routes = routes.with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let rotating = Arc::new(Rotating(Mutex::new(secrets("s3cret", "xoxb-1"))));
        let config = SlackConfig {
            team_id: "T1".to_owned(),
            app_id: Some("A1".to_owned()),
            api_base: format!("{base}/api").parse().unwrap(),
        };
        let leases = Arc::clone(&world.leases);
        let slack = Slack::new(Arc::clone(&world.talk), config, Arc::clone(&rotating) as _, leases).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = format!("http://{}", listener.local_addr().unwrap());
        let routes = router(Arc::clone(&slack));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { world, slack, inner, secrets: rotating, ours, calls, number: 0 }
    }

    pub(super) fn set_flags(&self, user: &str, flags: Value) {
        self.inner.flags.lock().unwrap().insert(user.to_owned(), flags);
    }

    pub(super) fn be_busy(&self, times: u32) {
        *self.inner.busy.lock().unwrap() = times;
    }

    pub(super) fn send_uploads_to(&self, address: &str) {
        address.clone_into(&mut self.inner.uploads.lock().unwrap());
    }

    pub(super) fn be_down(&self, times: u32) {
        *self.inner.down.lock().unwrap() = times;
    }

    pub(super) fn set_socket(&self, url: &str) {
        *self.inner.socket.lock().unwrap() = Some(url.to_owned());
    }

    pub(super) fn is_socket_wanted(&self) -> bool {
        self.inner.socket.lock().unwrap().is_some()
    }

    /// A fresh address for answers.
    pub(super) fn address(&mut self) -> String {
        self.number += 1;
        let id = self.number.to_string();
        let until = self.world.clock.now().plus(Lifetime::from_mins(30));
        self.inner.answers.lock().unwrap().insert(id.clone(), Answers { posts: 5, until });
        format!("{}/respond/{id}", self.inner.base)
    }

    fn trigger(&mut self) -> String {
        let trigger = format!("13345224609.{}", self.number);
        self.inner.triggers.lock().unwrap().insert(trigger.clone(), self.world.clock.now());
        trigger
    }

    /// The fields of a slash command as Slack posts them.
    pub(super) fn command(&mut self, user: &str, text: &str) -> Vec<(&'static str, String)> {
        let (response_url, trigger) = (self.address(), self.trigger());
        [
            ("token", "gIkuvaNzQIHg97ATvDxqgjtO"),
            ("team_id", "T1"),
            ("team_domain", "example"),
            ("channel_id", "C2147483705"),
            ("channel_name", "test"),
            ("user_id", user),
            ("user_name", "Steve"),
            ("command", "/magiclink"),
            ("text", text),
            ("api_app_id", "A1"),
            ("is_enterprise_install", "false"),
        ]
        .into_iter()
        .map(|(key, value)| (key, value.to_owned()))
        .chain([("response_url", response_url), ("trigger_id", trigger)])
        .collect()
    }

    /// Posts a form as Slack does, signed now.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, String)]) -> reqwest::Response {
        self.post_signed(path, &serde_urlencoded::to_string(fields).unwrap(), "s3cret").await
    }

    pub(super) async fn post_signed(&self, path: &str, body: &str, secret: &str) -> reqwest::Response {
        let timestamp = (self.world.clock.now().micros() / 1_000_000).to_string();
        let signature = sign(secret, &timestamp, body);
        self.post_raw(path, body, &[("x-slack-request-timestamp", timestamp), ("x-slack-signature", signature)]).await
    }

    pub(super) async fn post_raw(&self, path: &str, body: &str, headers: &[(&str, String)]) -> reqwest::Response {
        let mut request = reqwest::Client::new().post(format!("{}{path}", self.ours)).body(body.to_owned());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.send().await.unwrap()
    }

    /// Somebody types; answers what Slack was told then.
    pub(super) async fn types(&mut self, user: &str, text: &str) -> Call {
        let command = self.command(user, text);
        let acknowledged = self.post("/hooks/slack/commands", &command).await;
        assert_eq!((acknowledged.status(), acknowledged.text().await.unwrap().as_str()), (StatusCode::OK, ""));
        self.next().await
    }

    /// An interaction as Slack posts it.
    pub(super) async fn interacts(&self, path: &str, payload: &Value) -> reqwest::Response {
        self.post(path, &[("payload", payload.to_string())]).await
    }

    /// Kim presses the button or chooses the option with this label in that message.
    pub(super) async fn presses(&mut self, message: &Value, label: &str) -> Call {
        let value = value_of(message, label);
        let (response_url, trigger) = (self.address(), self.trigger());
        let payload = json!({
            "type": "block_actions", "user": { "id": "U1", "team_id": "T1" }, "team": { "id": "T1" }, "api_app_id": "A1",
            "trigger_id": trigger, "response_url": response_url, "container": { "is_ephemeral": true },
            "actions": [{ "type": "button", "action_id": "button0", "value": value }],
        });
        assert_eq!(self.interacts("/hooks/slack/interactions", &payload).await.status(), StatusCode::OK);
        self.next().await
    }

    /// What Slack is told next.
    pub(super) async fn next(&mut self) -> Call {
        tokio::time::timeout(Duration::from_secs(10), self.calls.recv())
            .await
            .expect("slack is told something")
            .unwrap()
    }

    /// Whether Slack has been told nothing more once all work is done.
    pub(super) async fn is_quiet(&mut self) -> bool {
        self.slack.finish().await;
        self.calls.try_recv().is_err()
    }
}

/// Slack's signature of a body.
pub(super) fn sign(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    format!("v0={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// What a button or option of a message carries.
pub(super) fn value_of(message: &Value, label: &str) -> String {
    let blocks = message["blocks"].as_array().unwrap();
    let elements = blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let all =
        elements.flat_map(|element| element["options"].as_array().cloned().unwrap_or_else(|| vec![element.clone()]));
    let found = all.into_iter().find(|one| one["text"]["text"] == label);
    found.unwrap_or_else(|| panic!("no {label} in {message:#}"))["value"].as_str().unwrap().to_owned()
}

/// A message as it is read.
pub(super) fn read(message: &Value) -> String {
    let sections = message["blocks"][0]["elements"].as_array().unwrap();
    let elements = sections.iter().flat_map(|section| section["elements"].as_array().unwrap());
    elements.map(|one| one["text"].as_str().or(one["url"].as_str()).unwrap().to_owned()).collect()
}
