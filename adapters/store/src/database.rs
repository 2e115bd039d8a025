//! SQLite files: opening, migrating, copying, and what their errors mean.
//!
//! Apart because log, vault and state are each a file of their own with the same needs.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};

/// A database file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer version of the program.
    #[error(
        "{file} was written by a newer version of magiclink: start that version, or restore a backup made by this one"
    )]
    Newer {
        /// The file.
        file: PathBuf,
    },
    /// The file's keys are wrapped under another master key.
    #[error("{file} belongs to another master key: put the key file that was made with it back in place")]
    OtherMasterKey {
        /// The file.
        file: PathBuf,
    },
    /// The file can't be opened, or is no database of ours.
    #[error("{file} can't be opened")]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A migration's file name without extension, and its text.
pub(crate) type Step = (&'static str, &'static str);

/// Embeds `migrations/sqlite/<folder>/<name>.sql`.
macro_rules! steps {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/", $folder, "/", $name, ".sql")))),+]
    };
}
pub(crate) use steps;

/// How to reach one of our files.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    path: PathBuf,
    options: SqliteConnectOptions,
}

impl Database {
    /// The file at `path`: WAL, and every commit on disk before it is answered (`synchronous = FULL`).
    pub(crate) fn at(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        Self { path: path.to_owned(), options }
    }

    /// The same file with one more pragma.
    pub(crate) fn pragma(mut self, key: &'static str, value: &'static str) -> Self {
        self.options = self.options.pragma(key, value);
        self
    }

    /// The same file with this many prepared statements kept per connection.
    pub(crate) fn statements(mut self, capacity: usize) -> Self {
        self.options = self.options.statement_cache_capacity(capacity);
        self
    }

    /// Options of connections that only read, and read a lot.
    pub(crate) fn read_only(&self) -> SqliteConnectOptions {
        self.options.clone().pragma("cache_size", "-1000").read_only(true).row_buffer_size(512)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A connection that writes.
    pub(crate) async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        self.options.connect().await
    }

    /// Makes the file (readable by its owner alone) where it is missing, connects and brings the schema up to date.
    pub(crate) async fn open(&self, steps: &[Step]) -> Result<SqliteConnection, OpenError> {
        create_private(&self.path, false).map_err(|source| self.unusable(source))?;
        // Without a sync for each step: a crash undoes whole steps, which are then made again, and the first commit
        // afterwards brings them to the disk together with itself.
        let options = self.options.clone().synchronous(SqliteSynchronous::Normal);
        let mut connection = options.connect().await.map_err(|source| self.unusable(source))?;
        match migrator(steps).run_direct(None, &mut connection, false).await {
            Ok(()) => {}
            Err(MigrateError::VersionMissing(_)) => return Err(OpenError::Newer { file: self.path.clone() }),
            Err(source) => return Err(self.unusable(source)),
        }
        let safe = sqlx::query("pragma synchronous = full").execute(&mut connection).await;
        safe.map_err(|source| self.unusable(source))?;
        Ok(connection)
    }

    /// A consistent copy at `to`, made while others read and write; on disk when this returns.
    pub(crate) async fn copy(&self, to: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let target = to.to_str().ok_or("the path of the copy is not UTF-8")?.to_owned();
        create_private(to, true)?;
        let mut connection = self.connect().await?;
        let copied = sqlx::query("vacuum into ?").bind(target).execute(&mut connection).await;
        connection.close().await?;
        if let Err(error) = copied {
            std::fs::remove_file(to)?;
            return Err(error.into());
        }
        File::open(to)?.sync_all()?;
        if let Some(folder) = to.parent() {
            File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()?;
        }
        Ok(())
    }

    /// The file can't be used.
    pub(crate) fn unusable(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OpenError {
        OpenError::Unusable { file: self.path.clone(), source: source.into() }
    }
}

fn create_private(path: &Path, only_new: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600).truncate(false);
    if only_new { options.create_new(true) } else { options.create(true) }.open(path).map(drop)
}

fn migrator(steps: &[Step]) -> Migrator {
    let migration = |(name, sql): &Step| {
        let (version, what) = name.split_once('_').unwrap_or((name, ""));
        let version = version.parse().unwrap_or_default();
        Migration::new(version, what.replace('_', " ").into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(migration).collect())
}

/// What an error of a write means for what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A constraint of the schema: nothing was written.
    Constraint,
    /// The disk may or may not hold the commit (`SQLITE_IOERR_FSYNC` and its like), and may say so wrongly from now on.
    Sync,
    /// The commit may have reached the disk before something else went wrong: it would be found after a restart, unless
    /// the next commit has overwritten it by then.
    Unclear,
    /// Disk full, file gone, connection lost …: nothing was written, and other writes would fare the same.
    Environment,
    /// Something about this very statement.
    Statement,
}

/// Sorts an error of a write; result codes from <https://www.sqlite.org/rescode.html>.
pub(crate) fn cause(error: &sqlx::Error) -> Cause {
    if matches!(error, sqlx::Error::Encode(_)) {
        return Cause::Statement;
    }
    let sqlx::Error::Database(error) = error else { return Cause::Unclear };
    let code: u32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    match (code & 0xff, code) {
        (19, _) => Cause::Constraint,
        // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
        (_, 1034 | 1290) => Cause::Sync,
        // Out of memory; SQLITE_IOERR_SHMOPEN, _SHMSIZE, _SHMLOCK, _SHMMAP: the shared index of the write-ahead log is
        // brought up to date after the log itself.
        (7, _) | (_, 4618 | 4874 | 5130 | 5386) => Cause::Unclear,
        // Busy, locked, read-only, I/O, corrupt, full, can't open, not a database
        (5 | 6 | 8 | 10 | 11 | 13 | 14 | 26, _) => Cause::Environment,
        _ => Cause::Statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite").join(folder);
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_migration_in_the_folders_is_embedded() {
        for (folder, steps) in
            [("log", crate::sqlite::STEPS), ("vault", crate::vault::STEPS), ("state", crate::state::STEPS)]
        {
            let embedded: Vec<_> = steps.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(embedded, listed(folder), "{folder}");
        }
    }

    #[test]
    fn what_is_not_an_error_of_the_database_leaves_the_outcome_open() {
        assert_eq!(cause(&sqlx::Error::WorkerCrashed), Cause::Unclear);
        assert_eq!(cause(&sqlx::Error::Encode("too large".into())), Cause::Statement);
    }
}
