//! Slack: slash command, dialog, buttons and menus, by HTTP or by Socket Mode.
//!
//! Apart from the conversation because everything here is Slack's: signatures, payloads, limits, seconds. A request is
//! acknowledged at once; the work goes on, and its answer is posted to the request's own `response_url`.

mod api;
mod edits;
mod hooks;
mod incoming;
mod modal;
mod picture;
mod render;
mod secrets;
mod signature;
mod socket;
#[cfg(test)]
mod tests;
mod work;

pub use hooks::{router, try_address};
pub use secrets::{SecretSource, SlackSecrets};

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use magiclink_domain::ports::Leases;
use magiclink_domain::team::ChatPlatform;
use magiclink_domain::time::Timestamp;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::conversation::Conversation;
use crate::telling::Telling;
use api::Api;

/// The address of Slack's Web API.
pub const API_BASE: &str = "https://slack.com/api";

/// Which workspace and app is served.
#[derive(Clone, Debug)]
pub struct SlackConfig {
    /// The workspace's id; others are refused.
    pub team_id: String,
    /// The app's id; others are refused. `None` = whichever knows the signing secret.
    pub app_id: Option<String>,
    /// Where the Web API is; [`API_BASE`] but for tests.
    pub api_base: Url,
}

/// What one node does for Slack.
pub struct Slack {
    talk: Arc<Conversation>,
    config: SlackConfig,
    secrets: Arc<dyn SecretSource>,
    api: Api,
    /// Work that goes on after an acknowledgement.
    tasks: TaskTracker,
    /// Who was looked up a moment ago, and what came of it.
    known: Mutex<HashMap<String, (work::Standing, Timestamp)>>,
    /// Messages that tell of links.
    telling: Telling,
}

/// Slack can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("the client for Slack can't be made")]
pub struct SetUpError(#[source] reqwest::Error);

/// Whether Slack takes our token, and for the workspace that is meant; in words for an operator.
///
/// # Errors
/// What is wrong, and what to do about it.
pub async fn check(config: SlackConfig, secrets: Arc<dyn SecretSource>) -> Result<String, String> {
    let api = Api::new(config.api_base, secrets).map_err(|error| error.to_string())?;
    api.check(&config.team_id).await
}

impl Slack {
    /// Slack over this conversation; nodes that share `leases` share the telling.
    ///
    /// # Errors
    /// [`SetUpError`] when the system's TLS can't be used.
    pub fn new(
        talk: Arc<Conversation>, config: SlackConfig, secrets: Arc<dyn SecretSource>, leases: Arc<dyn Leases>,
    ) -> Result<Arc<Self>, SetUpError> {
        let telling = Telling::new(Arc::clone(&talk), ChatPlatform::Slack, leases);
        let api = Api::new(config.api_base.clone(), Arc::clone(&secrets)).map_err(SetUpError)?;
        Ok(Arc::new(Self { talk, config, secrets, api, tasks: TaskTracker::new(), known: Mutex::default(), telling }))
    }

    /// Edits messages whenever no other node does, until `stop`.
    pub async fn keep_telling(&self, stop: &CancellationToken) {
        self.telling.keep(self, stop).await;
    }

    /// Returns once everything that was acknowledged is done.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn now(&self) -> Timestamp {
        self.talk.use_cases().ports().clock.now()
    }
}
