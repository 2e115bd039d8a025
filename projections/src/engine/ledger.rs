//! The ledger of failures: events that a projection could not take in, tried again until it can.
//!
//! Apart from the writing of batches because it goes on while they do.

use std::collections::{BTreeMap, BTreeSet};

use magiclink_domain::id::SubjectId;
use magiclink_domain::log::{Position, Recorded, StreamName};
use magiclink_domain::time::Timestamp;
use sqlx::{Connection, SqliteConnection};
use tokio::time::Instant;

use super::feed::entry;
use super::write::write_one;
use super::{Engine, EngineError, RETRY};
use crate::projection::{Batch, Projection};

/// How many failures are tried again in one go.
const AT_ONCE: i64 = 500;

/// Something that failed.
pub(super) struct Failure<'a> {
    pub(super) position: Position,
    pub(super) stream: &'a StreamName,
    pub(super) error: &'a str,
}

/// Notes a failure, and says so loudly.
pub(super) async fn add(
    connection: &mut SqliteConnection, projection: &dyn Projection, failure: &Failure<'_>, now: Timestamp,
) -> Result<(), sqlx::Error> {
    tracing::error!(
        projection = projection.name(), position = %failure.position, error = failure.error,
        "a read model could not take in an event"
    );
    sqlx::query(
        "insert into failures (projection, position, stream, error, tries, at_us) values (?1, ?2, ?3, ?4, 1, ?5)
         on conflict (projection, position) do update set error = excluded.error, tries = failures.tries + 1,
             at_us = excluded.at_us",
    )
    .bind(projection.name())
    .bind(i64::try_from(failure.position.get()).unwrap_or(i64::MAX))
    .bind(failure.stream.as_str())
    .bind(failure.error)
    .bind(now.micros())
    .execute(connection)
    .await?;
    Ok(())
}

impl Engine {
    /// Reads which streams wait behind a failure.
    pub(super) async fn read_ledger(&mut self) -> Result<(), sqlx::Error> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select projection, stream from failures").fetch_all(&mut self.connection).await?;
        let mut streams: BTreeMap<String, Vec<StreamName>> = BTreeMap::new();
        for (projection, stream) in rows {
            streams.entry(projection).or_default().push(StreamName::new(&stream));
        }
        self.held.clear();
        for standing in &mut self.board.standings {
            let name = standing.projection.name();
            let failed = streams.remove(name).unwrap_or_default();
            standing.failures = failed.len() as u64;
            if !failed.is_empty() {
                self.held.insert(name, failed.into_iter().collect());
            }
        }
        Ok(())
    }

    /// Tries again what failed, when it is time to.
    pub(super) async fn retry_failures(&mut self) -> Result<(), EngineError> {
        if self.retried.is_some_and(|at| at.elapsed() < RETRY) {
            return Ok(());
        }
        self.retried = Some(Instant::now());
        if self.held.is_empty() {
            return Ok(());
        }
        self.settle().await?;
        let behind = self.board.standings.iter().filter(|standing| standing.failures > 0);
        let behind: Vec<_> = behind.map(|standing| standing.projection).collect();
        for projection in behind {
            self.retry(projection).await?;
        }
        self.read_ledger().await?;
        self.show();
        Ok(())
    }

    async fn retry(&mut self, projection: &'static dyn Projection) -> Result<(), EngineError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("select position, stream from failures where projection = ?1 order by position limit ?2")
                .bind(projection.name())
                .bind(AT_ONCE)
                .fetch_all(&mut self.connection)
                .await?;
        let mut waiting = BTreeSet::new();
        for (position, stream) in rows {
            let position = Position::new(u64::try_from(position).unwrap_or_default());
            if !waiting.contains(&stream) && !self.retry_one(projection, position).await? {
                waiting.insert(stream);
            }
        }
        Ok(())
    }

    /// Whether the event went in.
    async fn retry_one(
        &mut self, projection: &'static dyn Projection, position: Position,
    ) -> Result<bool, EngineError> {
        let before = Position::new(position.get().saturating_sub(1));
        let page = self.sources.log.read_all(before, 1).await?;
        let Some(recorded) = page.events.into_iter().find(|recorded| recorded.position == position) else {
            return Ok(false);
        };
        let now = self.sources.clock.now();
        let read = self.read_again(&recorded).await?;
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        let outcome = match read {
            Err(error) => Err(error),
            Ok(batch) => match batch.entries.first() {
                Some(entry) => write_one(&mut transaction, projection, entry, &batch).await?,
                None => Ok(()),
            },
        };
        match &outcome {
            Ok(()) => forget(&mut transaction, projection, position).await?,
            Err(error) => {
                let failure = Failure { position, stream: &recorded.stream, error };
                add(&mut transaction, projection, &failure, now).await?;
            }
        }
        transaction.commit().await?;
        Ok(outcome.is_ok())
    }

    async fn read_again(&self, recorded: &Recorded) -> Result<Result<Batch, String>, EngineError> {
        let subject = recorded.stream.id().and_then(|id| id.parse::<SubjectId>().ok());
        let subjects: Vec<_> = subject.into_iter().collect();
        let keys = self.sources.vault.keys(&subjects).await.map_err(super::feed::FeedError::from)?;
        Ok(match entry(recorded, &keys) {
            Ok(entry) => Ok(Batch { entries: vec![entry], keyring: self.sources.keys.keyring() }),
            Err(error) => Err(error.to_string()),
        })
    }
}

async fn forget(
    connection: &mut SqliteConnection, projection: &dyn Projection, position: Position,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from failures where projection = ?1 and position = ?2")
        .bind(projection.name())
        .bind(i64::try_from(position.get()).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
    Ok(())
}
