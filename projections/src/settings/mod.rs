//! Read model of the settings: the emergency switches, shown on every page, and who changed which words when.
//!
//! Apart from everything else because every page asks for it.

mod fold;
mod query;

pub use query::{ChangedTemplate, SettingsView};

use crate::projection::{Batch, Folded, Projection};

pub(crate) struct Settings;

impl Projection for Settings {
    fn name(&self) -> &'static str {
        "settings"
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn areas(&self) -> &'static [&'static str] {
        &["settings"]
    }

    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error> {
        fold::fold(batch)
    }
}
