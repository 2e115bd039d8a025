//! Whether this node can serve.

use std::sync::Arc;

use async_trait::async_trait;
use magiclink_web::Readiness;

use crate::wiring::App;

/// Read models further behind than this show too much of the past.
const MOST_BEHIND: u64 = 10_000;

/// Asks log and read models.
pub(super) struct Ready(pub(super) Arc<App>);

#[async_trait]
impl Readiness for Ready {
    async fn ready(&self) -> Result<(), String> {
        if !self.0.counted.is_writable() {
            return Err("the event log could not be written a moment ago".to_owned());
        }
        let standings = self.0.read_models.status().await.map_err(|error| error.to_string())?;
        for standing in standings {
            if standing.stopped.is_some() {
                return Err(format!("the read model {} has stopped", standing.name));
            }
            if standing.lag > MOST_BEHIND {
                return Err(format!("the read model {} is {} events behind", standing.name, standing.lag));
            }
        }
        Ok(())
    }
}
