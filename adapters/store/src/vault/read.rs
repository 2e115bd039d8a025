//! Reading keys out of the vault's file.
//!
//! Apart from the writer: readers share a pool of read-only connections.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::SubjectKey;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use super::master::Wrapper;
use crate::connection::WriteError;
use crate::database::Database;

/// How many subjects one query names.
const MOST_NAMED: usize = 256;

/// From this many subjects on, reading everything may be cheaper than naming them.
const MANY: usize = 2_000;

/// The reading side of the vault.
#[derive(Debug)]
pub(super) struct Reader {
    pool: SqlitePool,
    wrapper: Arc<Wrapper>,
}

impl Reader {
    pub(super) fn new(database: &Database, wrapper: Arc<Wrapper>) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .test_before_acquire(false)
            .idle_timeout(Some(Duration::from_mins(1)))
            .max_lifetime(None)
            .connect_lazy_with(database.read_only());
        Self { pool, wrapper }
    }

    /// The keys of those of `subjects` that have one.
    pub(super) async fn some(&self, subjects: &[SubjectId]) -> Result<Vec<SubjectKey>, WriteError> {
        if subjects.len() >= MANY && self.is_small(subjects.len() * 8).await? {
            let wanted: HashSet<_> = subjects.iter().copied().collect();
            return self.all(|subject| wanted.contains(&subject)).await;
        }
        let mut keys = Vec::with_capacity(subjects.len());
        for named in subjects.chunks(MOST_NAMED) {
            self.named(named, &mut keys).await?;
        }
        Ok(keys)
    }

    /// The keys of all subjects that are `wanted`.
    pub(super) async fn all(&self, wanted: impl Fn(SubjectId) -> bool) -> Result<Vec<SubjectKey>, WriteError> {
        let mut rows =
            sqlx::query("select subject, wrapped from subject_keys where wrapped is not null").fetch(&self.pool);
        let mut keys = Vec::new();
        while let Some(row) = rows.try_next().await? {
            if wanted(subject(&row)?) {
                keys.push(self.key(&row)?);
            }
        }
        Ok(keys)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    async fn is_small(&self, rows: usize) -> Result<bool, WriteError> {
        let (most,): (i64,) =
            sqlx::query_as("select coalesce(max(id), 0) from subject_keys").fetch_one(&self.pool).await?;
        Ok(usize::try_from(most).is_ok_and(|most| most <= rows))
    }

    async fn named(&self, subjects: &[SubjectId], keys: &mut Vec<SubjectKey>) -> Result<(), WriteError> {
        let text = select_named(subjects.len());
        let mut query = sqlx::query(AssertSqlSafe(text));
        for subject in subjects {
            query = query.bind(subject.uuid().as_bytes().to_vec());
        }
        let mut rows = query.fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            keys.push(self.key(&row)?);
        }
        Ok(())
    }

    fn key(&self, row: &SqliteRow) -> Result<SubjectKey, WriteError> {
        self.wrapper.unwrap(subject(row)?, row.try_get(1)?).ok_or(WriteError::Key)
    }
}

/// Few different texts, so that their prepared statements are found again; a slot that is not bound is null and names
/// nobody.
pub(super) fn select_named(subjects: usize) -> String {
    let slots = [1, 16, MOST_NAMED].into_iter().find(|slots| *slots >= subjects).unwrap_or(subjects);
    let slots = vec!["?"; slots].join(",");
    format!("select subject, wrapped from subject_keys where wrapped is not null and subject in ({slots})")
}

/// The subject a row is about.
pub(super) fn subject(row: &SqliteRow) -> Result<SubjectId, WriteError> {
    let bytes: &[u8] = row.try_get(0)?;
    let id = Uuid::from_slice(bytes).map_err(|source| sqlx::Error::Decode(source.into()))?;
    Ok(SubjectId::from_uuid(id))
}
