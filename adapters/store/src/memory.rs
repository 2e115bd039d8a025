//! The event log in memory.
//!
//! Apart from the durable stores because tests want it: the same contract, nothing on disk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::log::{
    AppendError, Appended, EventStore, Expected, NewEvent, Page, Position, ReadError, Recorded, StreamName,
};
use magiclink_domain::ports::Clock;
use tokio::sync::watch;

use crate::limits::{self, MAX_PAGE};

/// The event log in memory; gone with the process.
pub struct MemoryLog {
    clock: Arc<dyn Clock>,
    events: Mutex<Events>,
    head: watch::Sender<Position>,
}

#[derive(Debug, Default)]
struct Events {
    all: Vec<Recorded>,
    /// Where in `all` each stream's events are.
    streams: HashMap<StreamName, Vec<usize>>,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, events: Mutex::default(), head: watch::Sender::new(Position::START) })
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn stream(&self, stream: &StreamName, from: u64) -> impl Iterator<Item = &Recorded> {
        let places = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        places.iter().skip(from).filter_map(|place| self.all.get(*place))
    }

    fn next(&self, stream: &StreamName) -> u64 {
        self.streams.get(stream).map_or(0, |places| places.len() as u64)
    }

    /// The answer once given, if exactly these events stand at the expected place.
    fn first_answer(&self, stream: &StreamName, expected: Expected, events: &[NewEvent]) -> Option<Appended> {
        let standing: Vec<_> = self.stream(stream, expected.next_version()).take(events.len()).collect();
        let same = standing.iter().map(|event| event.id).eq(events.iter().map(|event| event.id));
        let last = standing.last().filter(|_| same)?;
        Some(Appended { version: last.version, position: last.position })
    }
}

#[async_trait]
impl EventStore for MemoryLog {
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        limits::check(stream, &events)?;
        let recorded_at = self.clock.now();
        let mut log = self.events();
        let mut version = log.next(stream);
        if version != expected.next_version() {
            let conflict = AppendError::Conflict { actual: version.checked_sub(1) };
            return log.first_answer(stream, expected, &events).ok_or(conflict);
        }
        for event in events {
            let place = log.all.len();
            let position = Position::new(place as u64 + 1);
            let NewEvent { id, kind, data, meta } = event;
            let (stream, kind) = (stream.clone(), kind.to_owned());
            log.streams.entry(stream.clone()).or_default().push(place);
            log.all.push(Recorded { position, stream, version, id, kind, data, meta, recorded_at });
            version += 1;
        }
        let position = Position::new(log.all.len() as u64);
        self.head.send_replace(position);
        Ok(Appended { version: version.saturating_sub(1), position })
    }

    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok(self.events().stream(stream, from).take(limit).cloned().collect())
    }

    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        let log = self.events();
        let skipped = usize::try_from(after.get()).unwrap_or(usize::MAX);
        let events: Vec<_> = log.all.iter().skip(skipped).take(limit.min(MAX_PAGE)).cloned().collect();
        let next = events.last().map_or(after, |event| event.position);
        Ok(Page { events, next, end: next.get() >= log.all.len() as u64 })
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(*self.head.borrow())
    }

    async fn wait_beyond(&self, position: Position, max: Duration) {
        let mut head = self.head.subscribe();
        // Running out of time ends the wait as well: the caller reads and sees.
        let _: Result<bool, _> =
            tokio::time::timeout(max, async { head.wait_for(|head| *head > position).await.is_ok() }).await;
    }
}
