//! Read model of sessions: which browsers are signed in.
//!
//! Apart from the links because people look at their devices, not at the links that let them in.

mod fold;
mod query;

pub use query::SessionView;

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Sessions;

impl Projection for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
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
