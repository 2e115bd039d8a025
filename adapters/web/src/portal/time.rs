//! Instants as people read them, in the portal's zone.
//!
//! Apart from the templates because the machine-readable instant always goes with it.

use chrono_tz::Tz;
use magiclink_domain::time::Timestamp;

/// An instant for `<time datetime="…">…</time>`.
pub(crate) struct Shown {
    /// RFC 3339, UTC.
    pub(crate) machine: String,
    /// In words.
    pub(crate) words: String,
}

/// `1 May 2026, 14:00 CEST`.
pub(crate) fn instant(at: Timestamp, zone: Tz) -> Shown {
    Shown {
        machine: at.to_string(),
        words: at.to_datetime().with_timezone(&zone).format("%-d %B %Y, %H:%M %Z").to_string(),
    }
}

/// `1 May 2026`.
pub(crate) fn day(at: Timestamp, zone: Tz) -> Shown {
    Shown { machine: at.to_string(), words: at.to_datetime().with_timezone(&zone).format("%-d %B %Y").to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_portals_zone() {
        let at: Timestamp = "2026-05-01T22:30:00.5Z".parse().unwrap();
        assert_eq!(instant(at, Tz::Europe__Berlin).words, "2 May 2026, 00:30 CEST");
        assert_eq!(instant(at, Tz::UTC).words, "1 May 2026, 22:30 UTC");
        assert_eq!(day(at, Tz::America__New_York).words, "1 May 2026");
        assert_eq!(day(at, Tz::UTC).machine, "2026-05-01T22:30:00.500Z");
    }
}
