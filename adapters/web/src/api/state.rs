//! What the calls of one node share.
//!
//! Apart from the handlers because the composition root makes it and ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use magiclink_domain::log::Position;
use magiclink_domain::usecases::Caller;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::once::Answered;

/// What the API remembers on this node.
pub struct ApiState {
    pub(crate) answered: Answered,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) stopping: CancellationToken,
    written: AtomicU64,
}

/// Followers of the log at a time.
const STREAMS: usize = 64;

impl Default for ApiState {
    fn default() -> Self {
        Self {
            answered: Answered::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            stopping: CancellationToken::new(),
            written: AtomicU64::new(0),
        }
    }
}

impl ApiState {
    /// Ends the open event streams. A graceful stop calls it first: they would not end by themselves.
    pub fn end_streams(&self) {
        self.stopping.cancel();
    }

    /// Remembers where a call's last event stands.
    pub(crate) fn wrote(&self, position: Option<Position>) {
        if let Some(position) = position {
            self.written.fetch_max(position.get(), Ordering::AcqRel);
        }
    }

    /// Remembers a command that was carried out, and where its last event stands.
    pub(crate) fn answered(&self, caller: &Caller, position: Option<Position>) {
        self.answered.note(caller);
        self.wrote(position);
    }

    /// The last event that a call on this node wrote; lists wait for it, so that a caller finds what they made. Waiting
    /// in the lists keeps the calls that write fast.
    pub(crate) fn written(&self) -> Position {
        Position::new(self.written.load(Ordering::Acquire))
    }
}
