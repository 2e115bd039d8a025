//! Instants as people read them, in their language and the portal's zone.
//!
//! Apart from the words because the machine-readable instant always goes with it.

use chrono::Datelike;
use chrono_tz::Tz;
use magiclink_domain::time::Timestamp;

use super::Language;

/// An instant for `<time datetime="…">…</time>`.
pub(crate) struct Shown {
    /// RFC 3339, UTC.
    pub(crate) machine: String,
    /// In words.
    pub(crate) words: String,
}

impl Language {
    /// `1 May 2026, 14:00 CEST`.
    pub(crate) fn instant(&self, at: Timestamp, zone: Tz) -> Shown {
        let local = at.to_datetime().with_timezone(&zone);
        let (time, offset) = (local.format("%H:%M").to_string(), local.format("%Z").to_string());
        let date = self.date(&local);
        let words = self.with_all("instant", &[("date", &date), ("time", &time), ("zone", &offset)]);
        Shown { machine: at.to_string(), words: words.into_owned() }
    }

    /// `1 May 2026`.
    pub(crate) fn day(&self, at: Timestamp, zone: Tz) -> Shown {
        Shown { machine: at.to_string(), words: self.date(&at.to_datetime().with_timezone(&zone)) }
    }

    fn date(&self, local: &impl Datelike) -> String {
        let month = self.say(&format!("month-{}", local.month())).into_owned();
        let (day, year) = (local.day().to_string(), local.year().to_string());
        self.with_all("day", &[("day", &day), ("month", &month), ("year", &year)]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_portals_zone_and_the_readers_language() {
        let at: Timestamp = "2026-05-01T22:30:00.5Z".parse().unwrap();
        let said = |zone| Language::all().map(|language| language.instant(at, zone).words).collect::<Vec<_>>();
        assert_eq!(
            said(Tz::Europe__Berlin),
            ["2 May 2026, 00:30 CEST", "2. Mai 2026, 00:30 CEST", "2 de mayo de 2026, 00:30 CEST"]
        );
        assert_eq!(said(Tz::UTC)[0], "1 May 2026, 22:30 UTC");
        let english = Language::english();
        assert_eq!(english.day(at, Tz::America__New_York).words, "1 May 2026");
        assert_eq!(english.day(at, Tz::UTC).machine, "2026-05-01T22:30:00.500Z");
    }

    #[test]
    fn every_month_has_its_name() {
        for language in Language::all() {
            let mut months: Vec<_> = (1..=12)
                .map(|month| {
                    let at: Timestamp = format!("2026-{month:02}-15T12:00:00Z").parse().unwrap();
                    language.day(at, Tz::UTC).words
                })
                .collect();
            months.dedup();
            assert_eq!(months.len(), 12, "{language:?}: {months:?}");
            assert!(months.iter().all(|day| day.starts_with("15") && day.ends_with(" 2026")), "{months:?}");
        }
    }
}
