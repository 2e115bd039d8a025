//! Tokens and secrets, asked for anew at every use, so that they rotate without a restart.

use std::fmt;
use std::sync::Arc;

/// What Slack gave us. `Debug` hides all of it.
#[derive(Clone, Default)]
pub struct SlackSecrets {
    /// The bot's token (`xoxb-…`).
    pub bot_token: String,
    /// The signing secrets that are believed: one, or two while one takes the other's place.
    pub signing: Vec<String>,
    /// The app's token (`xapp-…`), for Socket Mode.
    pub app_token: Option<String>,
}

impl fmt::Debug for SlackSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackSecrets(***)")
    }
}

/// Where the secrets are.
///
/// * `secrets` answers at once with what is in force now; what can't be read stays as it was.
pub trait SecretSource: Send + Sync + 'static {
    /// The secrets in force.
    fn secrets(&self) -> Arc<SlackSecrets>;
}
