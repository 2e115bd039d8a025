//! Discord's REST API, as far as we call it: what it takes, what it refuses, and how often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::description::Description;
use super::shapes::{beyond_limits, shown, user};
use super::{APPLICATION, Call, GUILD, upload};

/// How long Discord waits for a first answer.
const THREE_SECONDS: Duration = Duration::from_secs(3);
const COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";
const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
const ORIGINAL: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";

/// An interaction that was handed out.
#[derive(Debug)]
pub struct Handed {
    pub id: String,
    pub at: Instant,
    /// The type of its first answer.
    pub answered: Option<u64>,
}

/// Calls that are answered 429 first.
#[derive(Clone, Debug)]
pub struct Limit {
    /// A part of the path.
    pub path: &'static str,
    pub times: u32,
    pub retry_after: f64,
    pub global: bool,
}

/// What a test sets.
#[expect(clippy::struct_excessive_bools, reason = "each is set on its own")]
#[derive(Debug, Default)]
pub struct Knobs {
    pub limits: Vec<Limit>,
    /// Tokens of interactions that live no longer.
    pub expired: bool,
    /// Nobody takes direct messages.
    pub closed: bool,
    /// Nothing answers.
    pub is_down: bool,
    /// No files are taken.
    pub no_files: bool,
    /// Sessions that may still be begun.
    pub spent: bool,
    /// Where interactions are posted to, if anywhere.
    pub endpoint: Option<String>,
    /// The public key of the application.
    pub key: String,
    /// Another address than the gateway's own.
    pub gateway: Option<String>,
}

pub struct Rest {
    pub tokens: Arc<Mutex<Vec<String>>>,
    pub gateway: String,
    pub interactions: Mutex<HashMap<String, Handed>>,
    pub commands: Mutex<Vec<Value>>,
    pub knobs: Mutex<Knobs>,
    /// What was refused, and why: nothing should be.
    pub wrong: Mutex<Vec<String>>,
    pub description: Option<Description>,
    pub calls: UnboundedSender<Call>,
}

type Answer = Result<(StatusCode, Value), (StatusCode, u64, &'static str)>;

pub fn router(rest: Arc<Rest>) -> Router {
    let api = Router::new()
        .route("/gateway", get(gateway))
        .route("/gateway/bot", get(gateway))
        .route("/applications/@me", get(application))
        .route(COMMANDS, get(commands).put(register))
        .route(CALLBACK, post(callback))
        .route(ORIGINAL, patch(edit))
        .route("/users/@me/channels", post(channel))
        .route("/channels/{channel}/messages", post(message));
    Router::new().nest("/api/v10", api).with_state(rest)
}

impl Rest {
    /// Answers as Discord does: limits first, then who asks, then what.
    fn answer(&self, headers: &HeaderMap, path: &str, as_bot: bool, made: impl FnOnce() -> Answer) -> Response {
        if self.knobs.lock().unwrap().is_down {
            self.told("missed", json!({ "path": path }));
            return StatusCode::BAD_GATEWAY.into_response();
        }
        if let Some(limit) = self.limited(path) {
            self.told("limited", json!({ "path": path }));
            let body = json!({
                "message": "You are being rate limited.", "retry_after": limit.retry_after, "global": limit.global,
            });
            let after = limit.retry_after.ceil().to_string();
            let reset = limit.retry_after.to_string();
            let headers =
                [("retry-after", after), ("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset-after", reset)];
            return (StatusCode::TOO_MANY_REQUESTS, headers, axum::Json(body)).into_response();
        }
        let made = if as_bot && !self.is_known(headers) {
            Err((StatusCode::UNAUTHORIZED, 0, "401: Unauthorized"))
        } else {
            made()
        };
        let limits = [("x-ratelimit-limit", "5"), ("x-ratelimit-remaining", "4"), ("x-ratelimit-reset-after", "1.0")];
        match made {
            Ok((status, Value::Null)) => (status, limits).into_response(),
            Ok((status, body)) => (status, limits, axum::Json(body)).into_response(),
            Err((status, code, message)) => {
                (status, limits, axum::Json(json!({ "code": code, "message": message }))).into_response()
            }
        }
    }

    fn limited(&self, path: &str) -> Option<Limit> {
        let mut knobs = self.knobs.lock().unwrap();
        let limit = knobs.limits.iter_mut().find(|limit| limit.times > 0 && path.contains(limit.path))?;
        limit.times -= 1;
        Some(limit.clone())
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bot "));
        token.is_some_and(|token| self.tokens.lock().unwrap().iter().any(|known| known == token))
    }

    fn told(&self, what: &str, body: Value) {
        drop(self.calls.send(Call { what: what.to_owned(), body }));
    }

    /// Holds a body against the description; what it refuses fails the test.
    fn check(&self, method: &str, path: &str, body: &Value) -> Result<(), (StatusCode, u64, &'static str)> {
        let wrong = self.description.as_ref().and_then(|description| description.request(method, path, body));
        let wrong = wrong.or_else(|| beyond_limits(body.get("data").unwrap_or(body)));
        let Some(wrong) = wrong else { return Ok(()) };
        self.wrong.lock().unwrap().push(format!("{method} {path}: {wrong} in {body:#}"));
        Err((StatusCode::BAD_REQUEST, 50_035, "Invalid Form Body"))
    }

    /// Holds an answer of our own against the description.
    #[expect(clippy::unnecessary_wraps, reason = "one of two ways to answer")]
    fn true_to(&self, method: &str, path: &str, body: Value) -> Answer {
        let wrong = self.description.as_ref().and_then(|description| description.answer(method, path, 200, &body));
        if let Some(wrong) = wrong {
            self.wrong.lock().unwrap().push(format!("answer to {method} {path}: {wrong}"));
        }
        Ok((StatusCode::OK, body))
    }
}

async fn gateway(State(rest): State<Arc<Rest>>, headers: HeaderMap) -> Response {
    rest.answer(&headers, "/gateway/bot", true, || {
        let (spent, other) = {
            let knobs = rest.knobs.lock().unwrap();
            (knobs.spent, knobs.gateway.clone())
        };
        let limit = json!({
            "total": 1000, "remaining": if spent { 0 } else { 999 }, "reset_after": 14_400_000, "max_concurrency": 1,
        });
        let url = other.unwrap_or_else(|| format!("ws://{}/", rest.gateway));
        rest.true_to("get", "/gateway/bot", json!({ "url": url, "shards": 1, "session_start_limit": limit }))
    })
}

async fn application(State(rest): State<Arc<Rest>>, headers: HeaderMap) -> Response {
    rest.answer(&headers, "/applications/@me", true, || {
        let (endpoint, key) = { let knobs = rest.knobs.lock().unwrap(); (knobs.endpoint.clone(), knobs.key.clone()) };
        let body = json!({
            "id": APPLICATION, "name": "Example", "icon": null, "description": "", "type": null, "verify_key": key,
            "flags": 0, "flags_new": "0", "redirect_uris": [], "interactions_endpoint_url": endpoint,
            "role_connections_verification_url": null, "owner": user("100000000000000005", "olga"), "approximate_guild_count": 1,
            "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0, "team": null, "eligible_oauth2_scopes": [],
        });
        rest.true_to("get", "/applications/@me", body)
    })
}

async fn commands(State(rest): State<Arc<Rest>>, Path(place): Path<(String, String)>, headers: HeaderMap) -> Response {
    rest.answer(&headers, COMMANDS, true, || {
        here(&place)?;
        let commands = rest.commands.lock().unwrap().clone();
        rest.true_to("get", COMMANDS, Value::Array(commands))
    })
}

async fn register(
    State(rest): State<Arc<Rest>>, Path(place): Path<(String, String)>, headers: HeaderMap, body: String,
) -> Response {
    rest.answer(&headers, COMMANDS, true, || {
        here(&place)?;
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        rest.check("put", COMMANDS, &body)?;
        let made = body.as_array().into_iter().flatten().enumerate().map(|(nth, command)| {
            let mut command = command.clone();
            let fields = command.as_object_mut().unwrap();
            fields.extend([
                ("id".to_owned(), json!(format!("{}", 100_000_000_000_000_007 + nth))),
                ("application_id".to_owned(), json!(APPLICATION)),
                ("guild_id".to_owned(), json!(GUILD)),
                ("version".to_owned(), json!("1")),
                ("nsfw".to_owned(), json!(false)),
            ]);
            // Of a server's own commands Discord says nothing about where else they may be used.
            fields.insert("contexts".to_owned(), Value::Null);
            for option in command["options"].as_array_mut().into_iter().flatten() {
                let option = option.as_object_mut().unwrap();
                option.retain(|name, value| name != "required" || *value == json!(true));
            }
            command
        });
        let made: Vec<Value> = made.collect();
        rest.commands.lock().unwrap().clone_from(&made);
        rest.told("register", body);
        rest.true_to("put", COMMANDS, Value::Array(made))
    })
}

fn here((application, guild): &(String, String)) -> Result<(), (StatusCode, u64, &'static str)> {
    if application == APPLICATION && guild == GUILD {
        Ok(())
    } else {
        Err((StatusCode::FORBIDDEN, 50_001, "Missing Access"))
    }
}

async fn callback(
    State(rest): State<Arc<Rest>>, Path((id, token)): Path<(String, String)>, headers: HeaderMap, body: String,
) -> Response {
    rest.answer(&headers, &format!("/interactions/{id}/callback"), false, || {
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        rest.check("post", CALLBACK, &body)?;
        let late = {
            let mut interactions = rest.interactions.lock().unwrap();
            let handed = interactions.get_mut(&token).filter(|handed| handed.id == id);
            let handed = handed.ok_or((StatusCode::NOT_FOUND, 10_062, "Unknown interaction"))?;
            if handed.answered.is_some() {
                return Err((StatusCode::BAD_REQUEST, 40_060, "Interaction has already been acknowledged."));
            }
            handed.answered = body["type"].as_u64();
            handed.at.elapsed() > THREE_SECONDS
        };
        if late {
            return Err((StatusCode::NOT_FOUND, 10_062, "Unknown interaction"));
        }
        rest.told("callback", json!({ "token": token, "sent": body }));
        Ok((StatusCode::NO_CONTENT, Value::Null))
    })
}

async fn edit(
    State(rest): State<Arc<Rest>>, Path((application, token)): Path<(String, String)>, headers: HeaderMap,
    request: Request,
) -> Response {
    let read = upload::read(request).await;
    rest.answer(&headers, &format!("/webhooks/{token}/messages/@original"), false, || {
        let (body, file) = read.map_err(|wrong| {
            rest.wrong.lock().unwrap().push(format!("patch {ORIGINAL}: {wrong}"));
            (StatusCode::BAD_REQUEST, 50_035, "Invalid Form Body")
        })?;
        rest.check("patch", ORIGINAL, &body)?;
        let known = rest.interactions.lock().unwrap().get(&token).is_some_and(|handed| handed.answered.is_some());
        if application != APPLICATION || !known {
            return Err((StatusCode::NOT_FOUND, 10_015, "Unknown Webhook"));
        }
        if rest.knobs.lock().unwrap().expired {
            return Err((StatusCode::UNAUTHORIZED, 50_027, "Invalid Webhook Token"));
        }
        if file.is_some() && rest.knobs.lock().unwrap().no_files {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, 40_005, "Request entity too large"));
        }
        rest.told("edit", json!({ "token": token, "sent": body, "file": file.map(|file| file.bytes) }));
        rest.true_to("patch", ORIGINAL, shown(&body))
    })
}

async fn channel(State(rest): State<Arc<Rest>>, headers: HeaderMap, body: String) -> Response {
    rest.answer(&headers, "/users/@me/channels", true, || {
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        rest.check("post", "/users/@me/channels", &body)?;
        let to = body["recipient_id"].as_str().unwrap_or_default();
        let channel =
            json!({ "id": to.replace("1000", "7700"), "type": 1, "flags": 0, "recipients": [user(to, "kim")] });
        rest.true_to("post", "/users/@me/channels", channel)
    })
}

async fn message(
    State(rest): State<Arc<Rest>>, Path(channel): Path<String>, headers: HeaderMap, body: String,
) -> Response {
    rest.answer(&headers, &format!("/channels/{channel}/messages"), true, || {
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        rest.check("post", "/channels/{channel_id}/messages", &body)?;
        if rest.knobs.lock().unwrap().closed {
            return Err((StatusCode::FORBIDDEN, 50_007, "Cannot send messages to this user"));
        }
        rest.told("direct", json!({ "channel": channel, "sent": body }));
        rest.true_to("post", "/channels/{channel_id}/messages", shown(&body))
    })
}
