//! The port of the event store.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;

use super::{NewEvent, Position, Recorded, StreamName};

/// How many events one append may hold.
pub const MAX_EVENTS: usize = 64;

/// How many bytes of data and metadata one append may hold, its events taken together.
pub const MAX_BYTES: usize = 256 * 1024;

/// How many bytes a stream's name may have.
pub const MAX_STREAM_NAME: usize = 200;

/// What the writer believes of the stream. There is no "any": every append states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The stream has no event yet.
    NoStream,
    /// The stream's last event has this version.
    Exact(u64),
}

impl Expected {
    /// The version the first appended event gets.
    #[must_use]
    pub const fn next_version(self) -> u64 {
        match self {
            Self::NoStream => 0,
            Self::Exact(version) => version.saturating_add(1),
        }
    }
}

/// Where an append ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Version of the last appended event.
    pub version: u64,
    /// Position of the last appended event.
    pub position: Position,
}

/// Why an append did not happen, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was first. Nothing was appended; read and decide again.
    #[error("the stream has moved on to version {actual:?}")]
    Conflict {
        /// The stream's actual last version where the store knows it; `None` also for a stream that is not there.
        actual: Option<u64>,
    },
    /// The answer was lost: the events may or may not be in the log. Appending the same ids again is safe.
    #[error("the outcome of the append is unknown")]
    UnknownOutcome {
        /// What went wrong.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The request breaks the port's limits ([`MAX_EVENTS`], [`MAX_BYTES`], [`MAX_STREAM_NAME`]). Nothing was appended;
    /// trying again is useless.
    #[error("an append holds 1 to 64 events of together at most 256 KiB, for a stream named in 1 to 200 bytes")]
    OutOfBounds,
    /// The store sheds load. Nothing was appended.
    #[error("the event store is overloaded")]
    Overloaded,
    /// The store can't be written to (disk full, connection refused). Nothing was appended.
    #[error("the event store is unavailable")]
    Unavailable {
        /// What went wrong.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A read failed.
#[derive(Debug, thiserror::Error)]
#[error("the event store can't be read")]
pub struct ReadError(#[source] pub Box<dyn Error + Send + Sync>);

/// Events in global order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The events, lowest position first.
    pub events: Vec<Recorded>,
    /// Where to go on reading: pass it as `after`. Equal to the request's `after` when nothing was there.
    pub next: Position,
    /// Nothing lies beyond `next` right now.
    pub end: bool,
}

/// The append-only log. One contract suite holds for every implementation:
///
/// * An append touches one stream, is atomic, and is durable before the answer.
/// * It succeeds only if the stream is as `expected` says; else [`AppendError::Conflict`].
/// * Idempotent by event id: if exactly these ids already stand at the expected place, the first answer is given
///   again and nothing is written; a partial overlap is a conflict.
/// * Versions in a stream are dense from 0. Positions strictly increase in the order in which events become visible:
///   a reader that remembers the last position it saw never misses an event.
/// * Appended bytes are returned unchanged for ever.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// Appends `events` (1 to 64 of them, together at most 256 KiB) to `stream`.
    ///
    /// # Errors
    /// See [`AppendError`]; only `UnknownOutcome` leaves open whether the events are in the log.
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// The stream's events from version `from` on, at most `limit`, lowest first; empty where there are none.
    ///
    /// # Errors
    /// [`ReadError`] when the store can't answer.
    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError>;

    /// Events of all streams beyond `after`, at most `limit`, in global order.
    ///
    /// # Errors
    /// [`ReadError`] when the store can't answer.
    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError>;

    /// The position of the last event; [`Position::START`] in an empty log.
    ///
    /// # Errors
    /// [`ReadError`] when the store can't answer.
    async fn head(&self) -> Result<Position, ReadError>;

    /// Returns when something may lie beyond `position`, or after `max`. A hint: callers read and see.
    async fn wait_beyond(&self, position: Position, max: Duration);
}
