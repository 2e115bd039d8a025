//! Read model of portal access: which contact may see which offering, since when, by whom and until when; and who was
//! let in and never came.
//!
//! Apart from the contacts because it changes without them, and lists titles rather than decides.

mod fold;
mod query;

pub use query::GrantView;
pub(crate) use query::of;

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Access;

impl Projection for Access {
    fn name(&self) -> &'static str {
        "access"
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
