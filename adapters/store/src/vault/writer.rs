//! The one task that writes the vault.
//!
//! Apart because it owns the write connection, and because creations that arrive together share one commit.

use std::collections::HashMap;
use std::sync::Arc;

use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::SubjectKey;
use magiclink_domain::ports::{Clock, Ids};
use sqlx::{AssertSqlSafe, Row};
use tokio::sync::oneshot;

use super::cache::Cache;
use super::master::Wrapper;
use super::read::{select_named, subject};
use crate::connection::{WriteConnection, WriteError};
use crate::group::Committer;

/// How many rows one statement writes at most.
const MOST_ROWS: usize = 64;

/// The way to answer a request.
pub(super) type Answer<T> = oneshot::Sender<Result<T, WriteError>>;

/// One request.
#[derive(Debug)]
pub(super) enum Job {
    Create { subject: SubjectId, answer: Answer<Option<SubjectKey>> },
    Destroy { subject: SubjectId, answer: Answer<()> },
}

/// Owner of the write connection.
pub(super) struct Writer {
    connection: WriteConnection,
    wrapper: Arc<Wrapper>,
    cache: Arc<Cache>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Committer for Writer {
    type Job = Job;

    async fn commit(&mut self, jobs: Vec<Job>) {
        let mut creations = Vec::new();
        let mut destructions = Vec::new();
        for job in jobs {
            match job {
                Job::Create { subject, answer } => creations.push((subject, answer)),
                Job::Destroy { subject, answer } => destructions.push((subject, answer)),
            }
        }
        if !creations.is_empty() {
            self.create(creations).await;
        }
        if !destructions.is_empty() {
            self.destroy(destructions).await;
        }
    }

    async fn finish(&mut self) {
        self.connection.close().await;
    }
}

impl Writer {
    pub(super) fn new(
        connection: WriteConnection, wrapper: Arc<Wrapper>, cache: Arc<Cache>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>,
    ) -> Self {
        Self { connection, wrapper, cache, clock, ids }
    }

    async fn create(&mut self, creations: Vec<(SubjectId, Answer<Option<SubjectKey>>)>) {
        let asked = self.cache.moment();
        let mut subjects: Vec<_> = creations.iter().map(|(subject, _)| *subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let made = self.make_all(&subjects).await;
        if let Err(error) = &made {
            self.connection.failed(error);
        }
        if let Ok(keys) = &made {
            self.cache.keep(asked, keys.values().cloned());
        }
        for (subject, answer) in creations {
            // A caller who has gone away needs no answer.
            drop(answer.send(made.as_ref().map(|keys| keys.get(&subject).cloned()).map_err(Clone::clone)));
        }
    }

    /// The subjects' keys, new or old; durable when this returns.
    async fn make_all(&mut self, subjects: &[SubjectId]) -> Result<HashMap<SubjectId, SubjectKey>, WriteError> {
        let mut keys = HashMap::with_capacity(subjects.len());
        let several = subjects.len() > MOST_ROWS;
        if several {
            self.connection.run("begin immediate").await?;
        }
        for subjects in subjects.chunks(MOST_ROWS) {
            self.make(subjects, &mut keys).await?;
        }
        if several {
            self.connection.run("commit").await?;
        }
        Ok(keys)
    }

    /// Makes keys for those who have none; those who had one, keep it.
    async fn make(
        &mut self, subjects: &[SubjectId], keys: &mut HashMap<SubjectId, SubjectKey>,
    ) -> Result<(), WriteError> {
        let mut fresh = HashMap::with_capacity(subjects.len());
        let mut query = sqlx::query(AssertSqlSafe(insert(subjects.len()))).bind(self.clock.now().micros());
        for subject in subjects {
            let key = SubjectKey::new(*subject, self.ids.secret());
            let wrapped = self.wrapper.wrap(&key, self.ids.nonce()).ok_or(WriteError::Key)?;
            query = query.bind(subject.uuid().as_bytes().to_vec()).bind(wrapped);
            fresh.insert(*subject, key);
        }
        for row in query.fetch_all(self.connection.get().await?).await? {
            keys.extend(fresh.remove_entry(&subject(&row)?));
        }
        let had: Vec<_> = fresh.into_keys().collect();
        if had.is_empty() {
            return Ok(());
        }
        let mut query = sqlx::query(AssertSqlSafe(select_named(had.len())));
        for subject in had {
            query = query.bind(subject.uuid().as_bytes().to_vec());
        }
        for row in query.fetch_all(self.connection.get().await?).await? {
            let key = self.wrapper.unwrap(subject(&row)?, row.try_get(1)?).ok_or(WriteError::Key)?;
            keys.insert(key.subject(), key);
        }
        Ok(())
    }

    async fn destroy(&mut self, destructions: Vec<(SubjectId, Answer<()>)>) {
        let done = self.wipe(&destructions).await;
        if let Err(error) = &done {
            self.connection.failed(error);
        }
        for (_, answer) in destructions {
            drop(answer.send(done.clone()));
        }
    }

    /// Nulls the wrapped bytes, which `secure_delete` overwrites, and empties the write-ahead log, which held a copy.
    async fn wipe(&mut self, destructions: &[(SubjectId, Answer<()>)]) -> Result<(), WriteError> {
        let now = self.clock.now().micros();
        self.connection.run("begin immediate").await?;
        for (subject, _) in destructions {
            let connection = self.connection.get().await?;
            // Also where there was no key: the subject is not to get one later.
            sqlx::query(
                "insert into subject_keys (subject, created_at_us, destroyed_at_us) values (?1, ?2, ?2) \
                 on conflict (subject) do update \
                 set wrapped = null, destroyed_at_us = coalesce(destroyed_at_us, excluded.destroyed_at_us)",
            )
            .bind(subject.uuid().as_bytes().to_vec())
            .bind(now)
            .execute(connection)
            .await?;
        }
        self.connection.run("commit").await?;
        for (subject, _) in destructions {
            self.cache.destroyed(*subject);
        }
        self.connection.empty_wal().await
    }
}

/// `?1` is the time; each row has two of its own.
fn insert(rows: usize) -> String {
    let rows: Vec<_> = (0..rows).map(|row| format!("(?{},?{},?1)", 2 + row * 2, 3 + row * 2)).collect();
    let rows = rows.join(",");
    format!(
        "insert into subject_keys (subject, wrapped, created_at_us) values {rows} \
         on conflict (subject) do nothing returning subject"
    )
}
