//! What the operator set: `magiclink.toml`, then the environment (`MAGICLINK__SECTION__KEY`), then flags.
//!
//! Apart from what uses it because this is the one place that reads the environment.

mod discord;
mod file;
mod known;
mod place;
mod secret;
mod sections;
mod show;
mod slack;
mod smtp;
mod spans;
mod twilio;
mod value;

use discord::Discord;
pub(crate) use place::default_data_folder;
use sections::{Keys, Limits, Links, Server, Sessions, Store};
pub(crate) use sections::{Log, LogFormat, Portal};
pub(crate) use show::show;
use slack::Slack;
use smtp::Smtp;
use twilio::Twilio;
pub(crate) use twilio::TwilioAccount;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::{Actual, Kind};
use figment::providers::{Env, Format, Serialized, Toml};
use magiclink_web::BaseUrl;
use serde::Deserialize;

/// The configuration file that is read where none is named.
const FILE: &str = "magiclink.toml";
const PREFIX: &str = "MAGICLINK__";

/// Everything that can be set, checked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) portal: Portal,
    pub(crate) links: Links,
    pub(crate) sessions: Sessions,
    pub(crate) twilio: Twilio,
    pub(crate) smtp: Smtp,
    pub(crate) slack: Box<Slack>,
    pub(crate) discord: Box<Discord>,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
}

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// `--config`.
    pub(crate) file: Option<PathBuf>,
    /// `--listen`.
    pub(crate) listen: Option<String>,
    /// `--base-url`.
    pub(crate) base_url: Option<String>,
}

/// The configuration can't be used; one sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// `--config` names a file that is not there.
    #[error("the configuration file {0} can't be read: check the path after --config")]
    NoFile(PathBuf),
    /// The file that is read where none is named can't be.
    #[error(
        "the configuration file {path} can't be read ({error}): let this user read it, or name another with --config"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: std::io::Error,
    },
    /// The file is something else.
    #[error(
        "the configuration file {path} is not TOML from line {line} on ({why}): write sections such as [server], and below \
         them keys such as base_url = \"https://portal.example.com\""
    )]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where it ceases to be.
        line: usize,
        /// What was expected there; nothing of the file itself.
        why: String,
    },
    /// Nobody knows this key.
    #[error("unknown configuration key {key} (in {place}): did you mean {nearest}?")]
    UnknownKey {
        /// `section.key`.
        key: String,
        /// Where it was set.
        place: String,
        /// What it may have meant.
        nearest: String,
    },
    /// A value can't be used.
    #[error("configuration key {key} (in {place}): {reason}")]
    Value {
        /// `section.key`.
        key: String,
        /// Where it was set.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key is missing or one too many, or what it names can't be used.
    #[error("configuration key {key}: {reason}")]
    Together {
        /// `section.key`.
        key: String,
        /// What is wrong.
        reason: String,
    },
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key at fault and where it was set.
    pub(crate) fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let figment = sources(flags)?;
        known::check(&figment)?;
        let config: Self = figment.extract().map_err(|error| in_words(&error))?;
        config.links.check()?;
        config.sessions.check()?;
        config.smtp.check()?;
        config.twilio.check()?;
        config.slack.check()?;
        config.discord.check()?;
        Ok(config)
    }

    /// Where this deployment is reached: as set, or this machine at `port`.
    pub(crate) fn base_url(&self, port: u16) -> BaseUrl {
        let here = || BaseUrl::parse(&format!("http://localhost:{port}")).unwrap_or_default();
        self.server.base_url.clone().unwrap_or_else(here)
    }
}

fn sources(flags: &Flags) -> Result<Figment, ConfigError> {
    let mut figment = Figment::new();
    let implied = Path::new(FILE);
    let file = flags.file.as_deref().or_else(|| implied.is_file().then_some(implied));
    if let Some(file) = file {
        file::check(file, flags.file.is_some())?;
        figment = figment.merge(Toml::file_exact(file));
    }
    figment = figment.merge(Env::prefixed(PREFIX).split("__"));
    for (key, flag) in [("server.listen", &flags.listen), ("server.base_url", &flags.base_url)] {
        if let Some(value) = flag {
            figment = figment.merge(Serialized::default(key, value));
        }
    }
    Ok(figment)
}

fn in_words(error: &figment::Error) -> ConfigError {
    let key = error.path.iter().take(2).cloned().collect::<Vec<_>>().join(".");
    let place = error.metadata.as_ref().map_or_else(|| "the command line".to_owned(), |place| place_of(place, &key));
    let reason = if let Kind::InvalidType(found, wanted) = &error.kind {
        format!("it is {}, and must be {wanted}", shape(found))
    } else {
        error.kind.to_string().replace('\n', " ")
    };
    ConfigError::Value { key, place, reason }
}

/// What kind of value was found, never which: it may be a secret.
const fn shape(found: &Actual) -> &'static str {
    if matches!(found, Actual::Seq) {
        "a list"
    } else if matches!(found, Actual::Map) {
        "a section"
    } else if matches!(found, Actual::Float(_)) {
        "a number with a point"
    } else {
        "something else"
    }
}

/// Where a value was set, in the operator's words.
fn place_of(metadata: &figment::Metadata, key: &str) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => match file::line_of(path, key) {
            Some(line) => format!("{}, line {line}", path.display()),
            None => path.display().to_string(),
        },
        _ if metadata.name.contains(PREFIX) => "the environment".to_owned(),
        _ => "the command line".to_owned(),
    }
}

#[cfg(test)]
mod tests;
