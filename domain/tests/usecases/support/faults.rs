//! Stores that fail once, where a test says.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::id::SubjectId;
use magiclink_domain::log::{
    AppendError, Appended, EventStore, Expected, NewEvent, Page, Position, ReadError, Recorded, StreamName,
};
use magiclink_domain::personal::{SubjectKey, SubjectKeys};
use magiclink_domain::ports::{Budget, Budgets, Limit, Unavailable, Vault};
use magiclink_domain::time::Timestamp;
use magiclink_store::MemoryLog;
use magiclink_store::testing::MemoryVault;
use tokio::sync::Notify;

/// How an append goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing was written, and the caller hears so.
    Unavailable,
    /// Nothing was written, and the caller can't know.
    Vanished,
    /// It was written, and the caller can't know.
    AnswerLost,
    /// It was written, and the process died before it heard so.
    DiedAfter,
}

impl Fault {
    pub(crate) const ALL: [Self; 4] = [Self::Unavailable, Self::Vanished, Self::AnswerLost, Self::DiedAfter];
}

/// The next append of this type of event goes wrong.
pub(crate) struct FaultyLog {
    log: Arc<MemoryLog>,
    next: Mutex<Option<(&'static str, Fault)>>,
    held: Mutex<Option<(&'static str, Arc<Gate>)>>,
}

/// Where an append waits until the test has done something else.
#[derive(Default)]
pub(crate) struct Gate {
    reached: Notify,
    open: Notify,
}

impl Gate {
    /// Until the append waits here.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it go on.
    pub(crate) fn open(&self) {
        self.open.notify_one();
    }
}

impl FaultyLog {
    pub(super) fn new(log: Arc<MemoryLog>) -> Self {
        Self { log, next: Mutex::default(), held: Mutex::default() }
    }

    /// The next append that begins with an event of type `kind` waits at the gate, decided and not yet written.
    pub(crate) fn hold_next(&self, kind: &'static str) -> Arc<Gate> {
        let gate = Arc::default();
        *self.held.lock().unwrap() = Some((kind, Arc::clone(&gate)));
        gate
    }

    fn gate(&self, events: &[NewEvent]) -> Option<Arc<Gate>> {
        let mut held = self.held.lock().unwrap();
        let (_, gate) = held.take_if(|(kind, _)| events.first().is_some_and(|event| event.kind == *kind))?;
        Some(gate)
    }

    /// The next append that begins with an event of type `kind` goes wrong.
    pub(crate) fn fail_next(&self, kind: &'static str, fault: Fault) {
        *self.next.lock().unwrap() = Some((kind, fault));
    }

    /// Whether the fault has happened.
    pub(crate) fn has_failed(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }

    fn fault(&self, events: &[NewEvent]) -> Option<Fault> {
        let mut next = self.next.lock().unwrap();
        let (_, fault) = next.take_if(|(kind, _)| events.first().is_some_and(|event| event.kind == *kind))?;
        Some(fault)
    }
}

fn broken() -> io::Error {
    io::Error::other("on request")
}

#[async_trait]
impl EventStore for FaultyLog {
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        // Others get their turn between a decision and its append: every race that can be lost is run.
        tokio::task::yield_now().await;
        if let Some(gate) = self.gate(&events) {
            gate.reached.notify_one();
            gate.open.notified().await;
        }
        match self.fault(&events) {
            None => self.log.append(stream, expected, events).await,
            Some(Fault::Unavailable) => Err(AppendError::Unavailable { source: Box::new(broken()) }),
            Some(Fault::Vanished) => Err(AppendError::UnknownOutcome { source: Box::new(broken()) }),
            Some(Fault::AnswerLost) => {
                self.log.append(stream, expected, events).await?;
                Err(AppendError::UnknownOutcome { source: Box::new(broken()) })
            }
            Some(Fault::DiedAfter) => {
                self.log.append(stream, expected, events).await?;
                Err(AppendError::Unavailable { source: Box::new(broken()) })
            }
        }
    }

    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.log.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        self.log.read_all(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.log.head().await
    }

    async fn wait_beyond(&self, position: Position, max: Duration) {
        self.log.wait_beyond(position, max).await;
    }
}

/// The next destruction of a key goes wrong, before or after it is done.
pub(crate) struct FaultyVault {
    vault: Arc<MemoryVault>,
    next: Mutex<Option<bool>>,
}

impl FaultyVault {
    pub(super) fn new(vault: Arc<MemoryVault>) -> Self {
        Self { vault, next: Mutex::default() }
    }

    /// The next destruction fails; `done` = after the key is gone.
    pub(crate) fn fail_next_destruction(&self, done: bool) {
        *self.next.lock().unwrap() = Some(done);
    }
}

#[async_trait]
impl Vault for FaultyVault {
    async fn create(&self, subject: SubjectId) -> Result<Option<SubjectKey>, Unavailable> {
        self.vault.create(subject).await
    }

    async fn keys(&self, subjects: &[SubjectId]) -> Result<SubjectKeys, Unavailable> {
        self.vault.keys(subjects).await
    }

    async fn destroy(&self, subject: SubjectId) -> Result<(), Unavailable> {
        let fault = self.next.lock().unwrap().take();
        if fault != Some(false) {
            self.vault.destroy(subject).await?;
        }
        if fault.is_some() { Err(Unavailable { what: "the vault", source: Box::new(broken()) }) } else { Ok(()) }
    }
}

/// Budgets that never answer.
pub(super) struct NoBudgets;

#[async_trait]
impl Budgets for NoBudgets {
    async fn take(&self, _: &str, _: &[Limit], _: Timestamp) -> Result<Budget, Unavailable> {
        Err(Unavailable { what: "the budgets", source: Box::new(broken()) })
    }
}
