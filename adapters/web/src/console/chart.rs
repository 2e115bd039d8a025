//! Charts as the server draws them: shapes of a picture, and the words of the table beside it.
//!
//! Apart from the pages because what a chart says must be what its table says.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use magiclink_domain::time::Timestamp;

/// Width of a bar chart's picture, in its own units.
const WIDTH: u64 = 600;
/// Its height.
const HEIGHT: u64 = 100;

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: u64,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

/// Bars side by side, the highest as high as the picture.
pub(super) struct Bars {
    pub(super) columns: Vec<Bar>,
    pub(super) most: u64,
    pub(super) sum: u64,
}

impl Bars {
    pub(super) fn of(values: Vec<(String, u64)>) -> Self {
        let most = values.iter().map(|(_, value)| *value).max().unwrap_or_default();
        let sum = values.iter().map(|(_, value)| *value).sum();
        let step = WIDTH / u64::try_from(values.len()).unwrap_or(1).max(1);
        let columns = (0..).zip(values).map(|(place, (label, value))| {
            let height = height(value, most);
            Bar { label, value, x: place * step + step / 8, y: HEIGHT - height, width: step - step / 4, height }
        });
        Self { columns: columns.collect(), most, sum }
    }

    /// The first label and the last.
    pub(super) fn ends(&self) -> Option<(&str, &str)> {
        Some((&self.columns.first()?.label, &self.columns.last()?.label))
    }

    /// The picture's size, as `viewBox` takes it.
    #[expect(clippy::unused_self, reason = "templates ask their chart")]
    pub(super) fn view(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }
}

/// Whatever is not nothing can be seen.
fn height(value: u64, most: u64) -> u64 {
    if value == 0 { 0 } else { (value.saturating_mul(HEIGHT) / most.max(1)).max(2) }
}

/// One share of a whole.
pub(super) struct Slice {
    pub(super) label: String,
    pub(super) class: &'static str,
    pub(super) value: u64,
    /// In hundredths of the whole.
    pub(super) percent: u64,
    pub(super) x: u64,
    pub(super) width: u64,
}

/// Shares of a whole, in a row.
pub(super) fn slices(values: Vec<(String, &'static str, u64)>) -> Vec<Slice> {
    let sum = values.iter().map(|(_, _, value)| *value).sum::<u64>().max(1);
    let place = |before: u64| before.saturating_mul(WIDTH) / sum;
    let mut before = 0_u64;
    let slice = |(label, class, value): (String, &'static str, u64)| {
        let x = place(before);
        before += value;
        let percent = (value.saturating_mul(200) / sum).div_ceil(2);
        Slice { label, class, value, percent, x, width: place(before) - x }
    };
    values.into_iter().map(slice).collect()
}

/// The last `count` days up to the one of `now`, each with the instant at which it begins in `zone`.
pub(super) fn days(zone: Tz, now: Timestamp, count: u16) -> Vec<(NaiveDate, Timestamp)> {
    let today = now.to_datetime().with_timezone(&zone).date_naive();
    let dates = (0..u64::from(count)).rev().filter_map(|ago| today.checked_sub_days(Days::new(ago)));
    dates.filter_map(|date| Some((date, begins(zone, date)?))).collect()
}

/// Where the clock skips midnight, a day begins later.
fn begins(zone: Tz, date: NaiveDate) -> Option<Timestamp> {
    let mut hours = (0..4).filter_map(|hour| date.and_hms_opt(hour, 0, 0));
    let begins = hours.find_map(|at| at.and_local_timezone(zone).earliest())?;
    Some(begins.to_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(values: &[u64]) -> Vec<(String, u64)> {
        values.iter().map(|value| (value.to_string(), *value)).collect()
    }

    #[test]
    fn the_highest_bar_fills_the_picture_and_whatever_is_not_nothing_can_be_seen() {
        let bars = Bars::of(named(&[0, 1, 500, 1_000]));
        assert_eq!(bars.columns.iter().map(|bar| bar.height).collect::<Vec<_>>(), [0, 2, 50, 100]);
        assert!(bars.columns.iter().all(|bar| bar.y + bar.height == HEIGHT && bar.x + bar.width <= WIDTH));
        assert_eq!((bars.most, bars.sum, bars.ends()), (1_000, 1_501, Some(("0", "1000"))));
        assert!(Bars::of(named(&[0, 0])).columns.iter().all(|bar| bar.height == 0));
        assert!(Bars::of(vec![]).ends().is_none());
    }

    #[test]
    fn shares_lie_side_by_side_and_make_the_whole() {
        let one = |value| (String::new(), "good", value);
        let shares = slices(vec![one(2), one(1), one(3)]);
        let places: Vec<_> = shares.iter().map(|share| (share.x, share.width, share.percent)).collect();
        assert_eq!(places, [(0, 200, 33), (200, 100, 17), (300, 300, 50)]);
        assert_eq!(slices(vec![one(0)]).iter().map(|share| share.width).sum::<u64>(), 0);
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone_also_when_the_clock_changes() {
        let now: Timestamp = "2026-03-29T22:30:00Z".parse().unwrap();
        let berlin = days(Tz::Europe__Berlin, now, 3);
        let told: Vec<_> = berlin.iter().map(|(date, at)| (date.to_string(), at.to_string())).collect();
        let expected = [
            ("2026-03-28", "2026-03-27T23:00:00Z"),
            ("2026-03-29", "2026-03-28T23:00:00Z"),
            ("2026-03-30", "2026-03-29T22:00:00Z"),
        ];
        assert_eq!(told, expected.map(|(date, at)| (date.to_owned(), at.to_owned())));
        let now: Timestamp = "2026-04-24T12:00:00Z".parse().unwrap();
        assert_eq!(days(Tz::Africa__Cairo, now, 1)[0].1.to_string(), "2026-04-23T22:00:00Z", "no midnight that night");
    }
}
