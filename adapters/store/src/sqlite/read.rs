//! Reading the log.
//!
//! Apart from the writer: readers share a pool of read-only connections and see, through WAL, the last commit without
//! waiting for the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use magiclink_domain::id::EventId;
use magiclink_domain::log::{Page, Position, ReadError, Recorded, StreamName};
use magiclink_domain::time::Timestamp;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{Row, SqliteConnection};
use tokio::sync::watch;
use uuid::Uuid;

use super::recent::Recent;
use crate::database::Database;
use crate::limits::MAX_PAGE;

const STREAM: &str = "select position, stream, version, id, kind, data, meta, recorded_at_us from events \
    where stream = ? and version >= ? order by version limit ?";
const ALL: &str = "select position, stream, version, id, kind, data, meta, recorded_at_us from events \
    where position > ? and position <= ? order by position limit ?";

/// The reading side of the log.
#[derive(Debug)]
pub(super) struct Reader {
    pool: SqlitePool,
    recent: Arc<Recent>,
    head: watch::Receiver<Position>,
    statements: Arc<AtomicU64>,
}

impl Reader {
    pub(super) fn new(
        database: &Database, connections: u32, recent: Arc<Recent>, head: watch::Receiver<Position>,
        statements: Arc<AtomicU64>,
    ) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
            .idle_timeout(Some(Duration::from_mins(1)))
            .max_lifetime(None)
            .connect_lazy_with(database.read_only());
        Self { pool, recent, head, statements }
    }

    pub(super) async fn stream(
        &self, stream: &StreamName, from: u64, limit: usize,
    ) -> Result<Vec<Recorded>, ReadError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        match self.recent.read(stream, from, limit) {
            Some(events) => Ok(events),
            None => self.stream_from_disk(stream, from, limit).await.map_err(|source| ReadError(Box::new(source))),
        }
    }

    /// Reads one event more at either end: the one before tells where the stream ends when nothing lies beyond, the
    /// one after whether it goes on.
    async fn stream_from_disk(
        &self, stream: &StreamName, from: u64, limit: usize,
    ) -> Result<Vec<Recorded>, sqlx::Error> {
        let seen = *self.head.borrow();
        let before = from.saturating_sub(1);
        let most = limit.saturating_add(2);
        self.count();
        let mut rows = sqlx::query(STREAM)
            .bind(stream.as_str())
            .bind(i64::try_from(before).unwrap_or(i64::MAX))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch(&self.pool);
        let mut events = Vec::new();
        while let Some(row) = rows.try_next().await? {
            events.push(recorded(&row, Some(stream))?);
        }
        drop(rows);
        let whole = events.len() < most && (from == 0 || !events.is_empty());
        if whole {
            self.recent.fill(stream, seen, &events);
        }
        events.retain(|event| event.version >= from);
        events.truncate(limit);
        Ok(events)
    }

    pub(super) async fn all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        self.page(after, limit.min(MAX_PAGE)).await.map_err(|source| ReadError(Box::new(source)))
    }

    async fn page(&self, after: Position, limit: usize) -> Result<Page, sqlx::Error> {
        // Not beyond the published head: memory may not know of a commit that the database already shows.
        let head = *self.head.borrow();
        if after >= head {
            return Ok(Page { events: Vec::new(), next: after, end: true });
        }
        let events = match self.recent.all(after, head, limit) {
            Some(events) => events,
            None if limit == 0 => Vec::new(),
            None => self.page_from_disk(after, head, limit).await?,
        };
        let next = events.last().map_or(after, |event| event.position);
        Ok(Page { events, next, end: next >= head })
    }

    async fn page_from_disk(
        &self, after: Position, head: Position, limit: usize,
    ) -> Result<Vec<Recorded>, sqlx::Error> {
        let expected = usize::try_from(head.get() - after.get()).unwrap_or(usize::MAX).min(limit);
        let mut events = Vec::with_capacity(expected);
        self.count();
        let mut rows = sqlx::query(ALL)
            .bind(i64::try_from(after.get()).unwrap_or(i64::MAX))
            .bind(i64::try_from(head.get()).unwrap_or(i64::MAX))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            events.push(recorded(&row, None)?);
        }
        Ok(events)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }
}

/// The position of the last event in the file.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Position, sqlx::Error> {
    let row = sqlx::query("select coalesce(max(position), 0) from events").fetch_one(connection).await?;
    Ok(Position::new(number(&row, 0)?))
}

/// The versions the next events of these streams will have.
pub(super) async fn nexts(connection: &mut SqliteConnection, streams: &[StreamName]) -> Result<Vec<u64>, sqlx::Error> {
    let text = match streams.len() {
        0 => return Ok(Vec::new()),
        1 => NEXT_1,
        2..=16 => NEXT_16,
        _ => NEXT_64,
    };
    let slots = text.matches('?').count();
    let mut query = sqlx::query(text);
    for slot in 0..slots {
        query = query.bind(streams.get(slot).map(StreamName::as_str));
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().take(streams.len()).map(|row| number(row, 0)).collect()
}

/// How many streams [`nexts`] takes at a time.
pub(super) const MOST_NEXTS: usize = 64;

const NEXT_1: &str = "select coalesce(max(version) + 1, 0) from events where stream = ?";
macro_rules! next_of {
    ($slots:literal) => {
        concat!(
            "select coalesce((select max(version) + 1 from events where stream = wanted.column1), 0) from (values ",
            $slots,
            ") as wanted"
        )
    };
}
const NEXT_16: &str = next_of!("(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?)");
const NEXT_64: &str = next_of!(
    "(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),\
     (?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),\
     (?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),\
     (?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?)"
);

/// Ids and positions of `count` events of a stream from version `from` on.
pub(super) async fn ids(
    connection: &mut SqliteConnection, stream: &StreamName, from: u64, count: usize,
) -> Result<Vec<(EventId, Position)>, sqlx::Error> {
    let rows =
        sqlx::query("select id, position from events where stream = ? and version >= ? order by version limit ?")
            .bind(stream.as_str())
            .bind(i64::try_from(from).unwrap_or(i64::MAX))
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok((event_id(row, 0)?, Position::new(number(row, 1)?)))).collect()
}

fn recorded(row: &SqliteRow, stream: Option<&StreamName>) -> Result<Recorded, sqlx::Error> {
    let stream = match stream {
        Some(stream) => stream.clone(),
        None => StreamName::new(row.try_get(1)?),
    };
    Ok(Recorded {
        position: Position::new(number(row, 0)?),
        stream,
        version: number(row, 2)?,
        id: event_id(row, 3)?,
        kind: row.try_get(4)?,
        data: row.try_get(5)?,
        meta: row.try_get(6)?,
        recorded_at: Timestamp::from_micros(row.try_get(7)?),
    })
}

fn event_id(row: &SqliteRow, column: usize) -> Result<EventId, sqlx::Error> {
    let bytes: &[u8] = row.try_get(column)?;
    Uuid::from_slice(bytes).map(EventId::from_uuid).map_err(|source| sqlx::Error::Decode(source.into()))
}

fn number(row: &SqliteRow, column: usize) -> Result<u64, sqlx::Error> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|source| sqlx::Error::Decode(source.into()))
}
