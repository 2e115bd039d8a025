//! Chat rooms that exist on this machine alone, for trying `/magiclink` without any account.
//!
//! Apart from the platforms because it is their other end: it calls the service as they would, signed, and takes what they
//! would be handed on a port of its own.

mod discord;
mod room;
mod slack;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use magiclink_domain::ports::{ChatAct, ChatRoom, Clock, Ids, SandboxChat};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use reqwest::{Client, RequestBuilder, redirect};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::discord::{DiscordConfig, SecretSource as DiscordSource};
use crate::slack::{SecretSource as SlackSource, SlackConfig};
use discord::DiscordSide;
use room::{Filled, Kept, Room, Said};
use slack::SlackSide;

/// How long the service may take to acknowledge: a platform gives up then.
const PATIENCE: Duration = Duration::from_secs(3);

/// The chat of one process; what was said is gone at the next start.
pub struct ChatSandbox {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    http: Client,
    /// Where the service listens.
    service: OnceLock<SocketAddr>,
    slack: SlackSide,
    discord: DiscordSide,
    /// The platforms that have a room.
    here: Vec<ChatPlatform>,
    rooms: Mutex<Rooms>,
    changes: watch::Sender<u64>,
    serving: OnceLock<AbortHandle>,
}

/// What the rooms hold.
struct Rooms {
    revision: u64,
    /// How many messages there were.
    said: u64,
    slack: Room,
    discord: Room,
}

impl Rooms {
    const fn of(&self, platform: ChatPlatform) -> &Room {
        match platform {
            ChatPlatform::Slack => &self.slack,
            ChatPlatform::Discord => &self.discord,
        }
    }

    const fn of_mut(&mut self, platform: ChatPlatform) -> &mut Room {
        match platform {
            ChatPlatform::Slack => &mut self.slack,
            ChatPlatform::Discord => &mut self.discord,
        }
    }
}

impl ChatSandbox {
    /// An empty room for each of `platforms`, behind a port of this machine and keys that are drawn now.
    ///
    /// # Errors
    /// When no port is free, or no HTTP calls can be made.
    pub async fn open(
        clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, platforms: impl IntoIterator<Item = ChatPlatform>,
    ) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        // Never through a proxy: it is all on this machine.
        let http = Client::builder().no_proxy().timeout(PATIENCE).redirect(redirect::Policy::none()).build();
        let sandbox = Arc::new(Self {
            slack: SlackSide::drawn(ids.as_ref(), format!("{base}/slack")),
            discord: DiscordSide::drawn(ids.as_ref(), format!("{base}/discord")),
            here: platforms.into_iter().collect(),
            clock,
            ids,
            http: http.map_err(io::Error::other)?,
            service: OnceLock::new(),
            rooms: Mutex::new(Rooms {
                revision: 0,
                said: 0,
                slack: Room::of(slack::person()),
                discord: Room::of(discord::person()),
            }),
            changes: watch::channel(0).0,
            serving: OnceLock::new(),
        });
        let routes = Router::new()
            .nest("/slack", slack::routes(Arc::downgrade(&sandbox)))
            .nest("/discord", discord::routes(Arc::downgrade(&sandbox)));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the sandbox's chat ended");
            }
        });
        sandbox.serving.get_or_init(|| serving.abort_handle());
        Ok(sandbox)
    }

    /// From now on what is done in the rooms reaches the service at `address`.
    pub fn call_back(&self, address: SocketAddr) {
        self.service.get_or_init(|| address);
    }

    /// Its Slack, as an operator would configure it; `None` where it has none.
    #[must_use]
    pub fn slack(&self) -> Option<(SlackConfig, Arc<dyn SlackSource>)> {
        if self.has(ChatPlatform::Slack) { self.slack.as_configured() } else { None }
    }

    /// Its Discord, likewise.
    #[must_use]
    pub fn discord(&self) -> Option<(DiscordConfig, Arc<dyn DiscordSource>)> {
        if self.has(ChatPlatform::Discord) { self.discord.as_configured() } else { None }
    }

    /// The person in the room of a platform.
    #[must_use]
    pub fn person(&self, platform: ChatPlatform) -> Option<ChatUser> {
        self.has(platform).then(|| self.inside().of(platform).person().clone())
    }

    fn has(&self, platform: ChatPlatform) -> bool {
        self.here.contains(&platform)
    }

    fn inside(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a room, and tells whoever watches.
    fn change<T>(&self, platform: ChatPlatform, change: impl FnOnce(&mut Room, u64) -> T) -> T {
        let (done, revision) = {
            let mut rooms = self.inside();
            rooms.revision += 1;
            rooms.said += 1;
            let (said, revision) = (rooms.said, rooms.revision);
            (change(rooms.of_mut(platform), said), revision)
        };
        self.changes.send_replace(revision);
        done
    }

    /// The person's own words.
    fn own(&self, platform: ChatPlatform, text: &str) {
        let at = self.clock.now();
        self.change(platform, |room, nth| room.own(nth, at, text.trim()));
    }

    /// What the app says: in the place of a message, or by itself; its place.
    fn say(&self, platform: ChatPlatform, said: Said, in_place_of: Option<u64>) -> u64 {
        let at = self.clock.now();
        self.change(platform, |room, nth| room.say(nth, at, said, in_place_of))
    }

    /// What is made of the message that carries `value`.
    fn carrying<T>(
        &self, platform: ChatPlatform, nth: u64, value: &str, make: impl FnOnce(&Kept) -> Option<T>,
    ) -> Result<T, String> {
        let rooms = self.inside();
        let made = rooms.of(platform).carrying(nth, value).and_then(make);
        made.ok_or_else(|| "there is no such button any more".to_owned())
    }

    fn filled(&self, platform: ChatPlatform, fields: &[(String, String)]) -> Result<Filled, String> {
        self.inside().of_mut(platform).filled(fields)
    }

    fn close(&self, platform: ChatPlatform) {
        self.change(platform, |room, _| room.close());
    }

    /// Seconds since the Unix epoch, as platforms write them into what they sign.
    fn timestamp(&self) -> String {
        self.clock.now().micros().div_euclid(1_000_000).to_string()
    }

    /// What the service answers to a platform's request.
    async fn answered(request: RequestBuilder) -> Result<String, String> {
        let answer = request.send().await.map_err(|_| "the service did not answer within three seconds")?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("the service answered {status}"));
        }
        answer.text().await.map_err(|_| "the answer was cut off".to_owned())
    }

    /// The address of one of the service's hooks.
    fn hook(&self, path: &str) -> Result<String, String> {
        let address = self.service.get().ok_or("the service does not listen yet")?;
        Ok(format!("http://{address}{path}"))
    }
}

impl Drop for ChatSandbox {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.get() {
            serving.abort();
        }
    }
}

#[async_trait]
impl SandboxChat for ChatSandbox {
    fn rooms(&self) -> Vec<ChatRoom> {
        let rooms = self.inside();
        self.here.iter().map(|platform| rooms.of(*platform).shown(rooms.revision)).collect()
    }

    async fn act(&self, platform: ChatPlatform, act: ChatAct) -> Result<(), String> {
        match platform {
            _ if !self.has(platform) => Err(format!("there is no {} here", platform.name())),
            ChatPlatform::Slack => slack::act(self, act).await,
            ChatPlatform::Discord => discord::act(self, act).await,
        }
    }

    async fn changed(&self, revision: u64) -> u64 {
        let mut changes = self.changes.subscribe();
        let changed = changes.wait_for(|now| *now > revision).await;
        changed.map_or(revision, |now| *now)
    }
}
