//! What the calls and pages of one node share.
//!
//! Apart from the handlers because the composition root makes it and ends it.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::console::Imports;

/// What the API remembers on this node.
pub struct ApiState {
    pub(crate) streams: Arc<Semaphore>,
    /// Cards that console pages follow.
    pub(crate) cards: Arc<Semaphore>,
    pub(crate) stopping: CancellationToken,
    /// Files that staff are importing.
    pub(crate) imports: Imports,
}

/// Followers of the log at a time.
const STREAMS: usize = 64;
/// Cards followed at a time.
const CARDS: usize = 256;

impl Default for ApiState {
    fn default() -> Self {
        Self {
            streams: Arc::new(Semaphore::new(STREAMS)),
            cards: Arc::new(Semaphore::new(CARDS)),
            stopping: CancellationToken::new(),
            imports: Imports::default(),
        }
    }
}

impl ApiState {
    /// Ends the open event streams. A graceful stop calls it first: they would not end by themselves.
    pub fn end_streams(&self) {
        self.stopping.cancel();
    }
}
