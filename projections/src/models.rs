//! [`ReadModels`]: opening them, waiting for them, seeing how far they are.
//!
//! Apart from the engine, which owns the writing side and runs by itself.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use magiclink_domain::keys::Keyring;
use magiclink_domain::log::{EventStore, Position};
use magiclink_domain::ports::{Clock, KeySource, Unavailable, Vault};
use magiclink_domain::time::Timestamp;
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::changes::{Changes, Watched};
use crate::database::Database;
use crate::directory::Directory;
use crate::engine::{Board, Engine, Request, Sources};
use crate::projection::Projection;
use crate::read::{numbers, unavailable};

/// How long a query waits for the log to be taken in.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a rebuild tells how far it is.
const TELL: Duration = Duration::from_millis(100);

/// All read models, in the order in which a batch is written.
pub(crate) const ALL: [&dyn Projection; 13] = [
    &crate::contacts::Contacts,
    &crate::access::Access,
    &crate::links::Links,
    &crate::deliveries::Deliveries,
    &crate::sessions::Sessions,
    &crate::history::History,
    &crate::numbers::Numbers,
    &crate::notices::Notices,
    &crate::team::Team,
    &crate::offerings::Offerings,
    &crate::settings::Settings,
    &crate::dashboard::Dashboard,
    &crate::bulk_sends::BulkSends,
];

/// The read models can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("the read models can't be opened: they are disposable, so delete their file (read.db) to have them made anew")]
pub struct OpenError(#[source] sqlx::Error);

/// How one read model stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: &'static str,
    /// How far it has taken in the log.
    pub position: Position,
    /// The log's last position.
    pub head: Position,
    /// How far it is behind: a number of events, except on stores whose positions have gaps.
    pub lag: u64,
    /// Events that it could not take in and tries again.
    pub failures: u64,
    /// Tells the version of its tables.
    pub schema_hash: String,
    /// Why it goes no further, if it does not.
    pub stopped: Option<String>,
}

/// How far a rebuild is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How far the log has been taken in.
    pub position: Position,
    /// How far it shall be.
    pub head: Position,
    /// Since the beginning of the rebuild.
    pub events_per_second: f64,
}

/// A rebuild did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is no read model of this name.
    #[error("there is no read model named {0:?}")]
    UnknownName(String),
    /// A read model goes no further.
    #[error("the read model {name} has stopped: {reason}")]
    Stopped {
        /// Which one.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// The log or the file does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Every read model, kept up to date in the background for as long as this lives. See the crate's overview.
pub struct ReadModels {
    sources: Sources,
    readers: SqlitePool,
    directory: Arc<Directory>,
    board: watch::Receiver<Board>,
    /// How many wait for the read models to get somewhere.
    waiting: watch::Sender<usize>,
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    engine: Mutex<Option<JoinHandle<()>>>,
}

/// One that waits, until dropped.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn among(all: &'a watch::Sender<usize>) -> Self {
        all.send_modify(|waiting| *waiting += 1);
        Self(all)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

impl std::fmt::Debug for ReadModels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadModels(up to {})", self.board.borrow().reached())
    }
}

impl ReadModels {
    /// Opens the file at `path`, making it where it is missing, and begins to follow `log`.
    ///
    /// # Errors
    /// [`OpenError`] when the file can't be used.
    pub async fn open(
        path: &Path, log: Arc<dyn EventStore>, vault: Arc<dyn Vault>, keys: Arc<dyn KeySource>, clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        let database = Database::at(path);
        let sources = Sources { log, vault, keys, clock };
        let directory = Arc::new(Directory::loading());
        let (requests, asked) = mpsc::channel(4);
        let waiting = watch::Sender::new(0);
        let awaited = waiting.subscribe();
        let engine = Engine::open(database.clone(), sources.clone(), &ALL, Arc::clone(&directory), asked, awaited);
        let engine = Box::pin(engine).await.map_err(OpenError)?;
        let board = engine.shown();
        let models = Arc::new(Self {
            sources,
            readers: database.readers(),
            directory,
            board,
            waiting,
            requests: Mutex::new(Some(requests)),
            engine: Mutex::new(Some(tokio::spawn(engine.run()))),
        });
        tokio::spawn(load(Arc::clone(&models)));
        Ok(models)
    }

    /// Stops following the log once the batch at hand is written, and closes the file.
    pub async fn close(&self) {
        drop(self.requests.lock().unwrap_or_else(PoisonError::into_inner).take());
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(engine) = engine
            && let Err(error) = engine.await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the read models broke off");
        }
        self.readers.close().await;
    }

    /// Returns once every read model has taken in the log up to `position` (read-your-writes).
    ///
    /// # Errors
    /// [`Unavailable`] when that takes longer than two seconds.
    pub async fn passed(&self, position: Position) -> Result<(), Unavailable> {
        tokio::time::timeout(PATIENCE, self.reach(position)).await.map_err(unavailable)?
    }

    /// Returns once every read model has taken in what the log holds now, however long that takes.
    ///
    /// # Errors
    /// [`Unavailable`] when the log does not answer, or a read model goes no further.
    pub async fn catch_up(&self) -> Result<Position, Unavailable> {
        let head = self.sources.log.head().await.map_err(unavailable)?;
        self.reach(head).await?;
        Ok(head)
    }

    async fn reach(&self, position: Position) -> Result<(), Unavailable> {
        let mut board = self.board.clone();
        let done = |board: &Board| board.standings.iter().all(|s| s.position >= position || s.stopped.is_some());
        let _waiting = Waiting::among(&self.waiting);
        let board = board.wait_for(done).await.map_err(unavailable)?;
        match board.standings.iter().find(|standing| standing.position < position) {
            None => Ok(()),
            Some(standing) => Err(unavailable(RebuildError::Stopped {
                name: standing.projection.name(),
                reason: standing.stopped.clone().unwrap_or_default(),
            })),
        }
    }

    /// Tells when rows of these read models change.
    #[must_use]
    pub fn changes(&self, of: &'static [Watched]) -> Changes {
        Changes::new(self.board.clone(), of)
    }

    /// The position that every read model has passed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.board.borrow().reached()
    }

    /// How each read model stands.
    ///
    /// # Errors
    /// [`Unavailable`] when the log does not answer.
    pub async fn status(&self) -> Result<Vec<Status>, Unavailable> {
        let head = self.sources.log.head().await.map_err(unavailable)?;
        let board = self.board.borrow();
        let status = |standing: &crate::engine::Standing| Status {
            name: standing.projection.name(),
            position: standing.position,
            head: head.max(standing.position),
            lag: head.get().saturating_sub(standing.position.get()),
            failures: standing.failures,
            schema_hash: standing.schema_hash.clone(),
            stopped: standing.stopped.clone(),
        };
        Ok(board.standings.iter().map(status).collect())
    }

    /// Folds the whole log again for one read model, or for all, telling how far it is; returns when it is done. Queries
    /// answered meanwhile see what has been folded so far.
    ///
    /// # Errors
    /// See [`RebuildError`].
    pub async fn rebuild(
        &self, name: Option<&str>, mut progress: impl FnMut(Progress) + Send,
    ) -> Result<(), RebuildError> {
        let head = self.sources.log.head().await.map_err(unavailable)?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let requests = requests.ok_or_else(|| unavailable("closed"))?;
        let (done, cleared) = oneshot::channel();
        let request = Request::Rebuild(name.map(str::to_owned), done);
        requests.send(request).await.map_err(|_| unavailable("closed"))?;
        if !cleared.await.map_err(unavailable)? {
            return Err(RebuildError::UnknownName(name.unwrap_or_default().to_owned()));
        }
        let begun = Instant::now();
        loop {
            let board = self.board.borrow().clone();
            let rebuilt = || board.standings.iter().filter(|s| name.is_none_or(|name| name == s.projection.name()));
            let position = rebuilt().map(|standing| standing.position).min().unwrap_or(head);
            let seconds = begun.elapsed().as_secs_f64().max(0.001);
            // Precise to 2^53 events.
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let events_per_second = position.get() as f64 / seconds;
            progress(Progress { position: position.min(head), head, events_per_second });
            if position >= head {
                return Ok(());
            }
            if let Some((name, reason)) = rebuilt().find_map(|s| Some((s.projection.name(), s.stopped.clone()?))) {
                return Err(RebuildError::Stopped { name, reason });
            }
            drop(tokio::time::timeout(TELL, self.board.clone().changed()).await);
        }
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) fn vault(&self) -> &Arc<dyn Vault> {
        &self.sources.vault
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        self.sources.keys.keyring()
    }

    /// The keys that verify at this moment, as statements take them.
    pub(crate) fn verifying_keys(&self) -> String {
        numbers(self.keyring().key_ids())
    }

    /// The keys whose links' sessions ended with them, as statements take them.
    pub(crate) fn ended_keys(&self) -> String {
        numbers(self.keyring().ended_with_sessions())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sources.clock.now()
    }

    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }
}

/// Loads the directory, trying again while the vault or the file does not answer.
async fn load(models: Arc<ReadModels>) {
    while let Err(error) = models.load_directory().await {
        if models.readers.is_closed() {
            return;
        }
        tracing::warn!(error = &error as &dyn std::error::Error, "the directory can't be loaded, trying again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
