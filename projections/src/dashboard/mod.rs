//! Read model of the dashboard: what came of presses, counted by time, and each contact's last sign-in.
//!
//! Apart from the history because counting it anew for every look would be slow.

mod fold;
mod outcome;
mod query;

pub use outcome::Outcome;
#[cfg(test)]
pub(crate) use query::{BY_DAY, COUNTS};
pub use query::{DashboardView, utc_days};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Dashboard;

impl Projection for Dashboard {
    fn name(&self) -> &'static str {
        "dashboard"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["link"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
