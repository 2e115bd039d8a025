//! Read model of the links' state: whether each one works, and what happened to it last.
//!
//! Apart from deliveries and sessions, of which a link has many.

mod fold;
mod query;

#[cfg(test)]
pub(crate) use query::{LATEST_LIVE, LONGEST_LIVE, everybodys};
pub use query::{LinkCursor, LinkFilter, LinkView, SubjectView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Links;

impl Projection for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["contact", "link", "team"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
