//! Looking at a database file without changing it: for `doctor`, and before a backup is trusted.
//!
//! Apart from opening because it must work beside a running server and on files that can't be opened.

use std::path::Path;

use magiclink_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::database::{Database, OpenError, Step};

/// Which of the databases a file should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The event log.
    Log,
    /// The subjects' keys.
    Vault,
    /// Short-lived state.
    State,
}

impl Kind {
    /// Fails on a file that is none of this kind, however new.
    const fn probe(self) -> &'static str {
        match self {
            Self::Log => "select 1 from events limit 1",
            Self::Vault => "select 1 from subject_keys limit 1",
            Self::State => "select 1 from budgets limit 1",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// SQLite's complaints about the file; empty where it is sound.
    pub problems: Vec<String>,
    /// How many events there are, in a log.
    pub events: u64,
    /// When the last event was taken, in a log that has one.
    pub newest: Option<Timestamp>,
}

/// Checks a file from its first page to its last.
///
/// # Errors
/// [`OpenError::Newer`] if a newer version wrote it, [`OpenError::Unusable`] if it is no database of that kind.
pub async fn inspect(kind: Kind, path: &Path) -> Result<Inspection, OpenError> {
    let steps = match kind {
        Kind::Log => crate::sqlite::STEPS,
        Kind::Vault => crate::vault::STEPS,
        Kind::State => crate::state::STEPS,
    };
    let database = Database::at(path);
    let unusable = |source: sqlx::Error| database.unusable(source);
    // A copy is no write-ahead file, and asking for one would be a change.
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(unusable)?;
    let found = look(&mut connection, kind, steps).await.map_err(unusable);
    connection.close().await.map_err(unusable)?;
    found?.ok_or_else(|| OpenError::Newer { file: path.to_owned() })
}

/// `None` if there is a step that we do not know.
async fn look(
    connection: &mut SqliteConnection, kind: Kind, steps: &[Step],
) -> Result<Option<Inspection>, sqlx::Error> {
    sqlx::query(kind.probe()).fetch_optional(&mut *connection).await?;
    let taken: Vec<(i64,)> = sqlx::query_as("select version from _sqlx_migrations").fetch_all(&mut *connection).await?;
    let known = |version: i64| steps.iter().any(|(name, _)| name.starts_with(&version.to_string()));
    if !taken.into_iter().all(|(version,)| known(version)) {
        return Ok(None);
    }
    let answers: Vec<(String,)> = sqlx::query_as("pragma integrity_check").fetch_all(&mut *connection).await?;
    let problems = answers.into_iter().map(|(answer,)| answer).filter(|answer| answer != "ok").collect();
    let mut found = Inspection { problems, ..Inspection::default() };
    if kind == Kind::Log {
        let (events, newest): (i64, Option<i64>) =
            sqlx::query_as("select count(*), max(recorded_at_us) from events").fetch_one(connection).await?;
        found.events = u64::try_from(events).unwrap_or_default();
        found.newest = newest.map(Timestamp::from_micros);
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SqliteState, SystemClock};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_sound_file_has_no_problems_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let log = crate::SqliteLog::open(&path, Arc::new(SystemClock)).await.unwrap();
        log.close().await;
        assert_eq!(inspect(Kind::Log, &path).await.unwrap(), Inspection::default());
        let state = folder.path().join("state.db");
        SqliteState::open(&state).await.unwrap().close().await;
        assert_eq!(inspect(Kind::State, &state).await.unwrap().problems, Vec::<String>::new());
        assert!(matches!(inspect(Kind::Log, &state).await, Err(OpenError::Unusable { .. })), "a file of another kind");
        std::fs::write(&path, b"this is no database, whatever its name says").unwrap();
        assert!(matches!(inspect(Kind::Log, &path).await, Err(OpenError::Unusable { .. })));
    }
}
