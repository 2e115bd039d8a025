//! The file of the read models: one connection that writes, a few that read.
//!
//! Apart because nothing else knows that it is a SQLite file. It is disposable: deleted, it is made again from the log.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

const CHECKPOINTS: &str = include_str!("engine/schema.sql");

/// How many queries are answered at a time.
const READERS: u32 = 4;

/// Where the file lies, and how it is opened.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    path: PathBuf,
    options: SqliteConnectOptions,
}

impl Database {
    pub(crate) fn at(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A checkpoint lost in a power cut is folded again from the log.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "on")
            // A checkpoint syncs, and the log's commits wait for the same disk.
            .pragma("wal_autocheckpoint", "4000")
            .disable_statement_logging();
        Self { path: path.to_owned(), options }
    }

    /// The writing connection; makes the file where it is missing, and anew where a rebuild was cut off.
    pub(crate) async fn writer(&self) -> Result<SqliteConnection, sqlx::Error> {
        if self.unsynced().exists() {
            self.remove()?;
        }
        drop(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.path)?);
        let mut connection = self.connect().await?;
        sqlx::raw_sql(CHECKPOINTS).execute(&mut connection).await?;
        Ok(connection)
    }

    /// Another writing connection to the file as it is.
    pub(crate) async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        self.options.clone().connect().await
    }

    /// Connections that read.
    pub(crate) fn readers(&self) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .test_before_acquire(false)
            .idle_timeout(Duration::from_mins(1))
            .connect_lazy_with(self.options.clone().read_only(true).pragma("cache_size", "-1000"))
    }

    /// From now on the file is worth nothing after a power cut, and is made anew if we do not come to
    /// [`Database::careful`].
    pub(crate) async fn careless(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        drop(OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.unsynced())?);
        sqlx::raw_sql("pragma synchronous = off; pragma cache_size = -48000; pragma wal_autocheckpoint = 8000;")
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Everything written so far is on disk, and the file survives a power cut again.
    pub(crate) async fn careful(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(
            "pragma synchronous = normal; pragma wal_checkpoint(truncate); pragma cache_size = -2000;
             pragma wal_autocheckpoint = 4000; pragma shrink_memory;",
        )
        .execute(connection)
        .await?;
        match std::fs::remove_file(self.unsynced()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Empties the write-ahead log, so that nothing deleted is left in it; `false` where a reader is in the way.
    pub(crate) async fn scrub(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let busy: i64 = sqlx::query_scalar("pragma wal_checkpoint(truncate)").fetch_one(connection).await?;
        Ok(busy == 0)
    }

    fn unsynced(&self) -> PathBuf {
        self.beside("-unsynced")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    }

    fn remove(&self) -> io::Result<()> {
        for file in [self.path.clone(), self.beside("-wal"), self.beside("-shm"), self.unsynced()] {
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}
