//! `[discord]`: the server that `/magiclink` is typed in.
//!
//! Apart from the other sections because its token and key are read anew while running, as Slack's are.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use magiclink_bots::discord::{API_BASE, DiscordConfig, DiscordSecrets, Mode, PublicKey, SecretSource};
use serde::Deserialize;
use url::Url;

use super::ConfigError;
use super::secret::{Secret, lines, read};
use super::value::{on_this_machine, optional_text, optional_url};

/// Where Discord is, and what it gave us.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Discord {
    #[serde(deserialize_with = "optional_text")]
    pub(crate) bot_token: Option<Secret>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) bot_token_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) application_id: Option<Snowflake>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) public_key: Option<PublicKey>,
    /// May hold two lines while one key takes the other's place.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) public_key_file: Option<PathBuf>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) guild_id: Option<Snowflake>,
    /// How interactions come in; `gateway` where nothing is said.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) mode: Option<Way>,
    /// Discord's own, but for a stand-in.
    #[serde(deserialize_with = "optional_url")]
    pub(crate) api_base: Option<Url>,
}

/// An id as Discord makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snowflake(pub(crate) String);

impl FromStr for Snowflake {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = (15..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if digits { Ok(Self(text.to_owned())) } else { Err("not an id of Discord, which has 15 to 20 digits") }
    }
}

/// A [`Mode`] as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way(pub(crate) Mode);

impl FromStr for Way {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "gateway" => Ok(Self(Mode::Gateway)),
            "http" => Ok(Self(Mode::Http)),
            _ => Err("interactions come by gateway or http"),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Mode::Gateway => "gateway",
            Mode::Http => "http",
        })
    }
}

impl Discord {
    /// Whether there is a server to serve.
    pub(crate) const fn is_set(&self) -> bool {
        self.bot_token.is_some() || self.bot_token_file.is_some()
    }

    /// How interactions come in.
    pub(crate) fn mode(&self) -> Mode {
        self.mode.map_or(Mode::Gateway, |way| way.0)
    }

    const fn has_key(&self) -> bool {
        self.public_key.is_some() || self.public_key_file.is_some()
    }

    /// Whether a stand-in on this machine takes the place of Discord.
    pub(crate) fn is_stand_in(&self) -> bool {
        self.api_base.as_ref().is_some_and(on_this_machine)
    }

    /// Refuses keys that do not go together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, twice) in [
            ("bot_token", self.bot_token.is_some() && self.bot_token_file.is_some()),
            ("public_key", self.public_key.is_some() && self.public_key_file.is_some()),
        ] {
            if twice {
                return refused(key, &format!("discord.{key}_file is set too: keep one of them"));
            }
        }
        if !self.is_set() {
            let others = self.has_key() || self.application_id.is_some() || self.guild_id.is_some();
            return if others {
                refused("bot_token", "missing: take the token from the page Bot of the application")
            } else {
                Ok(())
            };
        }
        if self.application_id.is_none() {
            return refused("application_id", "missing: take it from General Information");
        }
        if self.guild_id.is_none() {
            return refused("guild_id", "missing: name the server; others are refused");
        }
        if self.mode() == Mode::Http && !self.has_key() {
            return refused("public_key", "missing: take it from General Information, or set discord.mode to gateway");
        }
        if self.api_base.as_ref().is_some_and(|url| url.scheme() != "https" && !on_this_machine(url)) {
            return refused("api_base", "not encrypted: it must begin with https://");
        }
        Ok(())
    }

    /// Which server, where; `None` where there is none.
    pub(crate) fn server(&self) -> Option<DiscordConfig> {
        let api_base = self.api_base.clone().or_else(|| API_BASE.parse().ok())?;
        let application_id = self.application_id.clone().filter(|_| self.is_set())?.0;
        Some(DiscordConfig { application_id, guild_id: self.guild_id.clone()?.0, mode: self.mode(), api_base })
    }

    /// Token and key, read anew whenever they are asked for.
    ///
    /// # Errors
    /// When a file can't be read at the start.
    pub(crate) fn secrets(&self) -> Result<Arc<DiscordFiles>, ConfigError> {
        let first =
            self.read().map_err(|(key, why)| ConfigError::Together { key: format!("discord.{key}"), reason: why })?;
        Ok(Arc::new(DiscordFiles { section: self.clone(), last: Mutex::new(Arc::new(first)) }))
    }

    fn read(&self) -> Result<DiscordSecrets, (&'static str, String)> {
        let bot_token = read("bot_token_file", self.bot_token.as_ref(), self.bot_token_file.as_ref())?;
        let mut public_keys: Vec<PublicKey> = self.public_key.into_iter().collect();
        let file = read("public_key_file", None, self.public_key_file.as_ref())?;
        for line in file.as_deref().map(lines).unwrap_or_default() {
            public_keys.push(line.parse().map_err(|why: &str| ("public_key_file", why.to_owned()))?);
        }
        Ok(DiscordSecrets { bot_token: bot_token.unwrap_or_default(), public_keys })
    }
}

fn refused(key: &str, reason: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Together { key: format!("discord.{key}"), reason: reason.to_owned() })
}

/// Token and key in force: what the files hold now, or held when they could last be read.
pub(crate) struct DiscordFiles {
    section: Discord,
    last: Mutex<Arc<DiscordSecrets>>,
}

impl SecretSource for DiscordFiles {
    fn secrets(&self) -> Arc<DiscordSecrets> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match self.section.read() {
            Ok(read) => *last = Arc::new(read),
            Err((key, why)) => tracing::warn!(key, why, "discord's token and key stay as they were"),
        }
        Arc::clone(&last)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Keys that nobody has: points of the curve all the same.
    const KEYS: [&str; 2] = [
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ];

    fn set() -> Discord {
        Discord {
            bot_token: Some("MTk4.x.y".parse().unwrap()),
            application_id: Some("100000000000000001".parse().unwrap()),
            guild_id: Some("100000000000000002".parse().unwrap()),
            public_key: Some(KEYS[0].parse().unwrap()),
            ..Discord::default()
        }
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused() {
        assert!(Discord::default().check().is_ok() && set().check().is_ok());
        let both = Discord { bot_token_file: Some("x".into()), ..set() };
        let two_keys = Discord { public_key_file: Some("x".into()), ..set() };
        let nameless = Discord { application_id: None, ..set() };
        let homeless = Discord { guild_id: None, ..set() };
        let tokenless = Discord { bot_token: None, ..set() };
        let unsigned = Discord { public_key: None, mode: Some("http".parse().unwrap()), ..set() };
        let plain = Discord { api_base: Some("http://discord.example".parse().unwrap()), ..set() };
        for (wrong, key) in [
            (both, "bot_token"),
            (two_keys, "public_key"),
            (nameless, "application_id"),
            (homeless, "guild_id"),
            (tokenless, "bot_token"),
            (unsigned.clone(), "public_key"),
            (plain, "api_base"),
        ] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(error.contains(&format!("discord.{key}:")), "{error}");
        }
        let gateway = Discord { mode: None, ..unsigned };
        assert!(gateway.check().is_ok() && gateway.mode() == Mode::Gateway, "the gateway needs no key");
        let stand_in = Discord { api_base: Some("http://127.0.0.1:1".parse().unwrap()), ..set() };
        assert!(stand_in.check().is_ok());
    }

    #[test]
    fn ids_keys_and_modes_are_what_discord_makes_of_them() {
        for wrong in ["", "1", "12345678901234", "123456789012345678901", "10000000000000000x", "-00000000000000001"] {
            assert!(wrong.parse::<Snowflake>().is_err(), "{wrong}");
        }
        let [weak, off_the_curve] = ["01", "02"].map(|first| format!("{first}{}", "00".repeat(31)));
        let (short, long) = (&KEYS[0][..62], format!("{}00", KEYS[0]));
        for wrong in ["", "x", short, &long, &weak, &off_the_curve] {
            assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
        }
        assert_eq!(KEYS[0].to_uppercase().parse::<PublicKey>().unwrap().to_string(), KEYS[0]);
        assert!("socket".parse::<Way>().is_err());
    }

    #[test]
    fn a_changed_file_counts_at_once_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, format!("{}\n", KEYS[0])).unwrap();
        let section = Discord { public_key: None, public_key_file: Some(path.clone()), ..set() };
        let source = section.secrets().unwrap();
        assert_eq!(source.secrets().public_keys, [KEYS[0].parse().unwrap()]);
        fs::write(&path, KEYS.join("\n")).unwrap();
        let both = KEYS.map(|key| key.parse().unwrap());
        assert_eq!(source.secrets().public_keys, both);
        fs::write(&path, "nonsense").unwrap();
        assert_eq!(source.secrets().public_keys, both);
        fs::remove_file(&path).unwrap();
        assert_eq!(source.secrets().public_keys, both);
        assert!(section.secrets().is_err(), "at the start it must be there");
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", set()).contains("MTk4"));
    }
}
