//! The addresses that Slack calls. Whatever is not signed by Slack, now, for the first time, is refused before it is read.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::HEXLOWER;
use magiclink_domain::time::{Lifetime, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Slack;
use super::incoming::{Command, Interaction};
use super::signature::is_genuine;
use crate::knock::{self, Door, Knock};

/// The address of commands, behind the base URL.
const COMMANDS: &str = "/hooks/slack/commands";
const TIMESTAMP: &str = "x-slack-request-timestamp";
const SIGNATURE: &str = "x-slack-signature";
/// The largest body that is read, in bytes.
const MOST_BODY: usize = 256 * 1024;
/// How long a body may take: Slack wants its answer within three seconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a signature is remembered: longer than it is believed, both ways.
const REMEMBERED: Lifetime = Lifetime::from_mins(11);

/// A command that Slack did not sign.
const DOOR: Door = Door {
    platform: "Slack",
    path: COMMANDS,
    body: ("command=%2Fmagiclink&text=help", "application/x-www-form-urlencoded"),
    timestamp: TIMESTAMP,
    signature: (SIGNATURE, "v0=", 2),
    opened_by: "slack.signing_secret_file",
};

/// The routes that Slack calls.
pub fn router(slack: Arc<Slack>) -> Router {
    let talk = Arc::clone(&slack.talk);
    let routes = Router::new()
        .route(COMMANDS, post(command))
        .route("/hooks/slack/interactions", post(interaction))
        .route("/hooks/slack/options", post(interaction));
    knock::proving(routes.with_state(slack), talk)
}

/// Whether the address that Slack is to call leads to us; in words for an operator.
///
/// # Errors
/// What is wrong, and what to do about it.
pub async fn try_address(knock: &Knock) -> Result<String, String> {
    DOOR.knock(knock).await
}

async fn command(State(slack): State<Arc<Slack>>, request: Request) -> Result<Response, StatusCode> {
    let (headers, body) = read(request).await?;
    // Slack tries the address now and then; nothing is done, so nothing needs proof.
    if form_field(&body, "ssl_check").as_deref() == Some("1") {
        return Ok(StatusCode::OK.into_response());
    }
    first_and_genuine(&slack, &headers, &body).await?;
    let command: Command = serde_urlencoded::from_bytes(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(json(slack.take_command(command)))
}

async fn interaction(State(slack): State<Arc<Slack>>, request: Request) -> Result<Response, StatusCode> {
    let (headers, body) = read(request).await?;
    first_and_genuine(&slack, &headers, &body).await?;
    let payload = form_field(&body, "payload").ok_or(StatusCode::BAD_REQUEST)?;
    match serde_json::from_str::<Interaction>(&payload) {
        Ok(interaction) => Ok(json(slack.take_interaction(interaction).await)),
        // Kinds that we do not know: Slack adds some now and then.
        Err(_) => Ok(StatusCode::OK.into_response()),
    }
}

async fn read(request: Request) -> Result<(HeaderMap, Bytes), StatusCode> {
    let (parts, body): (_, Body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, to_bytes(body, MOST_BODY)).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok((parts.headers, body))
}

/// Whether Slack signed this a moment ago, and it was not seen before.
async fn first_and_genuine(slack: &Slack, headers: &HeaderMap, body: &[u8]) -> Result<(), StatusCode> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let first = values.next().and_then(|value| value.to_str().ok());
        first.filter(|_| values.next().is_none()).unwrap_or_default()
    };
    let (timestamp, signature) = (only(TIMESTAMP), only(SIGNATURE));
    let now = slack.now();
    let seconds = now.micros().div_euclid(1_000_000);
    if !is_genuine(&slack.secrets.secrets().signing, timestamp, signature, body, seconds) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    match is_first(slack, &format!("{timestamp}:{signature}"), now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(StatusCode::UNAUTHORIZED),
        Err(()) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Whether something that Slack names by `name` comes for the first time.
pub(super) async fn is_first(slack: &Slack, name: &str, now: Timestamp) -> Result<bool, ()> {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let key = format!("slack/{}", HEXLOWER.encode(&digest));
    let once = &slack.talk.use_cases().ports().once;
    once.first(&key, now.plus(REMEMBERED), now).await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "a request of slack could not be marked");
    })
}

fn form_field(body: &[u8], name: &str) -> Option<String> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    fields.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// An acknowledgement, with something to show or without.
fn json(body: Option<Value>) -> Response {
    match body {
        None => StatusCode::OK.into_response(),
        Some(body) => ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response(),
    }
}
