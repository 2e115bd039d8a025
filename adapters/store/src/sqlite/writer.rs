//! The one task that writes the log.
//!
//! Apart because it owns what nobody else may touch: the write connection, the next position and the stream heads.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use magiclink_domain::log::{Appended, Expected, Position, Recorded};
use magiclink_domain::ports::Clock;
use sqlx::SqliteConnection;
use tokio::sync::watch;

use super::draft::Draft;
use super::insert::{Inserts, MOST_ROWS};
use super::read;
use super::recent::Recent;
use super::request::{Decision, Request};
use crate::connection::{WriteConnection, WriteError};
use crate::database::{Cause, Database};
use crate::group::Committer;

/// How many events one commit holds at most.
const MOST_EVENTS: usize = 1_024;

/// After how many requests that failed alone the others are told that they would, too. On a disk that is nearly full a
/// small one may still fit where a large one did not.
const GIVE_UP: usize = 3;

/// How the head of a stream that memory does not know is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heads {
    /// A writer who expects no stream is believed: the schema refuses the second version 0.
    Believed,
    /// The database is asked.
    Asked,
}

/// Owner of the write connection.
pub(super) struct Writer {
    connection: WriteConnection,
    inserts: Inserts,
    recent: Arc<Recent>,
    head: watch::Sender<Position>,
    clock: Arc<dyn Clock>,
    statements: Arc<AtomicU64>,
}

/// The file as the writer needs it.
pub(super) fn database(path: &Path) -> Database {
    Database::at(path).statements(MOST_ROWS + 16).pragma("cache_size", "-4000").pragma("wal_autocheckpoint", "4000")
}

impl Committer for Writer {
    type Job = Request;

    async fn commit(&mut self, jobs: Vec<Request>) {
        let mut batch = Vec::with_capacity(jobs.len());
        let mut events = 0;
        for job in jobs {
            if events + job.events.len() > MOST_EVENTS {
                self.together(std::mem::take(&mut batch)).await;
                events = 0;
            }
            events += job.events.len();
            batch.push(job);
        }
        self.together(batch).await;
    }

    async fn finish(&mut self) {
        self.connection.close().await;
    }
}

impl Writer {
    pub(super) fn new(
        connection: WriteConnection, recent: Arc<Recent>, head: watch::Sender<Position>, clock: Arc<dyn Clock>,
        statements: Arc<AtomicU64>,
    ) -> Self {
        Self { connection, inserts: Inserts::new(), recent, head, clock, statements }
    }

    /// Commits the requests as one; if that fails, one by one, so that none fails for its neighbour's sake.
    async fn together(&mut self, batch: Vec<Request>) {
        if batch.is_empty() {
            return;
        }
        let mut tried = self.attempt(&batch, Heads::Believed).await;
        if matches!(&tried, Err(error) if error.cause() == Cause::Constraint) {
            tried = self.attempt(&batch, Heads::Asked).await;
        }
        match tried {
            Ok(decisions) => batch.into_iter().zip(decisions).for_each(|(request, decision)| request.decided(decision)),
            Err(error) => self.one_by_one(batch, error).await,
        }
    }

    async fn one_by_one(&mut self, batch: Vec<Request>, error: WriteError) {
        // Alone it has had its turn; after a failed sync there is no other.
        let mut everybodys = (batch.len() == 1 || error.cause() == Cause::Sync).then_some(error);
        let mut failures = 0;
        for request in batch {
            if let Some(error) = &everybodys {
                request.failed(error.clone());
                continue;
            }
            match self.attempt(std::slice::from_ref(&request), Heads::Asked).await {
                Ok(decisions) => request.answer_with(decisions),
                Err(error) => {
                    failures += usize::from(matches!(error.cause(), Cause::Environment | Cause::Unclear));
                    if failures == GIVE_UP || error.cause() == Cause::Sync {
                        everybodys = Some(error.clone());
                    }
                    request.failed(error);
                }
            }
        }
    }

    async fn attempt(&mut self, batch: &[Request], heads: Heads) -> Result<Vec<Decision>, WriteError> {
        let tried = self.commit_all(batch, heads).await;
        if let Err(error) = &tried {
            self.recover(error, heads);
        }
        tried
    }

    async fn commit_all(&mut self, batch: &[Request], heads: Heads) -> Result<Vec<Decision>, WriteError> {
        self.connect(heads).await?;
        let mut draft = Draft::new(*self.head.borrow(), self.clock.now());
        self.learn(&mut draft, batch, heads).await?;
        let mut decisions = Vec::with_capacity(batch.len());
        for request in batch {
            decisions.push(self.decide(&mut draft, request).await?);
        }
        self.write(draft.rows()).await?;
        let rows = draft.into_rows();
        if let Some(last) = rows.last() {
            let head = last.position;
            // Memory before the head is published: whoever reads up to the head must find memory knowing it.
            self.recent.appended(rows);
            self.head.send_replace(head);
        }
        Ok(decisions)
    }

    /// Makes sure of a connection, and that the head is the file's.
    async fn connect(&mut self, heads: Heads) -> Result<(), WriteError> {
        if self.connection.is_open() && heads == Heads::Believed {
            return Ok(());
        }
        let head = read::head(self.connection().await?).await?;
        let known = *self.head.borrow();
        if head < known {
            return Err(WriteError::Shorter);
        }
        if head > known {
            // A commit that was reported as failed had gone through, or somebody else has written the file.
            tracing::warn!(%head, "the head of the log is not where it was left");
            self.recent.clear(head);
            self.head.send_replace(head);
        }
        Ok(())
    }

    /// The connection, for one statement.
    async fn connection(&mut self) -> Result<&mut SqliteConnection, WriteError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.connection.get().await
    }

    /// Makes the heads of all streams of the batch known to the draft; one query for those that memory lacks.
    async fn learn(&mut self, draft: &mut Draft, batch: &[Request], heads: Heads) -> Result<(), WriteError> {
        let mut unknown = Vec::new();
        for request in batch {
            if draft.knows(&request.stream) {
                continue;
            }
            match self.recent.next(&request.stream) {
                Some(next) => draft.learn(&request.stream, next),
                None if heads == Heads::Believed && request.expected == Expected::NoStream => {
                    draft.learn(&request.stream, 0);
                }
                None => unknown.push(request.stream.clone()),
            }
        }
        for streams in unknown.chunks(read::MOST_NEXTS) {
            let nexts = read::nexts(self.connection().await?, streams).await?;
            streams.iter().zip(nexts).for_each(|(stream, next)| draft.learn(stream, next));
        }
        Ok(())
    }

    async fn decide(&mut self, draft: &mut Draft, request: &Request) -> Result<Decision, WriteError> {
        if let Some(appended) = draft.add(&request.stream, request.expected, &request.events) {
            return Ok(Decision::Done(appended));
        }
        let first = self.first_answer(draft, request).await?;
        let conflict = Decision::Conflict { actual: draft.last_version(&request.stream) };
        Ok(first.map_or(conflict, Decision::Done))
    }

    /// The answer once given, if exactly these events stand at the expected place.
    async fn first_answer(&mut self, draft: &Draft, request: &Request) -> Result<Option<Appended>, WriteError> {
        let (stream, count) = (&request.stream, request.events.len());
        let Some(range) = draft.standing(stream, request.expected, count) else { return Ok(None) };
        let mut standing = match self.recent.ids(stream, range.from, range.committed) {
            Some(ids) => ids,
            None if range.committed == 0 => Vec::new(),
            None => read::ids(self.connection().await?, stream, range.from, range.committed).await?,
        };
        let drafted = count - range.committed;
        standing.extend(draft.ids(stream, range.from + range.committed as u64, drafted));
        let same = standing.iter().map(|(id, _)| *id).eq(request.events.iter().map(|event| event.id));
        let last = standing.last().filter(|_| same);
        Ok(last.map(|(_, position)| Appended { version: range.from + count as u64 - 1, position: *position }))
    }

    /// One statement commits itself; several need a transaction round them.
    async fn write(&mut self, rows: &[Recorded]) -> Result<(), WriteError> {
        if rows.len() <= MOST_ROWS {
            return self.insert(rows).await;
        }
        self.run("begin immediate").await?;
        let written = self.insert_all(rows).await;
        match written {
            // A constraint leaves the transaction open; after anything else the connection goes anyway.
            Err(error) if error.cause() == Cause::Constraint => self.run("rollback").await.and(Err(error)),
            written => written,
        }
    }

    async fn insert_all(&mut self, rows: &[Recorded]) -> Result<(), WriteError> {
        for rows in rows.chunks(MOST_ROWS) {
            self.insert(rows).await?;
        }
        self.run("commit").await
    }

    async fn insert(&mut self, rows: &[Recorded]) -> Result<(), WriteError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.statements.fetch_add(1, Ordering::Relaxed);
        Ok(self.inserts.write(self.connection.get().await?, rows).await?)
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), WriteError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.connection.run(statement).await
    }

    /// Leaves nothing behind that the failure may have made untrue.
    fn recover(&mut self, error: &WriteError, heads: Heads) {
        let cause = error.cause();
        if cause == Cause::Constraint && heads == Heads::Believed {
            return;
        }
        tracing::warn!(error = error as &dyn std::error::Error, "an append failed");
        self.recent.clear(*self.head.borrow());
        self.connection.failed(error);
    }
}
