//! What is stopped, since when and by whom.

use magiclink_domain::actor::Actor;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;

use crate::models::ReadModels;
use crate::read::{at, parse, unavailable};

/// The emergency switches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsView {
    /// No links are made: since when, and by whom stopped.
    pub issuing_stopped: Option<(Timestamp, Actor)>,
    /// Nobody signs in by link: since when, and by whom stopped.
    pub redeeming_stopped: Option<(Timestamp, Actor)>,
}

impl ReadModels {
    /// The emergency switches as last projected.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn settings(&self) -> Result<SettingsView, Unavailable> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as("select what, since_us, stopped_by from stops")
            .fetch_all(self.readers())
            .await
            .map_err(unavailable)?;
        let mut view = SettingsView::default();
        for (what, since, by) in rows {
            let stopped = Some((at(since), parse("stopped_by", &by)?));
            if what == "issuing" {
                view.issuing_stopped = stopped;
            } else {
                view.redeeming_stopped = stopped;
            }
        }
        Ok(view)
    }
}
