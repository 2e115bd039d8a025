//! Short-lived state that is no history, in a file of its own.
//!
//! Apart from the log because it is overwritten and swept: budgets, marks, parcels and leases.

mod budgets;
mod parcels;

pub use parcels::SqliteParcels;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use magiclink_domain::ports::{Budget, Budgets, Limit, Unavailable};
use magiclink_domain::time::Timestamp;
use tokio::sync::oneshot;

use crate::connection::WriteConnection;
use crate::database::{Database, OpenError, Step, steps};
use crate::group::Queue;
use budgets::{Take, Writer};

pub(crate) const STEPS: &[Step] =
    steps!("state", "20261122120000_budgets", "20261122183000_short_lived", "20261122210000_leases");
const WHAT: &str = "the store of budgets";

/// How many takes may wait for the writer.
const MOST_WAITING: usize = 4_096;

/// Short-lived state in one SQLite file (WAL, `synchronous = FULL`), for one process at a time.
#[derive(Debug)]
pub struct SqliteState {
    queue: Queue<Take>,
}

impl SqliteState {
    /// Opens the state at `path`, making the file if there is none. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer version wrote it, [`OpenError::Unusable`] if it can't be opened.
    pub async fn open(path: &Path) -> Result<Arc<Self>, OpenError> {
        let database = Database::at(path);
        let connection = database.open(STEPS).await?;
        let writer = Writer::new(WriteConnection::new(database, connection));
        Ok(Arc::new(Self { queue: Queue::start(MOST_WAITING, writer) }))
    }

    /// Takes no more requests, finishes those taken, and leaves everything in the one file `path`.
    pub async fn close(&self) {
        self.queue.close().await;
    }
}

#[async_trait]
impl Budgets for SqliteState {
    async fn take(&self, key: &str, limits: &[Limit], now: Timestamp) -> Result<Budget, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let take = Take { key: key.into(), limits: limits.to_vec(), now, answer };
        self.queue.push(take).map_err(|refused| Unavailable { what: WHAT, source: Box::new(refused) })?;
        let answer = answered.await.map_err(|lost| Unavailable { what: WHAT, source: Box::new(lost) })?;
        answer.map_err(|error| error.unavailable(WHAT))
    }
}
