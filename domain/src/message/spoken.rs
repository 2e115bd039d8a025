//! Instants and spans of time as a message says them, in the languages that the system templates have.
//!
//! Apart from rendering because languages differ in nothing else.

use chrono::Datelike as _;
use chrono_tz::Tz;

use crate::time::{Lifetime, Timestamp};
use crate::value::Locale;

/// A language whose months and hours we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    German,
    Spanish,
    /// Any other: digits and unit symbols, which are read everywhere.
    Other,
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Minutes, hours, days.
enum Unit {
    Minute,
    Hour,
    Day,
}

impl Tongue {
    pub(super) fn of(locale: &Locale) -> Self {
        match locale.language().as_str() {
            "en" => Self::English,
            "de" => Self::German,
            "es" => Self::Spanish,
            _ => Self::Other,
        }
    }

    /// `2 May 2026, 17:00 (Europe/Berlin)`.
    pub(super) fn instant(self, at: Timestamp, zone: Tz) -> String {
        let local = at.to_datetime().with_timezone(&zone);
        let month = |names: [&'static str; 12]| names.get(local.month0() as usize).copied().unwrap_or_default();
        let (day, year, time) = (local.day(), local.year(), local.format("%H:%M"));
        let said = match self {
            Self::English => format!("{day} {} {year}, {time}", month(ENGLISH)),
            Self::German => format!("{day}. {} {year}, {time} Uhr", month(GERMAN)),
            Self::Spanish => format!("{day} de {} de {year}, {time}", month(SPANISH)),
            Self::Other => local.format("%Y-%m-%d %H:%M").to_string(),
        };
        format!("{said} ({})", zone.name())
    }

    /// `2 May 2026`, or none in a language whose months we don't know.
    pub(super) fn day(self, at: Timestamp, zone: Tz) -> Option<String> {
        let local = at.to_datetime().with_timezone(&zone);
        let month = |names: [&'static str; 12]| names.get(local.month0() as usize).copied().unwrap_or_default();
        let (day, year) = (local.day(), local.year());
        match self {
            Self::English => Some(format!("{day} {} {year}", month(ENGLISH))),
            Self::German => Some(format!("{day}. {} {year}", month(GERMAN))),
            Self::Spanish => Some(format!("{day} de {} de {year}", month(SPANISH))),
            Self::Other => None,
        }
    }

    /// `15 minutes`, `24 hours`, `7 days`: whole units, rounded down from the started minute.
    pub(super) fn span(self, lifetime: Lifetime) -> String {
        let minutes = lifetime.secs().div_ceil(60).max(1);
        let (count, unit) = match minutes {
            0..=119 => (minutes, Unit::Minute),
            120..=2_879 => (minutes / 60, Unit::Hour),
            _ => (minutes / (60 * 24), Unit::Day),
        };
        format!("{count} {}", self.unit(&unit, count == 1))
    }

    const fn unit(self, unit: &Unit, one: bool) -> &'static str {
        match (self, unit, one) {
            (Self::English, Unit::Minute, true) => "minute",
            (Self::English, Unit::Minute, false) => "minutes",
            (Self::English, Unit::Hour, true) => "hour",
            (Self::English, Unit::Hour, false) => "hours",
            (Self::English, Unit::Day, true) => "day",
            (Self::English, Unit::Day, false) => "days",
            (Self::German, Unit::Minute, true) => "Minute",
            (Self::German, Unit::Minute, false) => "Minuten",
            (Self::German, Unit::Hour, true) => "Stunde",
            (Self::German, Unit::Hour, false) => "Stunden",
            (Self::German, Unit::Day, true) => "Tag",
            (Self::German, Unit::Day, false) => "Tage",
            (Self::Spanish, Unit::Minute, true) => "minuto",
            (Self::Spanish, Unit::Minute, false) => "minutos",
            (Self::Spanish, Unit::Hour, true) => "hora",
            (Self::Spanish, Unit::Hour, false) => "horas",
            (Self::Spanish, Unit::Day, true) => "día",
            (Self::Spanish, Unit::Day, false) => "días",
            (Self::Other, Unit::Minute, _) => "min",
            (Self::Other, Unit::Hour, _) => "h",
            (Self::Other, Unit::Day, _) => "d",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Tongue; 4] = [Tongue::English, Tongue::German, Tongue::Spanish, Tongue::Other];

    #[test]
    fn the_time_left_is_said_in_whole_units() {
        let said: Vec<_> = [1, 60, 900, 7_140, 7_200, 8_460, 86_400, 172_799, 172_800, 604_800]
            .map(|s| Tongue::English.span(Lifetime::from_secs(s)))
            .into();
        let expected = [
            "1 minute",
            "1 minute",
            "15 minutes",
            "119 minutes",
            "2 hours",
            "2 hours",
            "24 hours",
            "2 days",
            "2 days",
            "7 days",
        ];
        assert_eq!(said, expected);
        assert_eq!(ALL.map(|t| t.span(Lifetime::DAY)), ["24 hours", "24 Stunden", "24 horas", "24 h"]);
        assert_eq!(ALL.map(|t| t.span(Lifetime::from_days(3))), ["3 days", "3 Tage", "3 días", "3 d"]);
    }

    #[test]
    fn an_instant_is_said_in_the_readers_zone_and_language() {
        let at: Timestamp = "2026-03-29T22:05:59Z".parse().unwrap();
        let expected = [
            "30 March 2026, 00:05 (Europe/Berlin)",
            "30. März 2026, 00:05 Uhr (Europe/Berlin)",
            "30 de marzo de 2026, 00:05 (Europe/Berlin)",
            "2026-03-30 00:05 (Europe/Berlin)",
        ];
        assert_eq!(ALL.map(|t| t.instant(at, Tz::Europe__Berlin)), expected);
        assert_eq!(Tongue::English.instant(at, Tz::UTC), "29 March 2026, 22:05 (UTC)");
    }
}
