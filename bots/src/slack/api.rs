//! Calls to Slack: its Web API, and posts to a request's own `response_url`.
//!
//! Apart from what is said because failures are Slack's: a 429 is waited out, an outage ends here and blocks nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use url::Url;

use super::secrets::SecretSource;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest that a call waits because Slack asked it to.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How often a call is made at most.
const TRIES: usize = 4;

/// A call that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// Slack did not answer.
    #[error("slack did not answer")]
    Unreachable(#[source] reqwest::Error),
    /// Slack answered with an error of its own.
    #[error("slack says {0}")]
    Refused(String),
    /// Slack is out of order, or has too much to do.
    #[error("slack answers {0}")]
    Failing(StatusCode),
    /// The address is none of Slack's.
    #[error("a response_url leads elsewhere than to slack")]
    Elsewhere,
}

/// Slack's Web API.
pub(super) struct Api {
    http: Client,
    base: Url,
    secrets: Arc<dyn SecretSource>,
}

impl Api {
    pub(super) fn new(base: Url, secrets: Arc<dyn SecretSource>) -> Result<Self, reqwest::Error> {
        let http = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build()?;
        Ok(Self { http, base, secrets })
    }

    /// Calls a method that takes JSON, as the bot.
    pub(super) async fn call(&self, method: &str, body: &Value) -> Result<Value, ApiError> {
        let request =
            |http: &Client| http.post(self.method(method)).bearer_auth(&self.secrets.secrets().bot_token).json(body);
        answer(self.send(request).await?).await
    }

    /// Calls a method that takes a form, as the bot.
    pub(super) async fn ask(&self, method: &str, form: &[(&str, &str)]) -> Result<Value, ApiError> {
        let request =
            |http: &Client| http.post(self.method(method)).bearer_auth(&self.secrets.secrets().bot_token).form(form);
        answer(self.send(request).await?).await
    }

    /// The address of a websocket for Socket Mode; as the app.
    pub(super) async fn open_socket(&self, app_token: &str) -> Result<String, ApiError> {
        let request = |http: &Client| http.post(self.method("apps.connections.open")).bearer_auth(app_token);
        let answer = answer(self.send(request).await?).await?;
        let url = answer.get("url").and_then(Value::as_str).unwrap_or_default();
        if self.is_slacks_socket(url) { Ok(url.to_owned()) } else { Err(ApiError::Elsewhere) }
    }

    /// Posts to a `response_url`.
    pub(super) async fn respond(&self, response_url: &str, message: &Value) -> Result<(), ApiError> {
        let url = Url::parse(response_url).ok().filter(|url| self.is_slacks(url)).ok_or(ApiError::Elsewhere)?;
        let response = self.send(|http| http.post(url.clone()).json(message)).await?;
        taken(response.status())
    }

    /// Whether the token works, and for this workspace.
    pub(super) async fn check(&self, team_id: &str) -> Result<String, String> {
        let answer = self.ask("auth.test", &[]).await.map_err(|error| match error {
            ApiError::Refused(why) => format!("{why}: install the app again and set slack.bot_token to its token"),
            ApiError::Unreachable(_) | ApiError::Failing(_) | ApiError::Elsewhere => {
                format!("{error}: check the network, and slack.api_base if it is set")
            }
        })?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("team_id") == team_id {
            Ok(format!("the token of {} works in {}", text("user"), text("team")))
        } else {
            Err(format!(
                "the token belongs to workspace {}: set slack.team_id to that, or use another token",
                text("team_id")
            ))
        }
    }

    fn method(&self, method: &str) -> String {
        format!("{}/{method}", self.base.as_str().trim_end_matches('/'))
    }

    /// Posts nowhere but to Slack: a forged `response_url` must not make us call others.
    fn is_slacks(&self, url: &Url) -> bool {
        self.is_at(url, "hooks.slack.com")
    }

    /// Whether Slack takes files there.
    pub(super) fn takes_files(&self, url: &Url) -> bool {
        self.is_at(url, "files.slack.com")
    }

    /// Whether it is this host of Slack's, or the one that the Web API is at.
    fn is_at(&self, url: &Url, host: &str) -> bool {
        let ours =
            url.scheme() == self.base.scheme() && url.host() == self.base.host() && url.port() == self.base.port();
        ours || (url.scheme() == "https" && url.host_str() == Some(host) && url.port().is_none())
    }

    fn is_slacks_socket(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let slacks = url.host_str().is_some_and(|host| host == "slack.com" || host.ends_with(".slack.com"));
        let stand_in = self.base.scheme() == "http" && url.scheme() == "ws" && url.host() == self.base.host();
        (url.scheme() == "wss" && slacks) || stand_in
    }

    /// Sends, waiting as long as Slack asks where it is too fast, and again where it can't have been taken.
    pub(super) async fn send(
        &self, request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<reqwest::Response, ApiError> {
        let mut tries = 1;
        loop {
            let wait = match request(&self.http).send().await {
                Ok(response) if response.status() == StatusCode::TOO_MANY_REQUESTS && tries < TRIES => {
                    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                    Duration::from_secs(asked.unwrap_or(1)).min(LONGEST_WAIT)
                }
                Ok(response) => return Ok(response),
                Err(error) if error.is_connect() && tries < TRIES => {
                    Duration::from_millis(200) * u32::try_from(tries).unwrap_or(1)
                }
                Err(error) => return Err(ApiError::Unreachable(error.without_url())),
            };
            tries += 1;
            tokio::time::sleep(wait).await;
        }
    }
}

/// Whether a request was taken, by its status alone.
pub(super) fn taken(status: StatusCode) -> Result<(), ApiError> {
    if status.is_success() {
        Ok(())
    } else if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        Err(ApiError::Failing(status))
    } else {
        Err(ApiError::Refused(status.to_string()))
    }
}

/// The Web API answers 200 with `"ok": false` where something is wrong.
async fn answer(response: reqwest::Response) -> Result<Value, ApiError> {
    taken(response.status())?;
    let answer: Value = response.json().await.map_err(|error| ApiError::Unreachable(error.without_url()))?;
    if answer.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok(answer);
    }
    let why = answer.get("error").and_then(Value::as_str).unwrap_or("nothing that can be read");
    Err(ApiError::Refused(why.chars().take(60).collect()))
}
