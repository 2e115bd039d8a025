//! Read model of the team: staff members and API tokens.
//!
//! Apart from the team's stream because lists need names and dates that no rule asks for.

mod fold;
mod query;

pub use query::{StaffView, TokenView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Team;

impl Projection for Team {
    fn name(&self) -> &'static str {
        "team"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["team"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
