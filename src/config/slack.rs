//! `[slack]`: the workspace that `/magiclink` is typed in.
//!
//! Apart from the other sections because its secrets are read anew while running: a token is changed in its file, and
//! counts from then on.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use magiclink_bots::slack::{API_BASE, SecretSource, SlackConfig, SlackSecrets};
use serde::Deserialize;
use url::Url;

use super::ConfigError;
use super::secret::{Secret, lines, read};
use super::value::{on_this_machine, optional_text, optional_url};

/// Where Slack is, and what it gave us.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Slack {
    #[serde(deserialize_with = "optional_text")]
    pub(crate) bot_token: Option<Secret>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) bot_token_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) signing_secret: Option<Secret>,
    /// May hold two lines while one secret takes the other's place.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) signing_secret_file: Option<PathBuf>,
    /// With it, requests come over a socket that we open (Socket Mode).
    #[serde(deserialize_with = "optional_text")]
    pub(crate) app_token: Option<Secret>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) app_token_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) team_id: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) app_id: Option<String>,
    /// Slack's own, but for a stand-in.
    #[serde(deserialize_with = "optional_url")]
    pub(crate) api_base: Option<Url>,
}

impl Slack {
    /// Whether there is a workspace to serve.
    pub(crate) const fn is_set(&self) -> bool {
        self.bot_token.is_some() || self.bot_token_file.is_some()
    }

    /// Whether requests come over a socket.
    pub(crate) const fn has_socket(&self) -> bool {
        self.app_token.is_some() || self.app_token_file.is_some()
    }

    const fn is_signed(&self) -> bool {
        self.signing_secret.is_some() || self.signing_secret_file.is_some()
    }

    /// Whether a stand-in on this machine takes the place of Slack.
    pub(crate) fn is_stand_in(&self) -> bool {
        self.api_base.as_ref().is_some_and(on_this_machine)
    }

    /// Refuses keys that do not go together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, twice) in [
            ("bot_token", self.bot_token.is_some() && self.bot_token_file.is_some()),
            ("signing_secret", self.signing_secret.is_some() && self.signing_secret_file.is_some()),
            ("app_token", self.app_token.is_some() && self.app_token_file.is_some()),
        ] {
            if twice {
                return refused(key, &format!("slack.{key}_file is set too: keep one of them"));
            }
        }
        if !self.is_set() {
            let others = self.is_signed() || self.has_socket() || self.team_id.is_some();
            return if others {
                refused("bot_token", "missing: take the bot's token (xoxb-…) from the app's page")
            } else {
                Ok(())
            };
        }
        if self.team_id.is_none() {
            return refused("team_id", "missing: name the workspace (T…); others are refused");
        }
        if !self.is_signed() && !self.has_socket() {
            return refused(
                "signing_secret",
                "missing: take it from the app's page, or set slack.app_token for Socket Mode",
            );
        }
        if self.api_base.as_ref().is_some_and(|url| url.scheme() != "https" && !on_this_machine(url)) {
            return refused("api_base", "not encrypted: it must begin with https://");
        }
        Ok(())
    }

    /// Which workspace, where; `None` where there is none.
    pub(crate) fn workspace(&self) -> Option<SlackConfig> {
        let api_base = self.api_base.clone().or_else(|| API_BASE.parse().ok())?;
        let team_id = self.team_id.clone().filter(|_| self.is_set())?;
        Some(SlackConfig { team_id, app_id: self.app_id.clone(), api_base })
    }

    /// The secrets, read anew whenever they are asked for.
    ///
    /// # Errors
    /// When a file can't be read at the start.
    pub(crate) fn secrets(&self) -> Result<Arc<SlackFiles>, ConfigError> {
        let first =
            self.read().map_err(|(key, why)| ConfigError::Together { key: format!("slack.{key}"), reason: why })?;
        Ok(Arc::new(SlackFiles { section: self.clone(), last: Mutex::new(Arc::new(first)) }))
    }

    fn read(&self) -> Result<SlackSecrets, (&'static str, String)> {
        let bot = read("bot_token_file", self.bot_token.as_ref(), self.bot_token_file.as_ref())?;
        let signing = read("signing_secret_file", self.signing_secret.as_ref(), self.signing_secret_file.as_ref())?;
        let app = read("app_token_file", self.app_token.as_ref(), self.app_token_file.as_ref())?;
        Ok(SlackSecrets {
            bot_token: bot.unwrap_or_default(),
            signing: signing.map(|text| lines(&text)).unwrap_or_default(),
            app_token: app,
        })
    }
}

fn refused(key: &str, reason: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Together { key: format!("slack.{key}"), reason: reason.to_owned() })
}

/// The secrets in force: what the files hold now, or held when they could last be read.
pub(crate) struct SlackFiles {
    section: Slack,
    last: Mutex<Arc<SlackSecrets>>,
}

impl SecretSource for SlackFiles {
    fn secrets(&self) -> Arc<SlackSecrets> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match self.section.read() {
            Ok(read) => *last = Arc::new(read),
            Err((key, why)) => tracing::warn!(key, why, "slack's secrets stay as they were"),
        }
        Arc::clone(&last)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn set() -> Slack {
        Slack {
            bot_token: Some("xoxb-1".parse().unwrap()),
            signing_secret: Some("s3cret".parse().unwrap()),
            team_id: Some("T1".to_owned()),
            ..Slack::default()
        }
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused() {
        assert!(Slack::default().check().is_ok() && set().check().is_ok());
        let both = Slack { bot_token_file: Some("x".into()), ..set() };
        let unsigned = Slack { signing_secret: None, ..set() };
        let homeless = Slack { team_id: None, ..set() };
        let tokenless = Slack { bot_token: None, ..set() };
        let plain = Slack { api_base: Some("http://slack.example/api".parse().unwrap()), ..set() };
        for (wrong, key) in [
            (both, "bot_token"),
            (unsigned.clone(), "signing_secret"),
            (homeless, "team_id"),
            (tokenless, "bot_token"),
            (plain, "api_base"),
        ] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(error.contains(&format!("slack.{key}:")), "{error}");
        }
        let socket = Slack { app_token: Some("xapp-1".parse().unwrap()), ..unsigned };
        assert!(socket.check().is_ok() && socket.has_socket());
        let stand_in = Slack { api_base: Some("http://127.0.0.1:1/api".parse().unwrap()), ..set() };
        assert!(stand_in.check().is_ok());
    }

    #[test]
    fn a_changed_file_counts_at_once_and_a_missing_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing");
        fs::write(&path, "old\n").unwrap();
        let section = Slack { signing_secret: None, signing_secret_file: Some(path.clone()), ..set() };
        let source = section.secrets().unwrap();
        assert_eq!(source.secrets().signing, ["old"]);
        fs::write(&path, "old\nnew\n").unwrap();
        assert_eq!(source.secrets().signing, ["old", "new"]);
        fs::remove_file(&path).unwrap();
        assert_eq!(source.secrets().signing, ["old", "new"]);
        assert!(section.secrets().is_err(), "at the start it must be there");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", set()).contains("xoxb"));
    }
}
