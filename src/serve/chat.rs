//! Chat: the platforms that are configured, their routes, and the work that goes on beside them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use magiclink_bots::conversation::Conversation;
use magiclink_bots::discord::{self, Discord, Mode, Standing};
use magiclink_bots::sandbox::ChatSandbox;
use magiclink_bots::slack::{self, Slack};
use magiclink_domain::ports::SandboxChat;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::roles::{Role, Roles};
use super::stop::until;
use crate::wiring::App;

/// The platforms of this process.
pub(super) struct Chat {
    slack: Option<Arc<Slack>>,
    /// Slack's requests come over a socket.
    socket: bool,
    discord: Option<Arc<Discord>>,
    /// What stands for the platforms in a sandbox.
    sandbox: Option<Arc<ChatSandbox>>,
}

impl Chat {
    /// What is configured, if this process takes the role.
    ///
    /// # Errors
    /// One sentence with the remedy, when a platform can't be used as it is configured.
    pub(super) fn open(app: &App, roles: &Roles) -> anyhow::Result<Self> {
        if !roles.include(Role::Bots) {
            return Ok(Self { slack: None, socket: false, discord: None, sandbox: None });
        }
        let zone = app.config.portal.time_zone;
        let talk = Arc::new(Conversation::new(Arc::clone(&app.use_cases), Arc::clone(&app.read_models), zone));
        let section = &app.config.slack;
        let sandbox = app.stand_ins.chat.clone();
        let slack = match (section.workspace(), &sandbox) {
            (Some(workspace), _) => Some((workspace, section.secrets()? as _)),
            (None, Some(sandbox)) => sandbox.slack(),
            (None, None) => None,
        };
        let slack = slack.map(|(workspace, secrets)| Slack::new(Arc::clone(&talk), workspace, secrets, app.leases()));
        let slack = slack.transpose().context("slack can't be set up")?;
        let server = &app.config.discord;
        let discord = match (server.server(), &sandbox) {
            (Some(one), _) => Some((one, server.secrets()? as _)),
            (None, Some(sandbox)) => sandbox.discord(),
            (None, None) => None,
        };
        let discord = discord.map(|(one, secrets)| Discord::new(talk, one, secrets, app.leases()));
        let discord = discord.transpose().context("discord can't be set up")?;
        Ok(Self { slack, socket: section.has_socket(), discord, sandbox })
    }

    /// The rooms in which chat can be tried.
    pub(super) fn sandbox(&self) -> Option<Arc<dyn SandboxChat>> {
        self.sandbox.clone().map(|sandbox| sandbox as _)
    }

    /// From now on the sandbox's platforms call the hooks of the service, which listens at `address`.
    pub(super) fn call_back(&self, address: SocketAddr) {
        if let Some(sandbox) = &self.sandbox {
            sandbox.call_back(address);
        }
    }

    /// Whether there is any platform.
    pub(super) const fn is_set(&self) -> bool {
        self.slack.is_some() || self.discord.is_some()
    }

    /// These routes, and those that the platforms call.
    pub(super) fn routes(&self, mut routes: Router) -> Router {
        if let Some(slack) = &self.slack {
            routes = routes.merge(slack::router(Arc::clone(slack)));
        }
        match self.discord.as_ref().filter(|discord| discord.mode() == Mode::Http) {
            Some(discord) => routes.merge(discord::router(Arc::clone(discord))),
            None => routes,
        }
    }

    /// Begins the work that nobody asks for.
    pub(super) fn spawn(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        if let Some(slack) = &self.slack {
            let (telling, stopped) = (Arc::clone(slack), stop.clone());
            tasks.spawn(async move { telling.keep_telling(&stopped).await });
            if self.socket {
                let (listening, stopped) = (Arc::clone(slack), stop.clone());
                tasks.spawn(async move { listening.keep_listening(stopped.cancelled()).await });
            }
        }
        if let Some(discord) = &self.discord {
            spawn_discord(discord, tasks, stop);
        }
    }

    /// Returns once everything that was acknowledged is done.
    pub(super) async fn finish(&self) {
        if let Some(slack) = &self.slack {
            slack.finish().await;
        }
        if let Some(discord) = &self.discord {
            discord.finish().await;
        }
    }
}

fn spawn_discord(discord: &Arc<Discord>, tasks: &TaskTracker, stop: &CancellationToken) {
    let (registering, stopped) = (Arc::clone(discord), stop.clone());
    tasks.spawn(async move { registering.keep_registered(stopped.cancelled()).await });
    let (telling, stopped) = (Arc::clone(discord), stop.clone());
    tasks.spawn(async move { telling.keep_telling(&stopped).await });
    if discord.mode() == Mode::Gateway {
        let (listening, stopped) = (Arc::clone(discord), stop.clone());
        tasks.spawn(async move { listening.keep_listening(stopped.cancelled()).await });
        tasks.spawn(until(stop, measured(Arc::clone(discord))));
    }
}

/// Keeps the gauge of the gateway's standing, for ever.
async fn measured(discord: Arc<Discord>) {
    let mut standing = discord.standing();
    loop {
        let now = *standing.borrow_and_update();
        for one in Standing::ALL {
            let gauge = metrics::gauge!("magiclink_discord_gateway", "standing" => one.as_str());
            gauge.set(if one == now { 1.0 } else { 0.0 });
        }
        if standing.changed().await.is_err() {
            return;
        }
    }
}
