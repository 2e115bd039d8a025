//! The address that Discord posts interactions to. Whatever is not signed by Discord, now, for the first time, is refused
//! before it is read.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::HEXLOWER;
use magiclink_domain::time::Lifetime;
use sha2::{Digest, Sha256};

use super::Discord;
use super::incoming::Interaction;
use super::signature::is_genuine;
use crate::knock::{self, Door, Knock};

/// The address behind the base URL.
pub(super) const PATH: &str = "/hooks/discord/interactions";
const TIMESTAMP: &str = "x-signature-timestamp";
const SIGNATURE: &str = "x-signature-ed25519";
/// The largest body that is read, in bytes.
const MOST_BODY: usize = 256 * 1024;
/// How long a body may take: Discord wants its answer within three seconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a signature is remembered: longer than it is believed, both ways.
const REMEMBERED: Lifetime = Lifetime::from_mins(11);

/// What Discord tries an address with: a ping that somebody else signed, and drops the address if it is answered.
const DOOR: Door = Door {
    platform: "Discord",
    path: PATH,
    body: (r#"{"id":"1","type":1}"#, "application/json"),
    timestamp: TIMESTAMP,
    signature: (SIGNATURE, "", 4),
    opened_by: "discord.mode set to http",
};

/// The route that Discord calls.
pub fn router(discord: Arc<Discord>) -> Router {
    let talk = Arc::clone(&discord.talk);
    knock::proving(Router::new().route(PATH, post(interaction)).with_state(discord), talk)
}

/// Whether the address that Discord is to call leads to us; in words for an operator.
///
/// # Errors
/// What is wrong, and what to do about it.
pub async fn try_address(knock: &Knock) -> Result<String, String> {
    DOOR.knock(knock).await
}

async fn interaction(State(discord): State<Arc<Discord>>, request: Request) -> Result<Response, StatusCode> {
    let (headers, body) = read(request).await?;
    first_and_genuine(&discord, &headers, &body).await?;
    let interaction: Interaction = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let answered = discord.answer(interaction).await.ok_or(StatusCode::UNAUTHORIZED)?;
    discord.carry_on(answered.then);
    Ok(([(header::CONTENT_TYPE, "application/json")], answered.first.to_string()).into_response())
}

async fn read(request: Request) -> Result<(HeaderMap, Bytes), StatusCode> {
    let (parts, body): (_, Body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, to_bytes(body, MOST_BODY)).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok((parts.headers, body))
}

/// Whether Discord signed this a moment ago, and it was not seen before.
async fn first_and_genuine(discord: &Discord, headers: &HeaderMap, body: &[u8]) -> Result<(), StatusCode> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let first = values.next().and_then(|value| value.to_str().ok());
        first.filter(|_| values.next().is_none()).unwrap_or_default()
    };
    let (timestamp, signature) = (only(TIMESTAMP), only(SIGNATURE));
    let now = discord.now();
    let seconds = now.micros().div_euclid(1_000_000);
    if !is_genuine(&discord.secrets.secrets().public_keys, timestamp, signature, body, seconds) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    // What was signed is marked, not the signature, which has more than one spelling.
    let digest: [u8; 32] = Sha256::new().chain_update(timestamp).chain_update([0]).chain_update(body).finalize().into();
    let key = format!("discord-signed/{}", HEXLOWER.encode(&digest));
    let once = &discord.talk.use_cases().ports().once;
    match once.first(&key, now.plus(REMEMBERED), now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(StatusCode::UNAUTHORIZED),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a request of discord could not be marked");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
