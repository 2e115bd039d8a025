//! A log that can't be read once, at a place of one's choice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::log::{
    AppendError, Appended, EventStore, Expected, NewEvent, Page, Position, ReadError, Recorded, StreamName,
};

pub(crate) struct FaultyLog {
    pub(crate) inner: Arc<dyn EventStore>,
    /// The first read after this position fails; zero for none.
    pub(crate) fails_after: AtomicU64,
}

#[async_trait]
impl EventStore for FaultyLog {
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.inner.append(stream, expected, events).await
    }

    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.inner.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        let fails_after = self.fails_after.load(Ordering::SeqCst);
        if fails_after > 0 && after.get() > fails_after {
            self.fails_after.store(0, Ordering::SeqCst);
            return Err(ReadError("out of reach".into()));
        }
        self.inner.read_all(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.inner.head().await
    }

    async fn wait_beyond(&self, position: Position, max: Duration) {
        self.inner.wait_beyond(position, max).await;
    }
}
