//! Whether the address that a platform calls leads to this installation, and refuses what the platform did not sign.
//!
//! Apart from the platforms because both want the same of an address. A stranger may refuse just as well, so whoever answers
//! proves with a key of the installation that it is ours: of a number drawn for this one look, which is good for nothing else.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use data_encoding::HEXLOWER;
use magiclink_domain::keys::Keyring;
use magiclink_domain::time::Timestamp;
use reqwest::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Client, redirect};
use uuid::Uuid;

use crate::conversation::Conversation;

/// Carries the number to the address, and the proof back.
const HEADER: HeaderName = HeaderName::from_static("x-magiclink-knock");
/// How long an answer is waited for: longer than the platforms wait, so that a slow one is told from none.
const PATIENCE: Duration = Duration::from_secs(5);
/// Characters that are shown of somebody else's text.
const MOST_SHOWN: usize = 120;

/// One look at the addresses of an installation.
pub struct Knock {
    base: String,
    nonce: String,
    proof: String,
    at: Timestamp,
}

impl Knock {
    /// A look at what lies below `base`, with the keys of this installation; `nonce` is drawn for it.
    #[must_use]
    pub fn new(base: &str, keyring: &Keyring, nonce: Uuid, at: Timestamp) -> Self {
        let nonce = nonce.simple().to_string();
        let proof = proof(keyring, &nonce);
        Self { base: base.to_owned(), nonce, proof, at }
    }
}

/// What a platform calls, and how it signs.
pub(crate) struct Door {
    /// Whose it is.
    pub(crate) platform: &'static str,
    /// Behind the base URL.
    pub(crate) path: &'static str,
    /// What it posts, and of which media type.
    pub(crate) body: (&'static str, &'static str),
    /// The header of the time, in seconds since the Unix epoch.
    pub(crate) timestamp: &'static str,
    /// The header of the signature, what stands before its hexadecimal digits, and how many times 32 of them there are.
    pub(crate) signature: (&'static str, &'static str, usize),
    /// What makes a node answer there.
    pub(crate) opened_by: &'static str,
}

impl Door {
    /// Posts what the platform did not sign: without a signature, and with one that is nobody's.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    pub(crate) async fn knock(&self, knock: &Knock) -> Result<String, String> {
        let http = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none());
        let http = http.build().map_err(|error| error.to_string())?;
        let address = format!("{}{}", knock.base, self.path);
        let (name, prefix, times) = self.signature;
        let seconds = knock.at.micros().div_euclid(1_000_000).to_string();
        let nobodys = [(self.timestamp, seconds), (name, format!("{prefix}{}", knock.nonce.repeat(times)))];
        for signed in [[].as_slice(), &nobodys] {
            let (body, kind) = self.body;
            let request = http.post(&address).header(CONTENT_TYPE, kind).header(HEADER, &knock.nonce).body(body);
            let request = signed.iter().fold(request, |request, (name, value)| request.header(*name, value));
            let response = request.send().await.map_err(|error| self.unreachable(&address, error))?;
            self.refused(&address, &knock.proof, response.status(), response.headers())?;
        }
        Ok(format!("{address} is ours, and refuses what {} did not sign", self.platform))
    }

    fn unreachable(&self, address: &str, error: reqwest::Error) -> String {
        let why = if error.is_timeout() { "no answer within five seconds".to_owned() } else { cause(error) };
        format!(
            "{address} can't be reached from this machine ({why}): make sure that `magiclink serve` runs, and that name, \
             firewall, certificate and proxy of server.base_url lead to it, or {} reaches nobody",
            self.platform
        )
    }

    /// Whether we refused it, as we do.
    fn refused(&self, address: &str, proof: &str, status: StatusCode, headers: &HeaderMap) -> Result<(), String> {
        let (platform, path) = (self.platform, self.path);
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if status == StatusCode::UNAUTHORIZED && text(&HEADER) == Some(proof) {
            return Ok(());
        }
        let answers = format!("{address} answers {}", status.as_u16());
        Err(if status.is_success() {
            format!(
                "{answers} to what {platform} did not sign, so it is not us: let server.base_url and the proxy in front of \
                 it lead {path} to `magiclink serve`"
            )
        } else if status.is_redirection() {
            let place = text(&LOCATION).map(short).unwrap_or_default();
            format!(
                "{answers} and leads to {place:?}, but {platform} follows nobody: set server.base_url to the address that \
                 answers itself, or let the proxy pass {path} on as it is"
            )
        } else if status == StatusCode::UNAUTHORIZED && headers.contains_key(WWW_AUTHENTICATE) {
            format!("{address} asks {platform} for a password: let the proxy in front pass {path} on without one")
        } else if status == StatusCode::UNAUTHORIZED {
            format!(
                "{address} is not this installation: let server.base_url and the proxy lead to it, and if they do, restart \
                 `magiclink serve` in this version"
            )
        } else if status == StatusCode::NOT_FOUND || status == StatusCode::METHOD_NOT_ALLOWED {
            format!("{answers}: route {path} to a node with the role bots, and start it with {}", self.opened_by)
        } else if status.is_server_error() {
            format!("{answers}: make sure that `magiclink serve` runs, and that the proxy in front leads {path} to it")
        } else {
            format!("{answers}: let firewall and proxy pass every POST to {path} on as it is")
        })
    }
}

/// These routes, which prove to whoever knocks that they are ours, where they refuse.
pub(crate) fn proving(routes: Router, talk: Arc<Conversation>) -> Router {
    routes.route_layer(middleware::from_fn_with_state(talk, prove))
}

async fn prove(State(talk): State<Arc<Conversation>>, request: Request, next: Next) -> Response {
    let drawn = |nonce: &&str| nonce.len() == 32 && nonce.bytes().all(|b| b.is_ascii_hexdigit());
    let nonce = request.headers().get(HEADER).and_then(|nonce| nonce.to_str().ok()).filter(drawn).map(str::to_owned);
    let mut response = next.run(request).await;
    let proof = nonce.map(|nonce| proof(&talk.use_cases().ports().keys.keyring(), &nonce));
    let proof = proof.filter(|_| response.status() == StatusCode::UNAUTHORIZED);
    if let Some(Ok(proof)) = proof.map(HeaderValue::try_from) {
        response.headers_mut().insert(HEADER, proof);
    }
    response
}

fn proof(keyring: &Keyring, nonce: &str) -> String {
    HEXLOWER.encode(&keyring.knock_tag(nonce))
}

/// What lies at the bottom of an error.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    short(&cause.to_string())
}

fn short(text: &str) -> String {
    text.chars().take(MOST_SHOWN).collect()
}
