//! Read model of the contacts: who they are, sealed, and how to find them by an exact address.
//!
//! Apart from portal access, which changes for other reasons.

mod filter;
mod fold;
mod query;

pub use filter::ContactFilter;
pub use query::{ContactCursor, ContactPhase, ContactView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Contacts;

impl Projection for Contacts {
    fn name(&self) -> &'static str {
        "contacts"
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
