//! Reads the log for a group of projections that stand at the same place, and folds it into statements.
//!
//! Apart from the writing so that the next batch can be made ready while one is written.

use std::collections::VecDeque;
use std::sync::Arc;

use magiclink_domain::event;
use magiclink_domain::id::SubjectId;
use magiclink_domain::log::{EventStore, Position, ReadError, Recorded, StreamName};
use magiclink_domain::personal::SubjectKeys;
use magiclink_domain::ports::{Clock, KeySource, Unavailable, Vault};
use magiclink_domain::wire::WireError;

use crate::projection::{Batch, Entry, Folded, Projection};
use crate::sealed::SealedField;

/// Events read at a time when behind: larger pages gain nothing (eventstore.md, section 4).
const PAGE: usize = 5_000;

/// Where events, keys and the time come from.
#[derive(Clone)]
pub(crate) struct Sources {
    pub(crate) log: Arc<dyn EventStore>,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) keys: Arc<dyn KeySource>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The log or the vault did not answer; trying again helps.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    #[error("the log can't be read for the read models")]
    Log(#[from] ReadError),
    #[error("the keys for the read models can't be had")]
    Vault(#[from] Unavailable),
    #[error("a row can't be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// An event that can't be read.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) position: Position,
    pub(crate) stream: StreamName,
    pub(crate) error: WireError,
}

/// A batch, read and folded, ready to be written.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Where the group stands after it.
    pub(crate) next: Position,
    /// Nothing lay beyond it when it was read.
    pub(crate) end: bool,
    /// The events.
    pub(crate) batch: Batch,
    /// What they change, for each of the group.
    pub(crate) folded: Vec<Folded>,
    /// Events that can't be read.
    pub(crate) faults: Vec<Fault>,
    /// The event right after `next` is of a type that nobody here knows.
    pub(crate) unknown: Option<Fault>,
}

/// Reads on from one place for one group.
pub(crate) struct Feed {
    sources: Sources,
    group: Vec<&'static dyn Projection>,
    after: Position,
    until: Option<Position>,
    read: VecDeque<Recorded>,
    end: bool,
}

impl Feed {
    /// Reads for `group` what lies beyond `after`, as far as `until`.
    pub(crate) fn new(
        sources: Sources, group: Vec<&'static dyn Projection>, after: Position, until: Option<Position>,
    ) -> Self {
        Self { sources, group, after, until, read: VecDeque::new(), end: false }
    }

    /// The next batch; empty, with the old place, when there is nothing.
    pub(crate) async fn next(&mut self) -> Result<Prepared, FeedError> {
        if self.read.is_empty() {
            self.fill().await?;
        }
        let page = self.take();
        let keys = self.keys(&page).await?;
        let mut prepared = Prepared {
            next: page.last().map_or(self.after, |recorded| recorded.position),
            end: self.end && self.read.is_empty(),
            batch: Batch { entries: Vec::with_capacity(page.len()), keyring: self.sources.keys.keyring() },
            folded: vec![],
            faults: vec![],
            unknown: None,
        };
        self.decode(page, &keys, &mut prepared);
        prepared.folded =
            self.group.iter().map(|projection| projection.fold(&prepared.batch)).collect::<Result<_, _>>()?;
        self.after = prepared.next;
        Ok(prepared)
    }

    async fn fill(&mut self) -> Result<(), ReadError> {
        let page = self.sources.log.read_all(self.after, PAGE).await?;
        self.end = page.end;
        self.read = page.events.into();
        if let Some(until) = self.until {
            let within = self.read.partition_point(|recorded| recorded.position <= until);
            if within < self.read.len() {
                self.read.truncate(within);
                self.end = false;
            }
        }
        Ok(())
    }

    /// What was read, up to the first erasure: it must be the last of its batch.
    fn take(&mut self) -> Vec<Recorded> {
        let erasure = self.read.iter().position(|recorded| {
            recorded.kind.starts_with("contact.erasure_requested.") || recorded.kind.starts_with("contact.erased.")
        });
        let count = erasure.map_or(self.read.len(), |place| place + 1);
        self.read.drain(..count).collect()
    }

    /// The keys of contacts whose details the page holds: their blind indexes and search texts are made from them.
    async fn keys(&self, page: &[Recorded]) -> Result<SubjectKeys, Unavailable> {
        let sealed = page.iter().filter(|recorded| holds_details(&recorded.kind));
        let subjects = sealed.filter_map(|recorded| recorded.stream.id()?.parse::<SubjectId>().ok());
        let mut subjects: Vec<SubjectId> = subjects.collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() { Ok(SubjectKeys::default()) } else { self.sources.vault.keys(&subjects).await }
    }

    fn decode(&mut self, page: Vec<Recorded>, keys: &SubjectKeys, prepared: &mut Prepared) {
        let none = SubjectKeys::default();
        let mut before = self.after;
        let mut page = page.into_iter();
        while let Some(recorded) = page.next() {
            let area = recorded.stream.area();
            if self.group.iter().any(|projection| projection.areas().contains(&area)) {
                let keys = if holds_details(&recorded.kind) { keys } else { &none };
                match entry(&recorded, keys) {
                    Ok(entry) => prepared.batch.entries.push(entry),
                    Err(error) => {
                        let unknown = matches!(error, WireError::UnknownKind { .. });
                        let fault = Fault { position: recorded.position, stream: recorded.stream.clone(), error };
                        if unknown {
                            // Whoever listens to it stops right before it; the others read on.
                            prepared.unknown = Some(fault);
                            (prepared.next, prepared.end) = (before, false);
                            self.read = std::iter::once(recorded).chain(page).chain(self.read.drain(..)).collect();
                            return;
                        }
                        prepared.faults.push(fault);
                    }
                }
            }
            before = recorded.position;
        }
    }
}

fn holds_details(kind: &str) -> bool {
    kind.starts_with("contact.added.") || kind.starts_with("contact.details_changed.")
}

/// Reads one event.
pub(crate) fn entry(recorded: &Recorded, keys: &SubjectKeys) -> Result<Entry, WireError> {
    let (event, meta) = event::decode(recorded, keys)?;
    let sealed = SealedField::of(recorded)?;
    Ok(Entry { position: recorded.position, stream: recorded.stream.clone(), event, meta, sealed })
}
