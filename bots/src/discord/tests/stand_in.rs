//! Discord's side: interactions signed as it signs them, its REST API, and what it refuses.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer, SigningKey};
use magiclink_domain::authority::Role;
use magiclink_domain::ports::Clock as _;
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::usecases::Policy;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::server::upload::{self, File};
use super::{description, limits};
use crate::conversation::tests::world::{World, both};
use crate::discord::{Discord, DiscordConfig, DiscordSecrets, Mode, PublicKey, SecretSource, router};

pub(super) const APPLICATION: &str = "100000000000000001";
pub(super) const GUILD: &str = "100000000000000002";
/// Kim, as Discord knows her.
pub(super) const KIM: &str = "100000000000000003";
pub(super) const AT: &str = "/hooks/discord/interactions";

/// What Discord was told beside its answers.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) token: String,
    pub(super) body: Value,
    /// The picture that came with it.
    pub(super) file: Option<File>,
}

#[derive(Default)]
pub(super) struct Moods {
    /// Calls that are answered 429 first.
    pub(super) busy: u32,
    /// Calls that are answered 404 first: the first answer is not placed yet.
    pub(super) not_yet: u32,
    /// No files are taken.
    pub(super) no_files: bool,
    pub(super) application: Value,
}

struct Inner {
    calls: UnboundedSender<Call>,
    moods: Mutex<Moods>,
}

/// Discord, and the product beside it.
pub(super) struct House {
    pub(super) world: World,
    pub(super) discord: Arc<Discord>,
    pub(super) secrets: Arc<Rotating>,
    pub(super) config: DiscordConfig,
    pub(super) key: SigningKey,
    inner: Arc<Inner>,
    /// One for all requests: making one reads every certificate of the system.
    http: reqwest::Client,
    ours: String,
    calls: UnboundedReceiver<Call>,
    number: u64,
}

/// Secrets that a test changes.
pub(super) struct Rotating(pub(super) Mutex<Arc<DiscordSecrets>>);

impl SecretSource for Rotating {
    fn secrets(&self) -> Arc<DiscordSecrets> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

/// A key that nobody had before.
pub(super) fn new_key() -> SigningKey {
    let mut bytes = [0; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    SigningKey::from_bytes(&bytes)
}

pub(super) fn public(key: &SigningKey) -> PublicKey {
    HEXLOWER.encode(key.verifying_key().as_bytes()).parse().unwrap()
}

pub(super) fn secrets(keys: &[&SigningKey], token: &str) -> Arc<DiscordSecrets> {
    let public_keys = keys.iter().map(|key| public(key)).collect();
    Arc::new(DiscordSecrets { bot_token: token.to_owned(), public_keys })
}

async fn edit(
    State(discord): State<Arc<Inner>>, Path((application, token)): Path<(String, String)>, headers: HeaderMap,
    request: Request,
) -> Response {
    {
        let mut moods = discord.moods.lock().unwrap();
        if moods.busy > 0 {
            moods.busy -= 1;
            let body = json!({ "message": "You are being rate limited.", "retry_after": 0.05, "global": false });
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0.05")], body.to_string()).into_response();
        }
        if moods.not_yet > 0 {
            moods.not_yet -= 1;
            return (StatusCode::NOT_FOUND, json!({ "code": 10015, "message": "Unknown Webhook" }).to_string())
                .into_response();
        }
    }
    assert_eq!(application, APPLICATION);
    assert!(!headers.contains_key("authorization"), "the address is the right; the bot's token stays at home");
    let (body, file) = upload::read(request).await.unwrap();
    limits::message(&body).unwrap();
    description::edit(&body);
    if file.is_some() && discord.moods.lock().unwrap().no_files {
        let body = json!({ "code": 40005, "message": "Request entity too large" });
        return (StatusCode::PAYLOAD_TOO_LARGE, body.to_string()).into_response();
    }
    drop(discord.calls.send(Call { token, body, file }));
    axum::Json(json!({ "id": "1" })).into_response()
}

async fn application(State(discord): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    if headers["authorization"] != "Bot token" {
        return (StatusCode::UNAUTHORIZED, json!({ "code": 0, "message": "401: Unauthorized" }).to_string())
            .into_response();
    }
    axum::Json(discord.moods.lock().unwrap().application.clone()).into_response()
}

async fn commands(Path((_, guild)): Path<(String, String)>) -> Response {
    if guild == GUILD {
        return axum::Json(json!([])).into_response();
    }
    (StatusCode::FORBIDDEN, json!({ "code": 50001, "message": "Missing Access" }).to_string()).into_response()
}

impl House {
    pub(super) async fn new() -> Self {
        Self::with(Role::Agent, both()).await
    }

    pub(super) async fn with(role: Role, policy: Policy) -> Self {
        let world = World::with(role, policy).await;
        let staff = world.staff("Lee Early", role).await;
        world.connect(staff, &ChatUser::parse(ChatPlatform::Discord, GUILD, KIM).unwrap()).await;
        let (sender, calls) = unbounded_channel();
        let inner = Arc::new(Inner { calls: sender, moods: Mutex::default() });
        let routes = Router::new()
            .route("/api/v10/webhooks/{application}/{token}/messages/@original", patch(edit))
            .route("/api/v10/applications/@me", get(application))
            .route("/api/v10/applications/{application}/guilds/{guild}/commands", get(commands))
            .with_state(Arc::clone(&inner));
        let base = serve(routes).await;
        let key = new_key();
        let rotating = Arc::new(Rotating(Mutex::new(secrets(&[&key], "token"))));
        let config = DiscordConfig {
            application_id: APPLICATION.to_owned(),
            guild_id: GUILD.to_owned(),
            mode: Mode::Http,
            api_base: base.parse().unwrap(),
        };
        let discord = Discord::new(
            Arc::clone(&world.talk),
            config.clone(),
            Arc::clone(&rotating) as _,
            Arc::clone(&world.leases),
        )
        .unwrap();
        let ours = serve(router(Arc::clone(&discord))).await;
        Self {
            world,
            discord,
            secrets: rotating,
            config,
            key,
            inner,
            http: reqwest::Client::new(),
            ours,
            calls,
            number: 0,
        }
    }

    /// The same house, with a product that has no time: every answer comes later.
    pub(super) async fn in_a_hurry() -> Self {
        let mut house = Self::new().await;
        let (talk, secrets) = (Arc::clone(&house.world.talk), Arc::clone(&house.secrets));
        let leases = Arc::clone(&house.world.leases);
        house.discord = Discord::patient(talk, house.config.clone(), secrets, leases, None).unwrap();
        house.ours = serve(router(Arc::clone(&house.discord))).await;
        house
    }

    pub(super) fn moods(&self) -> std::sync::MutexGuard<'_, Moods> {
        self.inner.moods.lock().unwrap()
    }

    /// An interaction as Discord sends it, of Kim in our server.
    pub(super) fn interaction(&mut self, kind: u8, data: Value) -> Value {
        self.number += 1;
        let mut interaction = json!({
            "app_permissions": "2248473465835073",
            "application_id": APPLICATION,
            "attachment_size_limit": 10_485_760,
            "authorizing_integration_owners": { "0": GUILD },
            "channel": { "id": "100000000000000009", "type": 0, "guild_id": GUILD, "name": "front-desk", "permissions": "0" },
            "channel_id": "100000000000000009",
            "context": 0,
            "entitlements": [],
            "guild": { "features": [], "id": GUILD, "locale": "en-GB" },
            "guild_id": GUILD,
            "guild_locale": "en-GB",
            "id": (100_000_000_000_001_000 + self.number).to_string(),
            "locale": "en-GB",
            "member": {
                "avatar": null, "banner": null, "communication_disabled_until": null, "deaf": false, "flags": 0,
                "joined_at": "2026-01-05T10:00:00.000000+00:00", "mute": false, "nick": "<@&1>", "pending": false,
                "permissions": "2248473465835073", "premium_since": null, "roles": ["100000000000000008"],
                "unusual_dm_activity_until": null,
                "user": {
                    "avatar": null, "avatar_decoration_data": null, "discriminator": "0", "global_name": "Kim",
                    "id": KIM, "public_flags": 0, "username": "kim", "clan": null,
                },
            },
            "token": format!("aW50ZXJhY3Rpb246.{}", self.number),
            "type": kind,
            "version": 1,
        });
        interaction["data"] = data;
        interaction
    }

    /// The command with these options.
    pub(super) fn command(&mut self, options: &[(&str, &str)]) -> Value {
        let option = |(name, value): &(&str, &str)| json!({ "name": name, "type": 3, "value": value });
        let options: Vec<Value> = options.iter().map(option).collect();
        let data = json!({
            "id": "100000000000000007", "name": "magiclink", "type": 1, "guild_id": GUILD, "options": options,
        });
        self.interaction(2, data)
    }

    /// Kim types; the first answer.
    pub(super) async fn types(&mut self, contact: &str) -> Value {
        let command = if contact.is_empty() { self.command(&[]) } else { self.command(&[("contact", contact)]) };
        self.answered(&command).await
    }

    /// Kim presses the button or chooses the option with this label in that message.
    pub(super) async fn presses(&mut self, message: &Value, label: &str) -> Value {
        let pressed = self.pressed(message, label);
        self.answered(&pressed).await
    }

    /// The interaction of a pressed button or of a choice.
    pub(super) fn pressed(&mut self, message: &Value, label: &str) -> Value {
        let (custom_id, values) = carried(message, label);
        let component = if values.is_empty() { 2 } else { 3 };
        let mut data = json!({ "custom_id": custom_id, "component_type": component, "id": 1 });
        if !values.is_empty() {
            data["values"] = json!(values);
        }
        let mut interaction = self.interaction(3, data);
        interaction["message"] = standing(message);
        interaction
    }

    /// Discord's request with this interaction, answered well.
    pub(super) async fn answered(&self, interaction: &Value) -> Value {
        let response = self.post(&interaction.to_string()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/json");
        let first: Value = response.json().await.unwrap();
        limits::first(&first).unwrap();
        description::first(&first);
        first
    }

    /// Posts a body as Discord does, signed now.
    pub(super) async fn post(&self, body: &str) -> reqwest::Response {
        self.post_signed(body, &self.key).await
    }

    pub(super) async fn post_signed(&self, body: &str, key: &SigningKey) -> reqwest::Response {
        let timestamp = self.timestamp();
        let signature = sign(key, &timestamp, body);
        self.post_raw(body, &[("x-signature-timestamp", timestamp), ("x-signature-ed25519", signature)]).await
    }

    pub(super) fn timestamp(&self) -> String {
        (self.world.clock.now().micros() / 1_000_000).to_string()
    }

    pub(super) async fn post_raw(&self, body: &str, headers: &[(&str, String)]) -> reqwest::Response {
        let mut request = self.http.post(format!("{}{AT}", self.ours)).body(body.to_owned());
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.send().await.unwrap()
    }

    /// What Discord is told next.
    pub(super) async fn next(&mut self) -> Call {
        let told = tokio::time::timeout(Duration::from_secs(10), self.calls.recv()).await;
        told.expect("discord is told something").unwrap()
    }

    /// Whether Discord has been told nothing more once all work is done.
    pub(super) async fn is_quiet(&mut self) -> bool {
        self.discord.finish().await;
        self.calls.try_recv().is_err()
    }
}

async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    base
}

/// Discord's signature of a body.
pub(super) fn sign(key: &SigningKey, timestamp: &str, body: &str) -> String {
    HEXLOWER.encode(&key.sign([timestamp, body].concat().as_bytes()).to_bytes())
}

/// Every component of a message, rows opened.
fn components(message: &Value) -> Vec<Value> {
    let rows = message["components"].as_array().unwrap();
    rows.iter().flat_map(|row| row["components"].as_array().unwrap().clone()).collect()
}

/// What a button or option of a message carries: its `custom_id`, and the values that are chosen.
pub(super) fn carried(message: &Value, label: &str) -> (String, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for component in components(message) {
        if component["label"] == label {
            return (text(&component["custom_id"]), vec![]);
        }
        let options = component["options"].as_array().cloned().unwrap_or_default();
        if let Some(option) = options.iter().find(|option| option["label"] == label) {
            return (text(&component["custom_id"]), vec![text(&option["value"])]);
        }
    }
    panic!("no {label} in {message:#}")
}

/// A message of ours as Discord hands it back with a pressed button.
fn standing(message: &Value) -> Value {
    json!({
        "id": "100000000000000010", "channel_id": "100000000000000009", "type": 20, "content": message["content"],
        "author": { "id": APPLICATION, "username": "magiclink", "discriminator": "0000", "bot": true, "avatar": null },
        "timestamp": "2026-05-01T10:00:00.000000+00:00", "edited_timestamp": null, "tts": false,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false,
        "flags": 68, "components": message["components"],
    })
}

/// A message as it is read, with what is on its buttons and in its menus.
pub(super) fn read(message: &Value) -> String {
    let mut lines = vec![message["content"].as_str().unwrap().to_owned()];
    for component in components(message) {
        match component["type"].as_u64().unwrap() {
            2 => lines.push(format!("[{}]", component["label"].as_str().unwrap())),
            3 => {
                lines.push(format!("<{}>", component["placeholder"].as_str().unwrap()));
                let option = |option: &Value| {
                    let detail = option["description"].as_str().map(|detail| format!(" | {detail}"));
                    format!("  - {}{}", option["label"].as_str().unwrap(), detail.unwrap_or_default())
                };
                lines.extend(component["options"].as_array().unwrap().iter().map(option));
            }
            other => panic!("unknown component {other}"),
        }
    }
    lines.join("\n")
}
