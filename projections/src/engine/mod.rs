//! The engine: reads the log once for every projection, folds it and writes rows and checkpoints together.
//!
//! Apart from the read models so that none of them knows about paging, transactions or failures.

mod checkpoint;
mod feed;
mod ledger;
mod slots;
mod stretch;
mod turn;
mod write;

pub(crate) use feed::Sources;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::log::{Position, ReadError, StreamName};
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::database::Database;
use crate::directory::Directory;
use crate::projection::Projection;
use feed::{FeedError, Prepared};
use slots::Slots;
use stretch::Stretch;

/// How long the engine rests at most before it looks for itself.
const REST: Duration = Duration::from_secs(1);

/// Under load, events gather for so long before the next turn, unless somebody waits for them: a turn's transaction
/// costs much the same for one event as for fifty.
const GATHER: Duration = Duration::from_millis(40);

/// Further behind than this there is nothing to gather.
const BEHIND: u64 = 1_000;

/// How often rows that failed are tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Where every projection stands; what readers wait for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board {
    /// One per projection, in the order of their making.
    pub(crate) standings: Vec<Standing>,
}

impl Board {
    /// The position that all of them have passed.
    pub(crate) fn reached(&self) -> Position {
        self.standings.iter().map(|standing| standing.position).min().unwrap_or_default()
    }
}

/// Where one projection stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) projection: &'static dyn Projection,
    pub(crate) position: Position,
    /// The last position that came with changed rows.
    pub(crate) changed: Position,
    pub(crate) schema_hash: String,
    pub(crate) failures: u64,
    pub(crate) stopped: Option<String>,
}

/// What others ask of the engine.
pub(crate) enum Request {
    /// Fold the whole log again, for one projection or all; answers once the tables are empty, `false` where there is
    /// none of that name.
    Rebuild(Option<String>, oneshot::Sender<bool>),
}

/// The engine can't go on right now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error("the read models can't be written")]
    Write(#[from] sqlx::Error),
    #[error("the read models can't be fed")]
    Feed(#[from] FeedError),
    #[error("the log can't be read for the read models")]
    Log(#[from] ReadError),
    #[error("reading ahead broke off")]
    ReadAhead(#[from] tokio::task::JoinError),
}

pub(crate) struct Engine {
    database: Database,
    connection: SqliteConnection,
    sources: Sources,
    directory: Arc<Directory>,
    board: Board,
    shown: watch::Sender<Board>,
    requests: mpsc::Receiver<Request>,
    awaited: watch::Receiver<usize>,
    slots: Slots,
    stretch: Stretch,
    /// By projection: streams with an event in the ledger of failures.
    held: BTreeMap<&'static str, BTreeSet<StreamName>>,
    /// When failures were last tried again; at the start they are due.
    retried: Option<Instant>,
    careless: bool,
    unscrubbed: bool,
}

impl Engine {
    /// Opens every projection where it was left.
    pub(crate) async fn open(
        database: Database, sources: Sources, projections: &[&'static dyn Projection], directory: Arc<Directory>,
        requests: mpsc::Receiver<Request>, awaited: watch::Receiver<usize>,
    ) -> Result<Self, sqlx::Error> {
        let mut connection = database.writer().await?;
        let mut board = Board::default();
        for projection in projections.iter().copied() {
            let position = checkpoint::open(&mut connection, projection, sources.clock.now()).await?;
            let schema_hash = checkpoint::schema_hash(projection);
            board.standings.push(Standing {
                projection,
                position,
                changed: position,
                schema_hash,
                failures: 0,
                stopped: None,
            });
        }
        let mut engine = Self {
            database,
            connection,
            sources,
            directory,
            shown: watch::Sender::new(board.clone()),
            board,
            requests,
            awaited,
            slots: Slots::default(),
            stretch: Stretch::default(),
            held: BTreeMap::new(),
            retried: None,
            careless: false,
            // The last run may have ended between an erasure and this.
            unscrubbed: true,
        };
        engine.read_ledger().await?;
        engine.show();
        Ok(engine)
    }

    /// Where to see how far it is.
    pub(crate) fn shown(&self) -> watch::Receiver<Board> {
        self.shown.subscribe()
    }

    /// Keeps the read models up to date until nobody can ask anything any more.
    pub(crate) async fn run(mut self) {
        loop {
            match self.requests.try_recv() {
                Ok(request) => self.answer(request).await,
                Err(mpsc::error::TryRecvError::Disconnected) => {
                    self.settle_or_tell().await;
                    break;
                }
                Err(mpsc::error::TryRecvError::Empty) => {}
            }
            let pause = match self.turn().await {
                Ok(true) => {
                    self.gather().await;
                    continue;
                }
                Ok(false) => None,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the read models have come to a halt, trying again"
                    );
                    self.reconnect().await;
                    Some(REST)
                }
            };
            if self.rest(pause).await.is_break() {
                break;
            }
        }
        if self.careless {
            self.be_careful().await.unwrap_or_else(|error| {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the read models will be made anew at the next start"
                );
            });
        }
    }

    /// A new connection. Where a full disk made SQLite roll back by itself, the old one believes to be in a transaction for
    /// ever, and begins no other.
    async fn reconnect(&mut self) {
        // The batches of an open stretch go with the old connection, and come again.
        drop(self.abandon().await);
        match self.database.connect().await {
            Ok(connection) => {
                drop(std::mem::replace(&mut self.connection, connection));
                self.slots.clear();
                // Failing, the new connection is only slower.
                if self.careless {
                    drop(self.database.careless(&mut self.connection).await);
                }
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the read models' file can't be opened again"
                );
            }
        }
    }

    async fn settle_or_tell(&mut self) {
        if let Err(error) = self.settle().await {
            tracing::error!(error = &error as &dyn std::error::Error, "a stretch of the log is to be folded again");
        }
    }

    /// Lets events gather, close to the log's head and while nobody waits.
    async fn gather(&mut self) {
        let head = self.sources.log.head().await.unwrap_or_default();
        if head.get().saturating_sub(self.board.reached().get()) <= BEHIND {
            // Whichever comes first.
            drop(tokio::time::timeout(GATHER, self.awaited.wait_for(|waiting| *waiting > 0)).await);
        }
    }

    /// Waits for something to do: `pause` long, or until the log goes on.
    async fn rest(&mut self, pause: Option<Duration>) -> std::ops::ControlFlow<()> {
        self.settle_or_tell().await;
        let log = Arc::clone(&self.sources.log);
        let front = self.front().unwrap_or_default();
        let wait = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => log.wait_beyond(front, REST).await,
            }
        };
        tokio::select! {
            request = self.requests.recv() => match request {
                Some(request) => self.answer(request).await,
                None => return std::ops::ControlFlow::Break(()),
            },
            () = wait => {}
        }
        std::ops::ControlFlow::Continue(())
    }

    async fn answer(&mut self, request: Request) {
        let Request::Rebuild(name, done) = request;
        self.settle_or_tell().await;
        let wanted = |standing: &Standing| name.as_deref().is_none_or(|name| name == standing.projection.name());
        let found: Vec<_> = self.board.standings.iter().filter(|s| wanted(s)).map(|s| s.projection).collect();
        for projection in &found {
            if let Err(error) = self.set_back(*projection).await {
                tracing::error!(error = &error as &dyn std::error::Error, ?projection, "a read model can't be rebuilt");
            }
        }
        // Whoever asked may have gone.
        done.send(!found.is_empty()).unwrap_or_default();
    }

    async fn set_back(&mut self, projection: &'static dyn Projection) -> Result<(), sqlx::Error> {
        checkpoint::clear(&mut self.connection, projection, self.sources.clock.now()).await?;
        self.slots.clear();
        self.held.remove(projection.name());
        if projection.name() == "contacts" {
            self.directory.clear();
        }
        for standing in self.board.standings.iter_mut().filter(|s| s.projection.name() == projection.name()) {
            (standing.position, standing.changed) = (Position::START, Position::START);
            (standing.failures, standing.stopped) = (0, None);
        }
        self.show();
        Ok(())
    }

    /// Where the foremost projection stands.
    fn front(&self) -> Option<Position> {
        self.board.standings.iter().filter(|standing| standing.stopped.is_none()).map(|s| s.position).max()
    }

    /// Notes that those of `group` have taken in what was prepared for them.
    fn move_on(&mut self, group: &[&'static dyn Projection], prepared: &Prepared) {
        for standing in &mut self.board.standings {
            let mut folded = group.iter().zip(&prepared.folded);
            if let Some((_, folded)) = folded.find(|(one, _)| one.name() == standing.projection.name()) {
                standing.position = prepared.next;
                if !folded.writes.is_empty() {
                    standing.changed = prepared.next;
                }
            }
        }
    }

    fn show(&self) {
        self.shown.send_replace(self.board.clone());
    }
}
