//! Calls to Discord's REST API.
//!
//! Apart from what is said because failures are Discord's: limits are waited out, an outage ends here and blocks nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header, redirect};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use super::DiscordConfig;
use super::pace::Pace;
use super::picture;
use super::secrets::SecretSource;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long a call may take with all its attempts and waits.
const PATIENCE: Duration = Duration::from_mins(1);
/// The same for the first answer to an interaction, which is there within two seconds: Discord takes none after three.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long an answer that is under way may take to arrive.
const UNDER_WAY: Duration = Duration::from_secs(3);
/// The first wait after an attempt that came to nothing; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// How Discord wants bots to name themselves (API reference, "User Agent").
const USER_AGENT: &str = concat!("DiscordBot (https://magiclink.invalid, ", env!("CARGO_PKG_VERSION"), ")");

/// The interaction was answered before: what we meant to do is done.
const ALREADY_ANSWERED: u64 = 40_060;
/// There is no message yet to change: an answer that is under way may not have arrived.
const NO_MESSAGE_YET: [u64; 2] = [10_008, 10_015];

/// A call that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// Discord did not answer, or asked for a longer wait than makes sense.
    #[error("discord did not answer in time")]
    Unreachable(#[source] Option<reqwest::Error>),
    /// Discord does not take the bot's token.
    #[error("discord does not take the bot's token: reset it on the application's Bot page and set discord.bot_token")]
    Unauthorised,
    /// Discord answered with an error of its own.
    #[error("discord answered {status} ({code}: {message})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own number; 0 where there is none.
        code: u64,
        /// In Discord's words.
        message: String,
    },
}

/// One call.
struct Call<'a> {
    method: Method,
    /// Its path behind `/api/v10`, in segments.
    path: Vec<&'a str>,
    query: Option<(&'a str, &'a str)>,
    body: Option<&'a Value>,
    /// A picture that goes beside the body.
    png: Option<&'a [u8]>,
    /// It needs the bot's token; what an interaction's own token allows does not.
    as_bot: bool,
    /// When it is given up.
    until: Instant,
}

impl<'a> Call<'a> {
    fn new(method: Method, path: Vec<&'a str>) -> Self {
        Self { method, path, query: None, body: None, png: None, as_bot: true, until: Instant::now() + PATIENCE }
    }

    fn body(self, body: &'a Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn unsigned(self) -> Self {
        Self { as_bot: false, ..self }
    }

    /// Whether making it twice does no more than making it once.
    fn is_repeatable(&self) -> bool {
        self.method != Method::POST
    }
}

/// Where Discord listens for gateway connections, and how many may still be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gateway {
    pub(super) url: String,
    /// Sessions that may still be begun, and when there are new ones.
    pub(super) remaining: u64,
    pub(super) reset_after: Duration,
}

/// Discord's REST API.
pub(super) struct Api {
    http: Client,
    base: Url,
    application: String,
    guild: String,
    secrets: Arc<dyn SecretSource>,
    pace: Pace,
}

impl Api {
    pub(super) fn new(config: &DiscordConfig, secrets: Arc<dyn SecretSource>) -> Result<Self, reqwest::Error> {
        let http = Client::builder().timeout(ATTEMPT).redirect(redirect::Policy::none()).user_agent(USER_AGENT);
        let (application, guild) = (config.application_id.clone(), config.guild_id.clone());
        let (http, base) = (http.build()?, config.api_base.clone());
        Ok(Self { http, base, application, guild, secrets, pace: Pace::default() })
    }

    /// Gives an interaction its first answer, as the gateway wants it.
    pub(super) async fn callback(&self, id: &str, token: &str, answer: &Value) -> Result<(), ApiError> {
        let call = Call::new(Method::POST, vec!["interactions", id, token, "callback"]).body(answer).unsigned();
        match self.make(Call { until: Instant::now() + AT_ONCE, ..call }).await {
            Ok(_) | Err(ApiError::Refused { code: ALREADY_ANSWERED, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Puts `message` in the place of the answer to an interaction.
    pub(super) async fn edit_original(&self, token: &str, message: &Value) -> Result<(), ApiError> {
        let path = vec!["webhooks", self.application.as_str(), token, "messages", "@original"];
        self.make(Call::new(Method::PATCH, path).body(message).unsigned()).await.map(drop)
    }

    /// The same with a picture, which `message` names.
    pub(super) async fn edit_original_with(&self, token: &str, message: &Value, png: &[u8]) -> Result<(), ApiError> {
        let path = vec!["webhooks", self.application.as_str(), token, "messages", "@original"];
        let call = Call::new(Method::PATCH, path).body(message).unsigned();
        self.make(Call { png: Some(png), ..call }).await.map(drop)
    }

    /// Sends a message to one person alone.
    pub(super) async fn direct(&self, user: &str, message: &Value) -> Result<(), ApiError> {
        let to = json!({ "recipient_id": user });
        let channel = self.make(Call::new(Method::POST, vec!["users", "@me", "channels"]).body(&to)).await?;
        let channel = channel.get("id").and_then(Value::as_str).unwrap_or_default();
        self.make(Call::new(Method::POST, vec!["channels", channel, "messages"]).body(message)).await.map(drop)
    }

    /// Where the gateway is.
    pub(super) async fn gateway(&self) -> Result<Gateway, ApiError> {
        let answer = self.make(Call::new(Method::GET, vec!["gateway", "bot"])).await?;
        let limit = |name: &str| answer.pointer(&format!("/session_start_limit/{name}")).and_then(Value::as_u64);
        let url = answer.get("url").and_then(Value::as_str).filter(|url| self.is_gateway(url));
        Ok(Gateway {
            url: url.ok_or_else(|| refused(200, "the gateway's address is none of discord's"))?.to_owned(),
            remaining: limit("remaining").unwrap_or(1),
            reset_after: Duration::from_millis(limit("reset_after").unwrap_or_default()),
        })
    }

    /// The commands that are registered in the server.
    pub(super) async fn commands(&self) -> Result<Value, ApiError> {
        let call = Call::new(Method::GET, self.commands_path());
        self.make(Call { query: Some(("with_localizations", "true")), ..call }).await
    }

    /// Registers these commands in the server, in place of all others.
    pub(super) async fn put_commands(&self, commands: &Value) -> Result<Value, ApiError> {
        self.make(Call::new(Method::PUT, self.commands_path()).body(commands)).await
    }

    /// The application that the token belongs to.
    pub(super) async fn application(&self) -> Result<Value, ApiError> {
        self.make(Call::new(Method::GET, vec!["applications", "@me"])).await
    }

    /// The address that serenity is to call instead of Discord's own.
    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    fn commands_path(&self) -> Vec<&str> {
        vec!["applications", &self.application, "guilds", &self.guild, "commands"]
    }

    /// A websocket is opened at Discord alone, or at the stand-in that takes its place.
    pub(super) fn is_gateway(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let discords = url.host_str().is_some_and(|host| host == "discord.gg" || host.ends_with(".discord.gg"));
        let stand_in = self.base.scheme() == "http" && url.scheme() == "ws" && url.host() == self.base.host();
        (url.scheme() == "wss" && discords) || stand_in
    }

    fn url(&self, call: &Call<'_>) -> Url {
        let mut url = self.base.clone();
        // An https or http address always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v10"]).extend(&call.path);
        }
        if let Some((name, value)) = call.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }

    /// Makes a call: within the limits that Discord told, and again where it was not taken and may be.
    async fn make(&self, call: Call<'_>) -> Result<Value, ApiError> {
        let url = self.url(&call);
        // The path holds what limits are told apart by: application, channel, interaction.
        let route = format!("{} {}", call.method, url.path());
        let mut wait = FIRST_WAIT;
        loop {
            let limited = self.pace.wait(&route, call.as_bot, Instant::now());
            if Instant::now() + limited > call.until {
                return Err(ApiError::Unreachable(None));
            }
            tokio::time::sleep(limited).await;
            let error = match self.attempt(&call, &url, &route).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Over(error)) => return Err(error),
                Err(Attempt::Limited) => continue,
                Err(Attempt::Again(error)) => error,
            };
            if Instant::now() + wait > call.until {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    async fn attempt(&self, call: &Call<'_>, url: &Url, route: &str) -> Result<Value, Attempt> {
        let left = call.until.saturating_duration_since(Instant::now()).min(ATTEMPT);
        let response = match self.request(call, url).timeout(left).send().await {
            Ok(response) => response,
            // The address may hold an interaction's token.
            Err(error) => {
                let again = error.is_connect() || call.is_repeatable();
                let error = ApiError::Unreachable(Some(error.without_url()));
                return Err(if again { Attempt::Again(error) } else { Attempt::Over(error) });
            }
        };
        let status = response.status();
        let told = self.pace.note_headers(route, response.headers(), Instant::now());
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.pace.note_refusal(route, told, &body(response).await, Instant::now());
            return Err(Attempt::Limited);
        }
        if status.is_success() {
            return Ok(body(response).await);
        }
        Err(failed(call, status, &body(response).await))
    }

    fn request(&self, call: &Call<'_>, url: &Url) -> RequestBuilder {
        let mut request = self.http.request(call.method.clone(), url.clone());
        if call.as_bot {
            request = request.header(header::AUTHORIZATION, format!("Bot {}", self.secrets.secrets().bot_token));
        }
        match (call.body, call.png) {
            (Some(body), Some(png)) => request.multipart(picture::parts(body, png)),
            (Some(body), None) => request.json(body),
            (None, _) => request,
        }
    }
}

/// Why an attempt came to nothing.
enum Attempt {
    /// No further one will do better.
    Over(ApiError),
    /// A later one may do better.
    Again(ApiError),
    /// Discord asked for a wait, which is noted.
    Limited,
}

fn failed(call: &Call<'_>, status: StatusCode, body: &Value) -> Attempt {
    if status == StatusCode::UNAUTHORIZED && call.as_bot {
        return Attempt::Over(ApiError::Unauthorised);
    }
    let code = body.get("code").and_then(Value::as_u64).unwrap_or_default();
    let message = body.get("message").and_then(Value::as_str).unwrap_or("nothing that can be read");
    let error = ApiError::Refused { status: status.as_u16(), code, message: message.chars().take(100).collect() };
    let early = !call.as_bot && call.method == Method::PATCH && NO_MESSAGE_YET.contains(&code);
    if early && call.until.saturating_duration_since(Instant::now()) > PATIENCE.saturating_sub(UNDER_WAY) {
        return Attempt::Again(error);
    }
    if status.is_server_error() && call.is_repeatable() { Attempt::Again(error) } else { Attempt::Over(error) }
}

async fn body(response: Response) -> Value {
    response.json().await.unwrap_or_default()
}

fn refused(status: u16, why: &str) -> ApiError {
    ApiError::Refused { status, code: 0, message: why.to_owned() }
}
