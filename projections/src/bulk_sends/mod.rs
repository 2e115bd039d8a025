//! Read model of bulk sends: what was confirmed, how far each is, and what came of it recipient by recipient.
//!
//! Apart from the links because it begins before there are any, and knows who gets none.

mod fold;
mod query;
mod work;

pub use query::{BulkCursor, BulkResult, BulkRow, BulkSendView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct BulkSends;

impl Projection for BulkSends {
    fn name(&self) -> &'static str {
        "bulk_sends"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["bulk", "link"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
