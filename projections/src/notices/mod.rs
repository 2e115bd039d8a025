//! Read model of the notices to addresses that contacts had, as long as they have no outcome.
//!
//! Apart from the deliveries because a notice has no link, and nothing of it is shown beside the history.

mod fold;

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Notices;

impl Projection for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["contact"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
