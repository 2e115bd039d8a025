//! What Discord takes: its REST API as far as the service calls it.
//!
//! Apart from the person's acts because these are the calls of the service, made by its real client.

use std::sync::{Arc, Weak};

use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use magiclink_domain::team::ChatPlatform;
use serde_json::{Value, json};

use super::{APPLICATION, DIRECT, GUILD, PERSON, components};
use crate::sandbox::ChatSandbox;
use crate::sandbox::room::{Open, Said, plain};

/// The kinds of a first answer.
mod kind {
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const MESSAGE_LATER: u64 = 5;
    pub(super) const UPDATE_LATER: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const DIALOG: u64 = 9;
}

type House = State<Weak<ChatSandbox>>;

pub(in crate::sandbox) fn routes(sandbox: Weak<ChatSandbox>) -> Router {
    let routes = Router::new()
        .route("/interactions/{id}/{token}/callback", post(callback))
        .route("/webhooks/{application}/{token}", post(follow_up))
        .route("/webhooks/{application}/{token}/messages/@original", patch(edit))
        .route("/applications/{application}/guilds/{guild}/commands", get(commands).put(register))
        .route("/users/@me/channels", post(channel))
        .route("/channels/{channel}/messages", post(direct));
    Router::new().nest("/api/v10", routes).with_state(sandbox)
}

/// Why a call came to nothing: the status, Discord's number, and its words.
pub(super) struct Refused(StatusCode, u64, &'static str);

const UNKNOWN: Refused = Refused(StatusCode::NOT_FOUND, 10_015, "Unknown Webhook");
const USED_UP: Refused = Refused(StatusCode::UNAUTHORIZED, 50_027, "Invalid Webhook Token");
const ANSWERED: Refused = Refused(StatusCode::BAD_REQUEST, 40_060, "Interaction has already been acknowledged.");
const UNAUTHORISED: Refused = Refused(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized");
const NO_ACCESS: Refused = Refused(StatusCode::FORBIDDEN, 50_001, "Missing Access");
const INVALID: Refused = Refused(StatusCode::BAD_REQUEST, 50_035, "Invalid Form Body");
const EMPTY: Refused = Refused(StatusCode::BAD_REQUEST, 50_006, "Cannot send an empty message");
const STOPPING: Refused = Refused(StatusCode::SERVICE_UNAVAILABLE, 0, "503: Service Unavailable");

impl Refused {
    /// In Discord's words.
    pub(super) const fn words(&self) -> &'static str {
        self.2
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "code": self.1, "message": self.2 }))).into_response()
    }
}

/// What a call brings: JSON, or a form with that and a picture.
#[derive(Default)]
pub(super) struct Payload {
    pub(super) body: Value,
    pub(super) picture: Option<Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Json(body) = Json::from_request(request, state).await.map_err(|_| INVALID)?;
            return Ok(Self { body, picture: None });
        }
        let mut form = Multipart::from_request(request, state).await.map_err(|_| INVALID)?;
        let mut payload = Self::default();
        while let Some(field) = form.next_field().await.map_err(|_| INVALID)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_| INVALID)?;
            if name == "payload_json" {
                payload.body = serde_json::from_slice(&bytes).map_err(|_| INVALID)?;
            } else if name.starts_with("files[") && bytes.starts_with(b"\x89PNG") {
                payload.picture = Some(bytes.to_vec());
            }
        }
        Ok(payload)
    }
}

fn here(sandbox: &Weak<ChatSandbox>) -> Result<Arc<ChatSandbox>, Refused> {
    sandbox.upgrade().ok_or(STOPPING)
}

/// The same, for calls that need the bot's token.
fn as_bot(sandbox: &Weak<ChatSandbox>, headers: &HeaderMap) -> Result<Arc<ChatSandbox>, Refused> {
    let sandbox = here(sandbox)?;
    let right = format!("Bot {}", sandbox.discord.secrets.bot_token);
    let given = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    if given == Some(right.as_str()) { Ok(sandbox) } else { Err(UNAUTHORISED) }
}

/// A first answer that comes by a call.
async fn callback(
    State(sandbox): House, Path((_, token)): Path<(String, String)>, payload: Payload,
) -> Result<StatusCode, Refused> {
    let sandbox = here(&sandbox)?;
    take(&sandbox, &token, payload).map(|()| StatusCode::NO_CONTENT)
}

/// The first answer to the interaction of `token`.
pub(super) fn take(sandbox: &ChatSandbox, token: &str, payload: Payload) -> Result<(), Refused> {
    let asked = sandbox.discord.asked_with(token, sandbox.clock.now()).ok_or(USED_UP)?;
    if asked.answered {
        return Err(ANSWERED);
    }
    let data = payload.body.get("data").cloned().unwrap_or_default();
    let original = match components::number(&payload.body, "type") {
        kind::MESSAGE => Some(show(sandbox, Payload { body: data, ..payload }, None)?),
        kind::MESSAGE_LATER => {
            let lines = vec![vec![plain("The app is thinking…")]];
            let said = Said { lines, waits: true, body: payload.body, ..Said::default() };
            Some(sandbox.say(ChatPlatform::Discord, said, None))
        }
        kind::UPDATE => Some(show(sandbox, Payload { body: data, ..payload }, asked.pressed)?),
        kind::UPDATE_LATER => asked.pressed,
        kind::DIALOG => {
            let open = Open { shown: components::dialog(&data), body: data, from: asked.pressed };
            sandbox.change(ChatPlatform::Discord, |room, _| room.open(open));
            None
        }
        _ => return Err(INVALID),
    };
    sandbox.discord.answered(token, original);
    Ok(())
}

/// Shows a message, in the place of another or by itself; its place.
fn show(sandbox: &ChatSandbox, payload: Payload, in_place_of: Option<u64>) -> Result<u64, Refused> {
    let said = Said { picture: payload.picture, ..components::said(&payload.body) };
    if said.lines.is_empty() && said.elements.is_empty() && said.picture.is_none() {
        return Err(EMPTY);
    }
    Ok(sandbox.say(ChatPlatform::Discord, said, in_place_of))
}

/// Changes what was answered first; what is not named stays.
async fn edit(
    State(sandbox): House, Path((application, token)): Path<(String, String)>, payload: Payload,
) -> Result<Json<Value>, Refused> {
    let sandbox = here(&sandbox)?;
    let asked = sandbox.discord.asked_with(&token, sandbox.clock.now()).ok_or(USED_UP)?;
    let original = asked.original.filter(|_| application == APPLICATION).ok_or(UNKNOWN)?;
    let (mut body, mut picture) = sandbox.inside().discord.said(original).ok_or(UNKNOWN)?;
    if payload.picture.is_some() || payload.body.get("attachments").is_some() {
        picture = payload.picture;
    }
    if let (Some(body), Value::Object(changes)) = (body.as_object_mut(), payload.body) {
        body.extend(changes);
    }
    show(&sandbox, Payload { body, picture }, Some(original)).map(message)
}

/// Says something more.
async fn follow_up(
    State(sandbox): House, Path((application, token)): Path<(String, String)>, payload: Payload,
) -> Result<Json<Value>, Refused> {
    let sandbox = here(&sandbox)?;
    let asked = sandbox.discord.asked_with(&token, sandbox.clock.now()).ok_or(USED_UP)?;
    if application != APPLICATION || !asked.answered {
        return Err(UNKNOWN);
    }
    show(&sandbox, payload, None).map(message)
}

fn message(nth: u64) -> Json<Value> {
    Json(json!({ "id": nth.to_string() }))
}

async fn commands(
    State(sandbox): House, Path((application, guild)): Path<(String, String)>, headers: HeaderMap,
) -> Result<Json<Value>, Refused> {
    let sandbox = as_bot(&sandbox, &headers)?;
    ours(&application, &guild)?;
    Ok(Json(sandbox.discord.commands()))
}

async fn register(
    State(sandbox): House, Path((application, guild)): Path<(String, String)>, headers: HeaderMap, payload: Payload,
) -> Result<Json<Value>, Refused> {
    let sandbox = as_bot(&sandbox, &headers)?;
    ours(&application, &guild)?;
    Ok(Json(sandbox.discord.register(sandbox.ids.as_ref(), payload.body)))
}

fn ours(application: &str, guild: &str) -> Result<(), Refused> {
    if application == APPLICATION && guild == GUILD { Ok(()) } else { Err(NO_ACCESS) }
}

/// Direct messages with the person.
async fn channel(State(sandbox): House, headers: HeaderMap, payload: Payload) -> Result<Json<Value>, Refused> {
    as_bot(&sandbox, &headers)?;
    if components::text(&payload.body, "recipient_id") != PERSON {
        return Err(INVALID);
    }
    Ok(Json(json!({ "id": DIRECT, "type": 1 })))
}

async fn direct(
    State(sandbox): House, Path(channel): Path<String>, headers: HeaderMap, payload: Payload,
) -> Result<Json<Value>, Refused> {
    let sandbox = as_bot(&sandbox, &headers)?;
    if channel != DIRECT {
        return Err(NO_ACCESS);
    }
    let said = Said { direct: true, picture: payload.picture, ..components::said(&payload.body) };
    Ok(message(sandbox.say(ChatPlatform::Discord, said, None)))
}
