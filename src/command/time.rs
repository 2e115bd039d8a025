//! Times as operators write and read them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use magiclink_domain::time::{Lifetime, Timestamp};

use super::failure::CliFailure;

/// RFC 3339, or `2026-05-01 15:00` (or the date alone: its beginning) in `zone`.
pub(super) fn parse(text: &str, zone: Tz) -> Result<Timestamp, CliFailure> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let wrong =
        || CliFailure::usage(format!("{text:?} is not a time such as 2026-05-01T15:00:00Z or '2026-05-01 15:00'"));
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN)))
        .ok_or_else(wrong)?;
    // In the hour that clocks repeat, the earlier one; the hour that they skip is no time.
    let time = zone.from_local_datetime(&local).earliest().ok_or_else(|| {
        CliFailure::usage(format!("{text:?} does not exist in {zone}: clocks skip it; give another time"))
    })?;
    Ok(time.to_utc().into())
}

/// `15m`, `24h`, `7d`, `now`, `day`, `welcome`.
pub(super) fn lifetime(text: &str) -> Result<Lifetime, CliFailure> {
    text.parse().map_err(|error| CliFailure::usage(format!("{error}")))
}

/// For people, in `zone`.
pub(super) fn shown(time: Timestamp, zone: Tz) -> String {
    time.to_datetime().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_portals_zone_unless_it_names_one() {
        let zone = Tz::Europe__Berlin;
        for (text, utc) in [
            ("2026-05-01T15:00:00Z", "2026-05-01T15:00:00Z"),
            ("2026-05-01 15:00", "2026-05-01T13:00:00Z"),
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(parse(text, zone).unwrap().to_string(), utc, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "2026-03-29 02:30", "15:00"] {
            assert_eq!(parse(text, zone).unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
