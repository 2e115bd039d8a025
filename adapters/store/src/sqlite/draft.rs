//! What one commit will write, decided request by request against the stream heads.
//!
//! Apart from the writer because it is pure: requests for the same stream in one batch see each other here, before
//! anything is written.

use std::collections::HashMap;

use magiclink_domain::id::EventId;
use magiclink_domain::log::{Appended, Expected, NewEvent, Position, Recorded, StreamName};
use magiclink_domain::time::Timestamp;

/// Rows to be written, in the order of their positions.
#[derive(Debug)]
pub(super) struct Draft {
    base: Position,
    at: Timestamp,
    heads: HashMap<StreamName, Head>,
    rows: Vec<Recorded>,
}

#[derive(Debug)]
struct Head {
    /// The version the next event will have.
    next: u64,
    /// Events from this version on are rows of this draft.
    committed: u64,
    /// Where those rows are.
    rows: Vec<usize>,
}

/// Events that stand in the log or in the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// First version.
    pub(super) from: u64,
    /// How many of them are committed; the others are in the draft.
    pub(super) committed: usize,
}

impl Draft {
    /// Nothing yet; the first row will stand right behind `base`.
    pub(super) fn new(base: Position, at: Timestamp) -> Self {
        Self { base, at, heads: HashMap::new(), rows: Vec::new() }
    }

    /// Makes the stream's head known: its next event would have version `next`.
    pub(super) fn learn(&mut self, stream: &StreamName, next: u64) {
        self.heads.insert(stream.clone(), Head { next, committed: next, rows: Vec::new() });
    }

    /// Whether the stream's head is known.
    pub(super) fn knows(&self, stream: &StreamName) -> bool {
        self.heads.contains_key(stream)
    }

    /// Adds the events if the stream is as expected.
    pub(super) fn add(&mut self, stream: &StreamName, expected: Expected, events: &[NewEvent]) -> Option<Appended> {
        let head = self.heads.get_mut(stream)?;
        if head.next != expected.next_version() {
            return None;
        }
        for event in events {
            head.rows.push(self.rows.len());
            self.rows.push(Recorded {
                position: Position::new(self.base.get() + self.rows.len() as u64 + 1),
                stream: stream.clone(),
                version: head.next,
                id: event.id,
                kind: event.kind.to_owned(),
                data: event.data.clone(),
                meta: event.meta.clone(),
                recorded_at: self.at,
            });
            head.next += 1;
        }
        let last = self.rows.last()?;
        Some(Appended { version: last.version, position: last.position })
    }

    /// Where `count` events at the expected place stand, if so many are there.
    pub(super) fn standing(&self, stream: &StreamName, expected: Expected, count: usize) -> Option<Range> {
        let head = self.heads.get(stream)?;
        let from = expected.next_version();
        let end = from.checked_add(count as u64)?;
        if end > head.next {
            return None;
        }
        let committed = end.min(head.committed).saturating_sub(from);
        Some(Range { from, committed: usize::try_from(committed).ok()? })
    }

    /// Ids and positions of the draft's `count` events from version `from` on.
    pub(super) fn ids(&self, stream: &StreamName, from: u64, count: usize) -> Vec<(EventId, Position)> {
        let Some(head) = self.heads.get(stream) else { return Vec::new() };
        let skipped = usize::try_from(from.saturating_sub(head.committed)).unwrap_or(usize::MAX);
        let rows = head.rows.iter().skip(skipped).take(count);
        rows.filter_map(|row| self.rows.get(*row)).map(|row| (row.id, row.position)).collect()
    }

    /// The stream's last version as far as this draft goes; `None` for a stream without events.
    pub(super) fn last_version(&self, stream: &StreamName) -> Option<u64> {
        self.heads.get(stream)?.next.checked_sub(1)
    }

    /// The rows so far.
    pub(super) fn rows(&self) -> &[Recorded] {
        &self.rows
    }

    /// The rows, done with deciding.
    pub(super) fn into_rows(self) -> Vec<Recorded> {
        self.rows
    }
}
