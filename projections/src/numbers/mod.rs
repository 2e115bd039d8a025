//! Read model of the numbers that opted out of text messages.
//!
//! Apart from the contacts because an opt-out belongs to the number, whoever has it.

mod fold;

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Numbers;

impl Projection for Numbers {
    fn name(&self) -> &'static str {
        "numbers"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["number"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
