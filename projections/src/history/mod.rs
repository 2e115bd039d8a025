//! Read model of the login history: who let whom in, when, how and why.
//!
//! Apart from the link state because it keeps every step, in the order of the log.

mod fold;
mod kind;
mod query;

pub use kind::{HistoryKind, UnknownKind};
#[cfg(test)]
pub(crate) use query::statement;
pub use query::{HistoryFilter, HistoryItem};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct History;

impl Projection for History {
    fn name(&self) -> &'static str {
        "history"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["contact", "link"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
