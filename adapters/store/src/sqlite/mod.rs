//! The event log in one SQLite file.
//!
//! Apart from the memory store by its engine: one task owns the only write connection, so order, stream heads and
//! positions are known in memory, and whatever arrives while a commit runs shares the next one.

mod draft;
mod insert;
mod latest;
mod read;
mod recent;
mod request;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::log::{
    AppendError, Appended, EventStore, Expected, NewEvent, Page, Position, ReadError, Recorded, StreamName,
};
use magiclink_domain::ports::{Clock, Unavailable};
use tokio::sync::{oneshot, watch};

use crate::connection::WriteConnection;
use crate::database::{Database, OpenError, Step, steps};
use crate::group::{Queue, Refused};
use crate::limits;
use read::Reader;
use recent::Recent;
use request::Request;
use writer::Writer;

pub(crate) const STEPS: &[Step] = steps!("log", "20261122120000_events");

/// How many appends may wait for the writer.
const MOST_WAITING: usize = 4_096;

/// How many bytes of events may wait for the writer.
const MOST_WAITING_BYTES: usize = 64 * 1024 * 1024;

/// What can be set about a [`SqliteLog`].
#[derive(Clone, Copy, Debug)]
pub struct SqliteLogOptions {
    /// Bytes of recently appended or read events kept in memory.
    pub recent_bytes: usize,
    /// Streams whose last version is kept in memory.
    pub recent_streams: usize,
    /// Connections that read.
    pub readers: u32,
}

impl Default for SqliteLogOptions {
    fn default() -> Self {
        Self { recent_bytes: 8 * 1024 * 1024, recent_streams: 65_536, readers: 3 }
    }
}

/// The event log in one SQLite file (WAL, `synchronous = FULL`), for one process at a time.
#[derive(Debug)]
pub struct SqliteLog {
    database: Database,
    queue: Queue<Request>,
    waiting_bytes: Arc<AtomicUsize>,
    head: watch::Receiver<Position>,
    reader: Reader,
    statements: Arc<AtomicU64>,
}

impl SqliteLog {
    /// Opens the log at `path`, making the file if there is none. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer version wrote it, [`OpenError::Unusable`] if it can't be opened.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        Self::open_with(path, clock, SqliteLogOptions::default()).await
    }

    /// As [`SqliteLog::open`], with options.
    ///
    /// # Errors
    /// As [`SqliteLog::open`].
    pub async fn open_with(
        path: &Path, clock: Arc<dyn Clock>, options: SqliteLogOptions,
    ) -> Result<Arc<Self>, OpenError> {
        let database = writer::database(path);
        let mut connection = database.open(STEPS).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let head = read::head(&mut connection).await.map_err(|source| database.unusable(source))?;
        let (publish, head) = watch::channel(head);
        let recent = Arc::new(Recent::new(options.recent_bytes, options.recent_streams));
        let reader =
            Reader::new(&database, options.readers, Arc::clone(&recent), head.clone(), Arc::clone(&statements));
        let writing = WriteConnection::new(database.clone(), connection);
        let writer = Writer::new(writing, recent, publish, clock, Arc::clone(&statements));
        let queue = Queue::start(MOST_WAITING, writer);
        Ok(Arc::new(Self { database, queue, waiting_bytes: Arc::default(), head, reader, statements }))
    }

    /// How many SQL statements have been sent to the database so far.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Takes no more appends, finishes those taken, and leaves everything in the one file `path`.
    pub async fn close(&self) {
        // Readers first: a checkpoint that empties the WAL waits for them.
        self.reader.close().await;
        self.queue.close().await;
    }

    /// A consistent copy of the log at `to` (a file that is not there yet), made while the log is in use; durable when
    /// this returns.
    ///
    /// # Errors
    /// [`Unavailable`] when the copy could not be written.
    pub async fn backup_to(&self, to: &Path) -> Result<(), Unavailable> {
        self.database.copy(to).await.map_err(|source| Unavailable { what: "the backup of the log", source })
    }

    /// Counts the request's bytes as waiting until the guard goes, or refuses.
    fn admit(&self, bytes: usize) -> Result<Waiting, AppendError> {
        let waiting = Waiting { bytes, all: Arc::clone(&self.waiting_bytes) };
        let before = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > MOST_WAITING_BYTES { Err(AppendError::Overloaded) } else { Ok(waiting) }
    }
}

/// Bytes that wait for the writer, given back when dropped.
#[derive(Debug)]
struct Waiting {
    bytes: usize,
    all: Arc<AtomicUsize>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[async_trait]
impl EventStore for SqliteLog {
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        limits::check(stream, &events)?;
        let waiting = self.admit(limits::bytes_of(&events))?;
        let (answer, answered) = oneshot::channel();
        let request = Request { stream: stream.clone(), expected, events, answer, waiting };
        self.queue.push(request).map_err(|refused| match refused {
            Refused::Full => AppendError::Overloaded,
            Refused::Closed => AppendError::Unavailable { source: Box::new(refused) },
        })?;
        answered.await.unwrap_or_else(|lost| Err(AppendError::UnknownOutcome { source: Box::new(lost) }))
    }

    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reader.stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        self.reader.all(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(*self.head.borrow())
    }

    async fn wait_beyond(&self, position: Position, max: Duration) {
        let mut head = self.head.clone();
        // Running out of time and a closed log both end the wait: the caller reads and sees.
        let _: Result<bool, _> =
            tokio::time::timeout(max, async { head.wait_for(|head| *head > position).await.is_ok() }).await;
    }
}
