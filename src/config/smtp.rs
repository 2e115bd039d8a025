//! `[smtp]`: the mail server.
//!
//! Apart from the other sections because its keys depend on each other, and one of them is a secret.

use std::fs;
use std::path::{Path, PathBuf};

use magiclink_delivery::smtp::{MailAddress, Relay, SmtpUrl};
use serde::Deserialize;

use super::ConfigError;
use super::value::optional_text;

/// How e-mail leaves the house.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Smtp {
    /// Holds user and password.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) url: Option<SmtpUrl>,
    /// A file with the same, for those who keep secrets in files.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) url_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) from: Option<MailAddress>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) reply_to: Option<MailAddress>,
    /// Authorities that are trusted instead of the system's.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// The mail server and the address that mail comes from: one without the other is refused.
pub(crate) struct MailServer {
    pub(crate) relay: Relay,
    pub(crate) from: MailAddress,
    pub(crate) on_this_machine: bool,
}

impl Smtp {
    /// Whether e-mail can be sent.
    pub(crate) const fn is_set(&self) -> bool {
        self.url.is_some() || self.url_file.is_some()
    }

    /// Refuses keys that do not go together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |key: &str, reason: &str| {
            Err(ConfigError::Together { key: format!("smtp.{key}"), reason: reason.to_owned() })
        };
        if self.url.is_some() && self.url_file.is_some() {
            return refused("url", "smtp.url_file is set too: keep one of them");
        }
        if self.is_set() && self.from.is_none() {
            return refused("from", "missing: name the address that mail comes from, such as links@example.com");
        }
        if !self.is_set() && (self.from.is_some() || self.reply_to.is_some() || self.ca_file.is_some()) {
            return refused("url", "missing: name the mail server, such as smtps://user:password@mail.example.com");
        }
        Ok(())
    }

    /// The mail server, with what its files hold; `None` where there is none.
    ///
    /// # Errors
    /// When a file can't be read or used.
    pub(crate) fn server(&self) -> Result<Option<MailServer>, ConfigError> {
        let (url, from) = match (self.secret_url()?, &self.from) {
            (Some(url), Some(from)) => (url, from.clone()),
            (None, _) | (_, None) => return Ok(None),
        };
        let on_this_machine = url.is_loopback();
        let authorities = self.ca_file.as_deref().map(|path| read("ca_file", path)).transpose()?;
        let relay = Relay::new(url, authorities.as_deref()).map_err(|error| match &self.ca_file {
            Some(path) => unusable("ca_file", path, &error),
            None => ConfigError::Together { key: "smtp.url".to_owned(), reason: error.to_string() },
        })?;
        Ok(Some(MailServer { relay, from, on_this_machine }))
    }

    fn secret_url(&self) -> Result<Option<SmtpUrl>, ConfigError> {
        let Some(path) = &self.url_file else { return Ok(self.url.clone()) };
        let text = String::from_utf8_lossy(&read("url_file", path)?).trim().to_owned();
        text.parse().map(Some).map_err(|error| unusable("url_file", path, &error))
    }
}

fn read(key: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    fs::read(path).map_err(|error| unusable(key, path, &format!("can't be read: {error}")))
}

fn unusable(key: &str, path: &Path, why: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::Together { key: format!("smtp.{key}"), reason: format!("{}: {why}", path.display()) }
}
