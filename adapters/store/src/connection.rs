//! The one write connection of a file.
//!
//! Apart from [`crate::database`] because it has a history: after a failure it is opened anew, after a failed sync never
//! again.

use std::sync::Arc;

use magiclink_domain::ports::Unavailable;
use sqlx::{Connection, SqliteConnection};

use crate::database::{Cause, Database, cause};

/// A write failed; the same for every request it hit.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// SQLite's own words.
    #[error("the database could not be written")]
    Failed(#[source] Arc<sqlx::Error>),
    /// After a failed sync nobody can say what the disk holds; only a restart reads it anew.
    #[error("the disk failed to confirm a commit; no more writes are taken until the service is restarted")]
    Halted,
    /// The log lost events that it once had.
    #[error("the log is shorter than it was; no more writes are taken until the service is restarted")]
    Shorter,
    /// Readers kept the write-ahead log from being emptied.
    #[error("the write-ahead log could not be emptied")]
    Busy,
    /// A key could not be wrapped or unwrapped.
    #[error("a key does not open under the master key")]
    Key,
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl WriteError {
    /// What went wrong, for the SQLite part of it.
    pub(crate) fn cause(&self) -> Cause {
        match self {
            Self::Failed(error) => cause(error),
            Self::Halted | Self::Shorter | Self::Busy => Cause::Environment,
            Self::Key => Cause::Statement,
        }
    }

    /// The same, for a caller of the port `what`.
    pub(crate) fn unavailable(self, what: &'static str) -> Unavailable {
        Unavailable { what, source: Box::new(self) }
    }
}

/// The write connection, opened when needed.
#[derive(Debug)]
pub(crate) struct WriteConnection {
    database: Database,
    connection: Option<SqliteConnection>,
    halted: bool,
}

impl WriteConnection {
    /// Begins with a connection that is open.
    pub(crate) fn new(database: Database, connection: SqliteConnection) -> Self {
        Self { database, connection: Some(connection), halted: false }
    }

    /// Whether the connection is open; the next [`WriteConnection::get`] opens it if not.
    pub(crate) fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    /// The connection.
    pub(crate) async fn get(&mut self) -> Result<&mut SqliteConnection, WriteError> {
        if self.halted {
            return Err(WriteError::Halted);
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(self.database.connect().await?)),
        }
    }

    /// Runs a statement without parameters.
    pub(crate) async fn run(&mut self, statement: &'static str) -> Result<(), WriteError> {
        sqlx::query(statement).execute(self.get().await?).await?;
        Ok(())
    }

    /// Lets go of the connection, so that nothing half done is left behind.
    pub(crate) fn failed(&mut self, error: &WriteError) {
        self.halted |= error.cause() == Cause::Sync;
        self.connection = None;
    }

    /// Moves everything into the file itself and empties the write-ahead log.
    pub(crate) async fn empty_wal(&mut self) -> Result<(), WriteError> {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(self.get().await?).await?;
        if busy == 0 { Ok(()) } else { Err(WriteError::Busy) }
    }

    /// Empties the write-ahead log and closes the file.
    pub(crate) async fn close(&mut self) {
        let emptied = self.empty_wal().await;
        let closed = match self.connection.take() {
            Some(connection) => connection.close().await.map_err(WriteError::from),
            None => Ok(()),
        };
        if let Err(error) = emptied.and(closed) {
            tracing::warn!(%error, file = %self.database.path().display(), "closed without a last checkpoint");
        }
    }
}
