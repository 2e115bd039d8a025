//! The vault: every subject's data key, wrapped, in a file of its own.
//!
//! Apart from the log because erasure is the destruction of a key, and a log that held keys would keep them for ever.

mod cache;
mod master;
mod read;
mod writer;

pub use master::MasterKey;
pub(crate) use master::Wrapper;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::{SubjectKey, SubjectKeys};
use magiclink_domain::ports::{Clock, Ids, Unavailable, Vault};
use sqlx::SqliteConnection;
use tokio::sync::oneshot;

use crate::connection::{WriteConnection, WriteError};
use crate::database::{Database, OpenError, Step, steps};
use crate::group::Queue;
use cache::Cache;
use read::Reader;
use writer::{Job, Writer};

pub(crate) const STEPS: &[Step] = steps!("vault", "20261122120000_subject_keys");
const WHAT: &str = "the vault";

/// How many requests may wait for the writer.
const MOST_WAITING: usize = 4_096;

/// The vault in one SQLite file (WAL, `synchronous = FULL`, `secure_delete = ON`), for one process at a time.
#[derive(Debug)]
pub struct SqliteVault {
    database: Database,
    queue: Queue<Job>,
    reader: Reader,
    cache: Arc<Cache>,
}

impl SqliteVault {
    /// Opens the vault at `path`, making the file if there is none. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer version wrote it, [`OpenError::OtherMasterKey`] if it was made with another
    /// master key, [`OpenError::Unusable`] if it can't be opened.
    pub async fn open(
        path: &Path, master: &MasterKey, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>,
    ) -> Result<Arc<Self>, OpenError> {
        let database = Database::at(path).pragma("secure_delete", "on");
        let mut connection = database.open(STEPS).await?;
        let wrapper = Arc::new(Wrapper::new(master));
        match master_fits(&mut connection, &wrapper, ids.as_ref()).await {
            Ok(true) => {}
            Ok(false) => return Err(OpenError::OtherMasterKey { file: path.to_owned() }),
            Err(source) => return Err(database.unusable(source)),
        }
        let cache = Cache::start();
        let reader = Reader::new(&database, Arc::clone(&wrapper));
        let writing = WriteConnection::new(database.clone(), connection);
        let writer = Writer::new(writing, wrapper, Arc::clone(&cache), clock, ids);
        Ok(Arc::new(Self { database, queue: Queue::start(MOST_WAITING, writer), reader, cache }))
    }

    /// Every key there is: for a start, when read models and directory are filled.
    ///
    /// # Errors
    /// [`Unavailable`] when the vault can't be read.
    pub async fn all_keys(&self) -> Result<SubjectKeys, Unavailable> {
        let keys = self.reader.all(|_| true).await.map_err(|error| error.unavailable(WHAT))?;
        Ok(keys.into_iter().collect())
    }

    /// Takes no more requests, finishes those taken, and leaves everything in the one file `path`.
    pub async fn close(&self) {
        self.reader.close().await;
        self.queue.close().await;
    }

    /// A consistent copy of the vault at `to` (a file that is not there yet), made while the vault is in use; durable
    /// when this returns.
    ///
    /// # Errors
    /// [`Unavailable`] when the copy could not be written.
    pub async fn backup_to(&self, to: &Path) -> Result<(), Unavailable> {
        self.database.copy(to).await.map_err(|source| Unavailable { what: "the backup of the vault", source })
    }

    async fn ask<T>(&self, job: impl FnOnce(writer::Answer<T>) -> Job) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(job(answer)).map_err(|refused| Unavailable { what: WHAT, source: Box::new(refused) })?;
        let answer = answered.await.map_err(|lost| Unavailable { what: WHAT, source: Box::new(lost) })?;
        answer.map_err(|error| error.unavailable(WHAT))
    }
}

/// Whether the vault was made with this master key; a new one is from now on.
async fn master_fits(
    connection: &mut SqliteConnection, wrapper: &Wrapper, ids: &dyn Ids,
) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let check: Option<(Vec<u8>,)> =
        sqlx::query_as("select wrapped from master_checks").fetch_optional(&mut *connection).await?;
    if let Some((check,)) = check {
        return Ok(wrapper.recognises(&check));
    }
    let check = wrapper.check(ids.nonce()).ok_or(WriteError::Key)?;
    sqlx::query("insert into master_checks (id, wrapped) values (1, ?)").bind(check).execute(connection).await?;
    Ok(true)
}

#[async_trait]
impl Vault for SqliteVault {
    async fn create(&self, subject: SubjectId) -> Result<Option<SubjectKey>, Unavailable> {
        if let Some(key) = self.cache.find(&[subject]).0.get(subject) {
            return Ok(Some(key.clone()));
        }
        self.ask(|answer| Job::Create { subject, answer }).await
    }

    async fn keys(&self, subjects: &[SubjectId]) -> Result<SubjectKeys, Unavailable> {
        let (mut found, missing, asked) = self.cache.find(subjects);
        if missing.is_empty() {
            return Ok(found);
        }
        let read = self.reader.some(&missing).await.map_err(|error| error.unavailable(WHAT))?;
        for key in &read {
            found.insert(key.clone());
        }
        self.cache.keep(asked, read.into_iter().take(cache::WORTH_KEEPING));
        Ok(found)
    }

    async fn destroy(&self, subject: SubjectId) -> Result<(), Unavailable> {
        self.ask(|answer| Job::Destroy { subject, answer }).await
    }
}
