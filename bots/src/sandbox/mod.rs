//! Chat rooms that exist on this machine alone, for trying `/magiclink` without any account.
//!
//! Apart from the platforms because it is their other end: it calls the service as they would, signed, and takes what they
//! would be handed on a port of its own.

mod room;
mod slack;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::ports::{ChatAct, ChatRoom, Clock, Ids, SandboxChat};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use reqwest::{Client, redirect};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::slack::{SecretSource, SlackConfig};
use room::Room;
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
    rooms: Mutex<Rooms>,
    changes: watch::Sender<u64>,
    serving: OnceLock<AbortHandle>,
}

/// What the rooms hold.
#[derive(Default)]
struct Rooms {
    revision: u64,
    /// How many messages there were.
    said: u64,
    each: BTreeMap<ChatPlatform, Room>,
}

impl ChatSandbox {
    /// An empty room for each platform, behind a port of this machine and keys that are drawn now.
    ///
    /// # Errors
    /// When no port is free, or no HTTP calls can be made.
    pub async fn open(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        // Never through a proxy: it is all on this machine.
        let http = Client::builder().no_proxy().timeout(PATIENCE).redirect(redirect::Policy::none()).build();
        let mut rooms = Rooms::default();
        rooms.each.insert(ChatPlatform::Slack, Room::default());
        let sandbox = Arc::new(Self {
            slack: SlackSide::drawn(ids.as_ref(), base),
            clock,
            ids,
            http: http.map_err(io::Error::other)?,
            service: OnceLock::new(),
            rooms: Mutex::new(rooms),
            changes: watch::channel(0).0,
            serving: OnceLock::new(),
        });
        let routes = slack::routes(Arc::downgrade(&sandbox));
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

    /// Its Slack, as an operator would configure it.
    #[must_use]
    pub fn slack(&self) -> Option<(SlackConfig, Arc<dyn SecretSource>)> {
        self.slack.as_configured()
    }

    /// The person in the room of a platform.
    #[must_use]
    pub fn person(&self, platform: ChatPlatform) -> Option<ChatUser> {
        let (workspace, user) = match platform {
            ChatPlatform::Slack => (slack::TEAM, slack::PERSON),
            ChatPlatform::Discord => return None,
        };
        ChatUser::parse(platform, workspace, user).ok()
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
            (change(rooms.each.entry(platform).or_default(), said), revision)
        };
        self.changes.send_replace(revision);
        done
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
        rooms.each.iter().map(|(platform, room)| room.shown(*platform, rooms.revision)).collect()
    }

    async fn act(&self, platform: ChatPlatform, act: ChatAct) -> Result<(), String> {
        match platform {
            ChatPlatform::Slack => slack::act(self, act).await,
            ChatPlatform::Discord => Err("there is no Discord here".to_owned()),
        }
    }

    async fn changed(&self, revision: u64) -> u64 {
        let mut changes = self.changes.subscribe();
        let changed = changes.wait_for(|now| *now > revision).await;
        changed.map_or(revision, |now| *now)
    }
}
