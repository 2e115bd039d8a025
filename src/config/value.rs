//! How values are written: lifetimes, rates, files.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono_tz::Tz;
use magiclink_domain::ports::Limit;
use magiclink_domain::time::Lifetime;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use url::{Host, Url};

/// Reads anything that is written as text; a number or yes/no in the environment is text as well.
pub(super) fn text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let text = deserializer.deserialize_any(Text)?;
    text.parse().map_err(|error| D::Error::custom(format!("{error}")))
}

/// As [`text`], for what may be left out.
pub(super) fn optional_text<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    text(deserializer).map(Some)
}

/// Reads a text in `words`' sense: what a crate says of a wrong one names no example.
fn worded<'de, T, D>(deserializer: D, words: &str) -> Result<T, D::Error>
where
    T: FromStr,
    D: Deserializer<'de>,
{
    let text = deserializer.deserialize_any(Text)?;
    text.parse().map_err(|_| D::Error::custom(format!("{text:?} is {words}")))
}

/// Reads a count.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    worded(deserializer, "not a whole number such as 120")
}

/// As [`number`], for what may be left out.
pub(super) fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    number(deserializer).map(Some)
}

/// Reads a switch.
pub(super) fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    worded(deserializer, "neither true nor false")
}

/// Reads where to listen.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    worded(deserializer, "not an address with a port, such as 127.0.0.1:8080")
}

/// Reads a time zone.
pub(super) fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    worded(deserializer, "not a time zone such as Europe/Berlin or UTC")
}

/// Reads how much is logged.
pub(super) fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<tracing::Level, D::Error> {
    worded(deserializer, "not a level: say error, warn, info, debug or trace")
}

/// Reads where another service is.
pub(super) fn optional_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = deserializer.deserialize_any(Text)?;
    let url = Url::parse(&text).ok().filter(Url::has_host);
    // It may hold a password.
    url.map(Some).ok_or_else(|| D::Error::custom("not an address such as https://host.example.com"))
}

/// Reads a list, or one text with its items between commas.
pub(super) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let texts = deserializer.deserialize_any(Texts)?;
    texts.iter().map(|text| text.parse().map_err(|error| D::Error::custom(format!("{error}")))).collect()
}

struct Text;

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one text, number, true or false")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<String, E> {
        Ok(yes.to_string())
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list such as [\"a\", \"b\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
        let mut texts = vec![];
        while let Some(OneText(text)) = items.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}

struct OneText(String);

impl<'de> Deserialize<'de> for OneText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text).map(Self)
    }
}

/// Whether an address leads to this machine: a stand-in's does.
pub(super) fn on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// A number per span: `10/h`, `30/d`; a plain number is per minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate(pub(crate) Limit);

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a rate such as 120 (a minute), 10/h or 30/d";
        let (count, span) = text.split_once('/').unwrap_or((text, "m"));
        let per = match span.trim() {
            "s" => Lifetime::from_secs(1),
            "m" => Lifetime::from_mins(1),
            "h" => Lifetime::from_hours(1),
            "d" => Lifetime::from_days(1),
            _ => return Err(WRONG),
        };
        let most: u32 = count.trim().parse().map_err(|_| WRONG)?;
        if most == 0 { Err(WRONG) } else { Ok(Self(Limit { most, per })) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = match self.0.per.secs() {
            1 => "s",
            60 => "m",
            3_600 => "h",
            _ => "d",
        };
        write!(f, "{}/{span}", self.0.most)
    }
}

/// A database in a file: `sqlite:PATH`, in which `<data>` stands for the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqliteFile(String);

impl SqliteFile {
    /// `name` in the data folder.
    pub(super) fn in_data(name: &str) -> Self {
        Self(format!("<data>/{name}"))
    }

    /// The file's path.
    pub(crate) fn path(&self, data: &Path) -> PathBuf {
        match self.0.strip_prefix("<data>/") {
            Some(name) => data.join(name),
            None => PathBuf::from(&self.0),
        }
    }
}

impl FromStr for SqliteFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let scheme = text.split(':').next().unwrap_or_default();
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self(path.to_owned())),
            _ if matches!(scheme, "postgres" | "postgresql" | "kurrentdb" | "esdb") => {
                Err(format!("{scheme}:// is not supported by this version: use sqlite:<data>/events.db and its like"))
            }
            _ => Err("not a store such as sqlite:<data>/events.db".to_owned()),
        }
    }
}

impl fmt::Display for SqliteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite:{}", self.0)
    }
}
