//! *Send in bulk*: what staff confirmed is carried out, contact by contact, no faster than it is sent.

use std::sync::Arc;

use crate::usecases::{Failure, UseCases, Worked};

/// Makes the links of bulk sends.
pub struct BulkSend {
    use_cases: Arc<UseCases>,
    /// Deliveries of one bulk send that may wait for the provider: what else is sent meanwhile waits behind no more.
    queued: usize,
}

impl BulkSend {
    /// The policy over these use cases, with at most `queued` deliveries of one bulk send waiting at a time.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>, queued: usize) -> Self {
        Self { use_cases, queued }
    }

    /// Takes every open bulk send one stretch further; answers how much was done.
    ///
    /// # Errors
    /// The first failure, after every other bulk send had its turn; the next run goes on.
    pub async fn run(&self) -> Result<usize, Failure> {
        let mut first_failure = None;
        let mut done = 0;
        for bulk in self.use_cases.ports().lookups.open_bulk_sends().await? {
            match self.use_cases.work_on_bulk_send(bulk, self.queued).await {
                Ok(Worked::Did(much)) => done += much,
                Ok(Worked::Waits) => {}
                Err(failure) => drop(first_failure.get_or_insert(failure)),
            }
        }
        first_failure.map_or(Ok(done), Err)
    }
}
