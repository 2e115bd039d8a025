//! Read model of deliveries: every sending of every link, and where it stands.
//!
//! Apart from the links because workers and staff ask for deliveries by their state.

mod fold;
mod glance;
mod query;

pub use glance::{ChannelGlance, Queue, glance_at_deliveries};
pub use query::{DeliveryFilter, DeliveryView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Deliveries;

impl Projection for Deliveries {
    fn name(&self) -> &'static str {
        "deliveries"
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
