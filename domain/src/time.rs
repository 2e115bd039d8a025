//! Instants and lifetimes.
//!
//! Apart from everything else because every rule that mentions time compares these two types and nothing else.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant in UTC with microsecond resolution, counted from the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant from microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole minutes since the Unix epoch, as session cookies count them.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.0.div_euclid(60_000_000)
    }

    /// The instant `lifetime` later; saturates at the end of time.
    #[must_use]
    pub const fn plus(self, lifetime: Lifetime) -> Self {
        Self(self.0.saturating_add(lifetime.micros()))
    }

    /// The instant `lifetime` earlier; saturates at the beginning of time.
    #[must_use]
    pub const fn minus(self, lifetime: Lifetime) -> Self {
        Self(self.0.saturating_sub(lifetime.micros()))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Lifetime {
        Lifetime::from_secs(u64::try_from(self.0.saturating_sub(earlier.0) / 1_000_000).unwrap_or(0))
    }

    /// The same instant for calendars and time zones.
    #[must_use]
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; fractions only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_datetime().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// The text is not an RFC 3339 time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time such as 2026-05-01T15:00:00Z: {0:?}")]
pub struct InvalidTimestamp(String);

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self::from(at.to_utc()))
            .map_err(|_| InvalidTimestamp(text.to_owned()))
    }
}

/// A span of whole seconds, as in "this link lives 24 h".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(u64);

impl Lifetime {
    /// Preset `now`: 15 minutes, the default of self-service and of staff sign-in.
    pub const NOW: Self = Self::from_mins(15);
    /// Preset `day`: 24 hours, the default of staff-made links.
    pub const DAY: Self = Self::from_days(1);
    /// Preset `welcome`: 7 days.
    pub const WELCOME: Self = Self::from_days(7);
    /// The longest that any link works.
    pub const LONGEST: Self = Self::from_days(30);

    /// A span of `secs` seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// A span of `mins` minutes.
    #[must_use]
    pub const fn from_mins(mins: u64) -> Self {
        Self(mins.saturating_mul(60))
    }

    /// A span of `hours` hours.
    #[must_use]
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_mins(hours.saturating_mul(60))
    }

    /// A span of `days` days of 24 hours.
    #[must_use]
    pub const fn from_days(days: u64) -> Self {
        Self::from_hours(days.saturating_mul(24))
    }

    /// Whole seconds.
    #[must_use]
    pub const fn secs(self) -> u64 {
        self.0
    }

    /// Microseconds; saturates at the largest signed number.
    #[must_use]
    pub const fn micros(self) -> i64 {
        if self.0 > i64::MAX.unsigned_abs() / 1_000_000 { i64::MAX } else { (self.0 * 1_000_000).cast_signed() }
    }
}

impl fmt::Display for Lifetime {
    /// The largest unit that divides it: `15m`, `24h`, `7d`. Exactly one day stays `24h`, as people say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0;
        match secs {
            0 => write!(f, "0s"),
            _ if secs.is_multiple_of(86_400) && secs > 86_400 => write!(f, "{}d", secs / 86_400),
            _ if secs.is_multiple_of(3_600) => write!(f, "{}h", secs / 3_600),
            _ if secs.is_multiple_of(60) => write!(f, "{}m", secs / 60),
            _ => write!(f, "{secs}s"),
        }
    }
}

/// The text is no lifetime.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a lifetime such as 15m, 24h, 7d, or one of now, day, welcome: {0:?}")]
pub struct InvalidLifetime(String);

impl FromStr for Lifetime {
    type Err = InvalidLifetime;

    /// `<n>s|m|h|d` or a preset (`now`, `day`, `welcome`); zero is no lifetime.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidLifetime(text.to_owned());
        match text {
            "now" => return Ok(Self::NOW),
            "day" => return Ok(Self::DAY),
            "welcome" => return Ok(Self::WELCOME),
            _ => {}
        }
        let unit = text.chars().last().ok_or_else(invalid)?;
        let digits = text.strip_suffix(unit).unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        let count: u64 = digits.parse().map_err(|_| invalid())?;
        let seconds = match unit {
            's' => Some(1),
            'm' => Some(60),
            'h' => Some(3_600),
            'd' => Some(86_400),
            _ => None,
        };
        seconds.and_then(|unit| count.checked_mul(unit)).filter(|secs| *secs > 0).map(Self).ok_or_else(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_count_and_a_unit_or_a_preset() {
        for (text, secs) in [
            ("1s", 1),
            ("15m", 900),
            ("24h", 86_400),
            ("30d", 2_592_000),
            ("now", 900),
            ("day", 86_400),
            ("welcome", 604_800),
        ] {
            assert_eq!(text.parse::<Lifetime>().map(Lifetime::secs), Ok(secs), "{text}");
        }
        for text in ["", "0s", "15", "m", "-5m", "+5m", "5 m", "5w", "1.5h", "99999999999999999999d", "９m"] {
            assert!(text.parse::<Lifetime>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_lifetime_prints_as_people_say_it() {
        let shown: Vec<_> = [1, 90, 900, 3_600, 86_400, 604_800].map(|s| Lifetime::from_secs(s).to_string()).into();
        assert_eq!(shown, ["1s", "90s", "15m", "1h", "24h", "7d"]);
    }

    #[test]
    fn a_timestamp_reads_back_what_it_prints() {
        for text in ["2026-05-01T15:00:00Z", "2026-05-01T15:00:00.000001Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("2026-05-01T17:00:00+02:00".parse::<Timestamp>().unwrap().to_string(), "2026-05-01T15:00:00Z");
        assert!("2026-05-01 15:00".parse::<Timestamp>().is_err());
    }
}
