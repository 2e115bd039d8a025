//! What the API tells of the login history and of links, for other interfaces that tell the same.
//!
//! Apart from the calls so that no reader gets less than another: who, when, how and why are put together once.

use magiclink_domain::usecases::TimelineEntry;
use magiclink_projections as projections;
use serde_json::Value;

use super::history::{HistoryItem, csv};
use super::links::TimelineItem;

pub use super::history::csv::lines as csv_lines;

/// A line of the login history, as `GET /history` shows it.
#[must_use]
pub fn history(item: projections::HistoryItem) -> Value {
    serde_json::to_value(HistoryItem::from(item)).unwrap_or_default()
}

/// The columns of [`history_cells`].
pub const HISTORY_COLUMNS: [&str; 12] = csv::HEADER;

/// A line of the login history, as `GET /history.csv` shows it.
#[must_use]
pub fn history_cells(item: projections::HistoryItem) -> [String; 12] {
    csv::cells(&item.into())
}

/// What happened to a link, as `GET /links/{id}` shows it.
#[must_use]
pub fn timeline(entry: &TimelineEntry) -> Value {
    serde_json::to_value(TimelineItem::from(entry)).unwrap_or_default()
}
