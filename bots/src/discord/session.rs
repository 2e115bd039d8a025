//! One connection to the gateway, by serenity: hello, identify, ready, heartbeats, resume.
//!
//! Apart from who watches over it because serenity is met here alone. It lives in a runtime of its own: it begins tasks
//! that nothing else can end, and turns in circles on a connection that is gone, until its next heartbeat fails.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serenity::Client;
use serenity::all::{ConnectionStage, Context, Event, GatewayIntents, HttpBuilder, Interaction, RawEventHandler};
use serenity::gateway::{GatewayError, ShardManager};
use serenity::model::event::UnknownEvent;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// How long a connection may take to be set up.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// What comes over the gateway.
#[derive(Debug)]
pub(super) enum Heard {
    /// A session begins; where it is resumed when the connection breaks.
    Ready {
        /// A websocket's address.
        resume_at: String,
    },
    /// A session goes on after a break, and what was missed comes now.
    Resumed,
    /// Somebody did something.
    Interaction(Value),
}

/// Why Discord wants no connection from this bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It does not take the token.
    Token,
    /// It does not know the intents.
    InvalidIntents,
    /// It does not grant the intents.
    DisallowedIntents,
}

impl Refusal {
    /// Discord's close code.
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Token => 4004,
            Self::InvalidIntents => 4013,
            Self::DisallowedIntents => 4014,
        }
    }

    /// What to do about it.
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Token => "reset the token on the application's Bot page and set discord.bot_token to it",
            Self::InvalidIntents => "update magiclink: it asks for something that discord does not know any more",
            Self::DisallowedIntents => {
                "no privileged intent is needed: look on the application's Bot page whether the bot is restricted"
            }
        }
    }

    fn of(error: &GatewayError) -> Option<Self> {
        let refusals = [
            (matches!(error, GatewayError::InvalidAuthentication), Self::Token),
            (matches!(error, GatewayError::InvalidGatewayIntents), Self::InvalidIntents),
            (matches!(error, GatewayError::DisallowedGatewayIntents), Self::DisallowedIntents),
        ];
        refusals.into_iter().find_map(|(is, refusal)| is.then_some(refusal))
    }
}

/// A connection, with serenity's tasks behind it.
pub(super) struct Session {
    /// It was ready at least once.
    pub(super) was_connected: bool,
    heard: UnboundedReceiver<Heard>,
    ended: oneshot::Receiver<Option<Refusal>>,
    shards: Arc<ShardManager>,
    /// Where serenity connects to.
    address: Arc<Mutex<String>>,
    runtime: Option<Runtime>,
}

impl Session {
    /// Connects to `url`; `api_base` takes the place of Discord's own address.
    pub(super) async fn open(api_base: &str, url: String, token: &str) -> Result<Self, String> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("discord").enable_all().build();
        let runtime = runtime.map_err(|error| format!("no thread for discord's gateway: {error}"))?;
        // serenity's own limiter knows of no other address; all that it calls is where the gateway is.
        let http = HttpBuilder::new(token).proxy(api_base).ratelimiter_disabled(true).build();
        let (say, heard) = unbounded_channel();
        let (finish, ended) = oneshot::channel();
        let (give, given) = oneshot::channel();
        runtime.spawn(async move {
            let client = serenity::client::ClientBuilder::new_with_http(http, GatewayIntents::empty());
            let Ok(mut client) = client.raw_event_handler(Ears(say)).await else { return };
            client.ws_url.lock().await.clone_from(&url);
            if give.send((Arc::clone(&client.shard_manager), Arc::clone(&client.ws_url))).is_ok() {
                // Nobody waits any more where the session is being closed.
                let _unheard: Result<(), _> = finish.send(run(&mut client).await);
            }
        });
        if let Ok(Ok((shards, address))) = tokio::time::timeout(PATIENCE, given).await {
            return Ok(Self { was_connected: false, heard, ended, shards, address, runtime: Some(runtime) });
        }
        runtime.shutdown_background();
        Err("the gateway could not be set up in time".to_owned())
    }

    /// What comes next; a refusal, or nothing, where the connection is over.
    pub(super) async fn heard(&mut self) -> Result<Heard, Option<Refusal>> {
        tokio::select! {
            biased;
            Some(heard) = self.heard.recv() => Ok(heard),
            ended = &mut self.ended => Err(ended.unwrap_or_default()),
        }
    }

    /// Whether it is connected now.
    pub(super) async fn is_connected(&self) -> bool {
        let shards = self.shards.runners.lock().await;
        shards.values().any(|shard| shard.stage == ConnectionStage::Connected)
    }

    /// Where the session is resumed ("Resuming" in Discord's documentation), which serenity does not look at.
    pub(super) async fn resume_at(&self, url: String) {
        *self.address.lock().await = url;
    }

    /// Says farewell where somebody is there to hear it, and ends everything.
    pub(super) async fn close(self) {
        if self.is_connected().await {
            drop(tokio::time::timeout(FAREWELL, self.shards.shutdown_all()).await);
        } else {
            // Writing to a connection that is gone ends the task that turns in circles on it.
            self.shards.runners.lock().await.values().for_each(|shard| shard.runner_tx.set_activity(None));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn run(client: &mut Client) -> Option<Refusal> {
    if let Err(serenity::Error::Gateway(error)) = client.start().await { Refusal::of(&error) } else { None }
}

/// Passes on what matters.
struct Ears(UnboundedSender<Heard>);

#[async_trait::async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, _: Context, event: Event) {
        if let Some(heard) = heard(event) {
            // Nobody listens any more where the session is being closed.
            drop(self.0.send(heard));
        }
    }
}

fn heard(event: Event) -> Option<Heard> {
    if let Event::Ready(event) = event {
        return Some(Heard::Ready { resume_at: event.ready.resume_gateway_url });
    }
    if let Event::Resumed(_) = event {
        return Some(Heard::Resumed);
    }
    if let Event::InteractionCreate(event) = event {
        return read(&event.interaction).map(Heard::Interaction);
    }
    // What serenity can't decode comes as it is.
    if let Event::Unknown(UnknownEvent { kind, value, .. }) = event
        && kind == "INTERACTION_CREATE"
    {
        return Some(Heard::Interaction(value));
    }
    None
}

/// An interaction as Discord wrote it: serenity leaves its type out, and puts nulls where nothing was.
pub(super) fn read(interaction: &Interaction) -> Option<Value> {
    let mut value = serde_json::to_value(interaction).ok()?;
    drop_nulls(&mut value);
    value.as_object_mut()?.insert("type".to_owned(), u8::from(interaction.kind()).into());
    Some(value)
}

fn drop_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(drop_nulls);
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(drop_nulls);
    }
}
