//! The sections of the configuration with their defaults.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono_tz::Tz;
use ipnet::IpNet;
use magiclink_delivery::smtp::Accent;
use magiclink_domain::authority::Reveal;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Locale;
use magiclink_web::BaseUrl;
use serde::Deserialize;
use url::Url;

use super::value::{
    Rate, SqliteFile, address, level, list, number, optional_text, optional_url, text, yes_or_no, zone,
};

/// Where the service is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    #[serde(deserialize_with = "address")]
    pub(crate) listen: SocketAddr,
    /// Scheme, host and port, no slash at the end; where none is set it follows `listen`.
    #[serde(deserialize_with = "base_url")]
    pub(crate) base_url: Option<BaseUrl>,
    /// Whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "networks")]
    pub(crate) trusted_proxies: Vec<IpNet>,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), base_url: None, trusted_proxies: vec![] }
    }
}

/// Where things are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    #[serde(deserialize_with = "text")]
    pub(crate) events: SqliteFile,
    #[serde(deserialize_with = "text")]
    pub(crate) vault: SqliteFile,
    #[serde(deserialize_with = "text")]
    pub(crate) state: SqliteFile,
}

impl Default for Store {
    fn default() -> Self {
        let [events, vault, state] = ["events.db", "vault.db", "state.db"].map(SqliteFile::in_data);
        Self { events, vault, state }
    }
}

/// Where the keys lie.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Keys {
    #[serde(deserialize_with = "optional_text")]
    pub(crate) dir: Option<PathBuf>,
}

impl Keys {
    /// The folder of the keys.
    pub(crate) fn folder(&self, data: &Path) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| data.join("keys"))
    }
}

/// How the portal presents itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Portal {
    #[serde(deserialize_with = "text")]
    pub(crate) name: String,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) logo: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) accent: Option<Accent>,
    #[serde(deserialize_with = "optional_text")]
    pub(crate) support_contact: Option<String>,
    #[serde(deserialize_with = "zone")]
    pub(crate) time_zone: Tz,
    #[serde(deserialize_with = "text")]
    pub(crate) locale: Locale,
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            name: "Client portal".to_owned(),
            logo: None,
            accent: None,
            support_contact: None,
            time_zone: Tz::UTC,
            locale: Locale::stored("en".to_owned()),
        }
    }
}

/// Rules of links.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Links {
    /// Unset: a day, or the longest that is allowed where that is less.
    #[serde(deserialize_with = "lifetime")]
    pub(crate) default_lifetime: Option<Lifetime>,
    #[serde(deserialize_with = "text")]
    pub(crate) max_lifetime: Lifetime,
    #[serde(deserialize_with = "number")]
    pub(crate) max_live_per_contact: u32,
    #[serde(deserialize_with = "yes_or_no")]
    pub(crate) require_reason: bool,
    #[serde(deserialize_with = "yes_or_no")]
    pub(crate) replace_older: bool,
    #[serde(deserialize_with = "text")]
    pub(crate) reveal: Reveal,
    /// Whether links are shown in chats at all.
    #[serde(deserialize_with = "yes_or_no")]
    pub(crate) reveal_in_chat: bool,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            default_lifetime: None,
            max_lifetime: Lifetime::LONGEST,
            max_live_per_contact: 5,
            require_reason: false,
            replace_older: false,
            reveal: Reveal::Always,
            reveal_in_chat: true,
        }
    }
}

/// How long people stay signed in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sessions {
    #[serde(deserialize_with = "text")]
    pub(crate) contact_idle: Lifetime,
    #[serde(deserialize_with = "text")]
    pub(crate) contact_absolute: Lifetime,
    #[serde(deserialize_with = "text")]
    pub(crate) staff_idle: Lifetime,
    #[serde(deserialize_with = "text")]
    pub(crate) staff_absolute: Lifetime,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            contact_idle: Lifetime::from_days(7),
            contact_absolute: Lifetime::from_days(30),
            staff_idle: Lifetime::from_hours(1),
            staff_absolute: Lifetime::from_hours(12),
        }
    }
}

/// How much of what is allowed; a plain number is per minute, and 0 switches that limit off.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    #[serde(deserialize_with = "number")]
    pub(crate) ip: u32,
    #[serde(deserialize_with = "number")]
    pub(crate) ip_sign_in: u32,
    #[serde(deserialize_with = "text")]
    pub(crate) contact_sends: Rate,
    #[serde(deserialize_with = "number")]
    pub(crate) staff_issues: u32,
    #[serde(deserialize_with = "number")]
    pub(crate) token_requests: u32,
    #[serde(deserialize_with = "number")]
    pub(crate) sms_per_day: u32,
    #[serde(deserialize_with = "text")]
    pub(crate) sms_per_prefix: Rate,
    #[serde(deserialize_with = "list")]
    pub(crate) code_attempts: Vec<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |most, per| Rate(magiclink_domain::ports::Limit { most, per });
        Self {
            ip: 120,
            ip_sign_in: 10,
            contact_sends: rate(5, Lifetime::from_hours(1)),
            staff_issues: 60,
            token_requests: 6_000,
            sms_per_day: 500,
            sms_per_prefix: rate(50, Lifetime::from_hours(1)),
            code_attempts: vec![rate(10, Lifetime::from_hours(1)), rate(30, Lifetime::from_days(1))],
        }
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `None`: pretty on a terminal, JSON otherwise.
    #[serde(deserialize_with = "optional_text")]
    pub(crate) format: Option<LogFormat>,
    #[serde(deserialize_with = "level")]
    pub(crate) level: tracing::Level,
    /// An OpenTelemetry collector that gets every line as well.
    #[serde(deserialize_with = "optional_url")]
    pub(crate) otlp: Option<Url>,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: None, level: tracing::Level::INFO, otlp: None }
    }
}

impl Log {
    /// As set; unless it is, pretty where standard error is a terminal, JSON otherwise.
    pub(crate) fn format_in_force(&self) -> LogFormat {
        let free = if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json };
        self.format.unwrap_or(free)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object per line.
    Json,
}

impl LogFormat {
    /// As it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Json => "json",
        }
    }
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err("a log's format is pretty or json"),
        }
    }
}

/// One address or network.
struct Network(IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
            .map(Self)
            .map_err(|_| "not an address or network such as 10.0.0.0/8")
    }
}

fn networks<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    list::<Network, D>(deserializer).map(|networks| networks.into_iter().map(|Network(network)| network).collect())
}

/// An address that links can be built on.
struct Address(BaseUrl);

impl FromStr for Address {
    type Err = magiclink_web::InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        BaseUrl::parse(text).map(Self)
    }
}

fn lifetime<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Lifetime>, D::Error> {
    text(deserializer).map(Some)
}

fn base_url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    text::<Address, D>(deserializer).map(|Address(url)| Some(url))
}
