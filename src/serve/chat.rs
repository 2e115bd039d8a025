//! Chat: the platforms that are configured, their routes, and the work that goes on beside them.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use magiclink_bots::conversation::Conversation;
use magiclink_bots::slack::{self, Slack};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::roles::{Role, Roles};
use crate::wiring::App;

/// The platforms of this process.
pub(super) struct Chat {
    slack: Option<Arc<Slack>>,
    /// Slack's requests come over a socket.
    socket: bool,
}

impl Chat {
    /// What is configured, if this process takes the role.
    ///
    /// # Errors
    /// One sentence with the remedy, when a platform can't be used as it is configured.
    pub(super) fn open(app: &App, roles: &Roles) -> anyhow::Result<Self> {
        let section = &app.config.slack;
        let Some(workspace) = section.workspace().filter(|_| roles.include(Role::Bots)) else {
            return Ok(Self { slack: None, socket: false });
        };
        let zone = app.config.portal.time_zone;
        let talk = Conversation::new(Arc::clone(&app.use_cases), Arc::clone(&app.read_models), zone);
        let slack = Slack::new(Arc::new(talk), workspace, section.secrets()?).context("slack can't be set up")?;
        Ok(Self { slack: Some(slack), socket: section.has_socket() })
    }

    /// Whether there is any platform.
    pub(super) const fn is_set(&self) -> bool {
        self.slack.is_some()
    }

    /// These routes, and those that the platforms call.
    pub(super) fn routes(&self, routes: Router) -> Router {
        match &self.slack {
            Some(slack) => routes.merge(slack::router(Arc::clone(slack))),
            None => routes,
        }
    }

    /// Begins the work that nobody asks for.
    pub(super) fn spawn(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        let Some(slack) = &self.slack else { return };
        let (telling, stopped) = (Arc::clone(slack), stop.clone());
        tasks.spawn(async move { telling.keep_telling(stopped.cancelled()).await });
        if self.socket {
            let (listening, stopped) = (Arc::clone(slack), stop.clone());
            tasks.spawn(async move { listening.keep_listening(stopped.cancelled()).await });
        }
    }

    /// Returns once everything that was acknowledged is done.
    pub(super) async fn finish(&self) {
        if let Some(slack) = &self.slack {
            slack.finish().await;
        }
    }
}
