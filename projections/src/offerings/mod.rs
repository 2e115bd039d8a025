//! Read model of the offerings: the catalogue with its titles.
//!
//! Apart from portal access so that a new title is one row.

mod fold;
mod query;

#[cfg(test)]
pub(crate) use query::COUNTED;
pub use query::OfferingView;

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Offerings;

impl Projection for Offerings {
    fn name(&self) -> &'static str {
        "offerings"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["offering"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
