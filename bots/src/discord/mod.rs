//! Discord: the slash command, its dialog, buttons and menus, by the gateway or by HTTP.
//!
//! Apart from the conversation because everything here is Discord's: signatures, payloads, limits, seconds. An
//! [`Interaction`] comes in by either way, [`Discord::answer`] says what is answered at once, and
//! [`Discord::carry_on`] does the rest once that was sent.

mod api;
mod check;
mod command;
mod edits;
mod escape;
mod gateway;
mod hooks;
mod incoming;
mod modal;
mod pace;
mod picture;
mod register;
mod render;
mod secrets;
mod session;
mod signature;
#[cfg(test)]
mod tests;
mod work;

pub use check::check;
pub use command::command;
pub use gateway::Standing;
pub use hooks::{router, try_address};
pub use incoming::Interaction;
pub use secrets::{DiscordSecrets, PublicKey, SecretSource};
pub use work::{Answered, Then};

use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::ports::Leases;
use magiclink_domain::team::ChatPlatform;
use magiclink_domain::time::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::conversation::Conversation;
use crate::telling::Telling;
use api::Api;

/// The address of Discord.
pub const API_BASE: &str = "https://discord.com";

/// How interactions come in; Discord takes one way at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Over a websocket that the bot opens.
    Gateway,
    /// Discord posts them to `/hooks/discord/interactions`.
    Http,
}

/// Which application and server is served.
#[derive(Clone, Debug)]
pub struct DiscordConfig {
    /// The application's id; others are refused.
    pub application_id: String,
    /// The server's id; others are refused.
    pub guild_id: String,
    /// How interactions come in.
    pub mode: Mode,
    /// Where the REST API is, without `/api/v10`; [`API_BASE`] but for tests.
    pub api_base: Url,
}

/// What one node does for Discord.
pub struct Discord {
    talk: Arc<Conversation>,
    config: DiscordConfig,
    secrets: Arc<dyn SecretSource>,
    api: Api,
    /// How long a first answer waits for the whole; `None`: not at all.
    soon: Option<Duration>,
    /// Work that goes on after the first answer.
    tasks: TaskTracker,
    /// Messages that tell of links.
    telling: Telling,
    /// How the gateway stands.
    standing: watch::Sender<Standing>,
}

/// Discord can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("the client for discord can't be made")]
pub struct SetUpError(#[source] reqwest::Error);

impl Discord {
    /// Discord over this conversation; nodes that share `leases` share the telling.
    ///
    /// # Errors
    /// [`SetUpError`] when the system's TLS can't be used.
    pub fn new(
        talk: Arc<Conversation>, config: DiscordConfig, secrets: Arc<dyn SecretSource>, leases: Arc<dyn Leases>,
    ) -> Result<Arc<Self>, SetUpError> {
        Self::patient(talk, config, secrets, leases, Some(work::SOON))
    }

    /// As [`Discord::new`], waiting this long with a first answer.
    fn patient(
        talk: Arc<Conversation>, config: DiscordConfig, secrets: Arc<dyn SecretSource>, leases: Arc<dyn Leases>,
        soon: Option<Duration>,
    ) -> Result<Arc<Self>, SetUpError> {
        let telling = Telling::new(Arc::clone(&talk), ChatPlatform::Discord, leases);
        let api = Api::new(&config, Arc::clone(&secrets)).map_err(SetUpError)?;
        Ok(Arc::new(Self {
            talk,
            config,
            secrets,
            api,
            soon,
            tasks: TaskTracker::new(),
            telling,
            standing: watch::Sender::new(Standing::Down),
        }))
    }

    /// Edits messages whenever no other node does, until `stop`.
    pub async fn keep_telling(&self, stop: &CancellationToken) {
        self.telling.keep(self, stop).await;
    }

    /// How interactions come in.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.config.mode
    }

    /// Returns once everything that was answered for now is done.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn now(&self) -> Timestamp {
        self.talk.use_cases().ports().clock.now()
    }
}
