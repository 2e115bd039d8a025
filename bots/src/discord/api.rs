//! Calls to Discord's REST API.
//!
//! Apart from what is said because failures are Discord's: a 429 is waited out, an outage ends here and blocks nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;

use super::secrets::SecretSource;
use super::{DiscordConfig, Mode};

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest that a call waits because Discord asked it to.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How often a call is made at most.
const TRIES: u32 = 4;
/// The first wait before trying again what may not be there yet; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// A call that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// Discord did not answer.
    #[error("discord did not answer")]
    Unreachable(#[source] reqwest::Error),
    /// Discord answered with an error of its own.
    #[error("discord says {0}")]
    Refused(StatusCode),
}

/// Discord's REST API, as one application.
pub(super) struct Api {
    http: Client,
    base: String,
    application: String,
    secrets: Arc<dyn SecretSource>,
}

impl Api {
    pub(super) fn new(config: &DiscordConfig, secrets: Arc<dyn SecretSource>) -> Result<Self, reqwest::Error> {
        let http = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build()?;
        let base = format!("{}/api/v10", config.api_base.as_str().trim_end_matches('/'));
        Ok(Self { http, base, application: config.application_id.clone(), secrets })
    }

    /// Puts `message` in place of the first answer to the interaction with this token. An answer that Discord has not
    /// placed yet is waited for.
    pub(super) async fn edit_original(&self, token: &str, message: &Value) -> Result<(), ApiError> {
        // Whatever the token holds, it stays one part of the path.
        let token = url::form_urlencoded::byte_serialize(token.as_bytes()).collect::<String>();
        let path = format!("/webhooks/{}/{token}/messages/@original", self.application);
        self.send(|| self.to(Method::PATCH, &path).json(message), true).await.map(drop)
    }

    /// Whether the token works, for this application, in this server, and the way that interactions are to come in.
    pub(super) async fn check(&self, config: &DiscordConfig) -> Result<String, String> {
        let ours = self.ask("/applications/@me").await.map_err(|error| match error {
            ApiError::Refused(status) if status == StatusCode::UNAUTHORIZED => {
                "discord does not take the token: reset it on the page Bot and set discord.bot_token to the new one"
                    .to_owned()
            }
            ApiError::Refused(_) | ApiError::Unreachable(_) => {
                format!("{error}: check the network, and discord.api_base if it is set")
            }
        })?;
        let text = |key: &str| ours.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("id") != config.application_id {
            return Err(format!(
                "the token belongs to application {}: set discord.application_id to that, or use another token",
                text("id")
            ));
        }
        let keys = &self.secrets.secrets().public_keys;
        let known = keys.is_empty() || keys.iter().any(|key| key.to_string() == text("verify_key"));
        if !known {
            return Err("the public key is another application's: copy it from General Information".to_owned());
        }
        way(config.mode, text("interactions_endpoint_url"))?;
        let commands = format!("/applications/{}/guilds/{}/commands", self.application, config.guild_id);
        match self.ask(&commands).await {
            Ok(_) => Ok(format!("the token of {} works in server {}", text("name"), config.guild_id)),
            Err(error) => Err(format!("{error} for server {}: add the application to it", config.guild_id)),
        }
    }

    async fn ask(&self, path: &str) -> Result<Value, ApiError> {
        let response = self.send(|| self.as_bot(Method::GET, path), false).await?;
        response.json().await.map_err(|error| ApiError::Unreachable(error.without_url()))
    }

    /// A call that the address itself gives the right to.
    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A call as the bot.
    fn as_bot(&self, method: Method, path: &str) -> RequestBuilder {
        self.to(method, path).header(AUTHORIZATION, format!("Bot {}", self.secrets.secrets().bot_token))
    }

    /// Sends, waiting as long as Discord asks where it is too fast, and again where it can't have been taken; `soon` is
    /// what may be there in a moment.
    async fn send(&self, request: impl Fn() -> RequestBuilder, soon: bool) -> Result<Response, ApiError> {
        let mut tries = 1;
        loop {
            let again = tries < TRIES;
            let backing_off = FIRST_WAIT * 2_u32.saturating_pow(tries - 1);
            let wait = match request().send().await {
                Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS && again => asked(&response),
                Ok(response) if response.status() == StatusCode::NOT_FOUND && soon && again => backing_off,
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => return Err(ApiError::Refused(response.status())),
                Err(error) if error.is_connect() && again => backing_off,
                Err(error) => return Err(ApiError::Unreachable(error.without_url())),
            };
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }
}

/// How long Discord asks to be left alone.
fn asked(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
    let seconds = header.filter(|seconds| seconds.is_finite() && *seconds >= 0.0).unwrap_or(1.0);
    Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64()))
}

/// Discord sends interactions to an address that it was given, or else over the gateway; never both.
fn way(mode: Mode, address: &str) -> Result<(), String> {
    match (mode, address.is_empty()) {
        (Mode::Gateway, true) | (Mode::Http, false) => Ok(()),
        (Mode::Gateway, false) => Err("the application has an Interactions Endpoint URL, so that the gateway gets \
                                       nothing: remove it, or set discord.mode to http"
            .to_owned()),
        (Mode::Http, true) => Err("the application has no Interactions Endpoint URL: set it to your address followed \
                                   by /hooks/discord/interactions, or set discord.mode to gateway"
            .to_owned()),
    }
}
