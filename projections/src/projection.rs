//! What every read model is made of: a schema, the events it listens to, and a fold from events to rows.
//!
//! Apart from the engine so that a fold stays a pure function from a batch to statements.

use std::fmt::Display;
use std::sync::Arc;

use magiclink_domain::event::Event;
use magiclink_domain::id::ContactId;
use magiclink_domain::keys::Keyring;
use magiclink_domain::log::{Metadata, Position, StreamName};
use serde::{Serialize, Serializer};

use crate::directory::Change;

/// A read model that is kept up to date from the log.
pub(crate) trait Projection: Send + Sync + 'static {
    /// The name in the checkpoint row and in status reports.
    fn name(&self) -> &'static str;

    /// The statements that drop and make its tables.
    fn schema(&self) -> &'static str;

    /// The areas of streams it listens to.
    fn areas(&self) -> &'static [&'static str];

    /// What the batch changes. Pure; several events of one key become one row.
    ///
    /// # Errors
    /// Only should JSON refuse a row.
    fn fold(&self, batch: &Batch) -> Result<Folded, serde_json::Error>;
}

impl std::fmt::Debug for dyn Projection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One event of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its place in the log.
    pub(crate) position: Position,
    /// Its stream: the key that a failing row holds up.
    pub(crate) stream: StreamName,
    /// What happened; personal data is opened for contact details alone.
    pub(crate) event: Event,
    /// Who, when, whence.
    pub(crate) meta: Metadata,
    /// Its sealed data, ready for a row.
    pub(crate) sealed: Option<String>,
}

impl Entry {
    /// When it happened, as rows keep it.
    pub(crate) fn at_us(&self) -> i64 {
        self.meta.at.micros()
    }

    /// Whose data the event's key seals, as text.
    pub(crate) fn subject(&self) -> Option<String> {
        self.meta.subject.map(|subject| subject.to_string())
    }
}

/// Events in the order of the log. An erasure is always the last of its batch, so that it covers every row before it and
/// none after, wherever batches begin and end.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// The events.
    pub(crate) entries: Vec<Entry>,
    /// For blind indexes.
    pub(crate) keyring: Arc<Keyring>,
}

impl Batch {
    /// The contact that the batch ends by erasing.
    pub(crate) fn erased(&self) -> Option<ContactId> {
        use magiclink_domain::contact::ContactEvent::{ContactErased, ErasureRequested};
        match self.entries.last().map(|entry| &entry.event) {
            Some(Event::Contact(contact, ErasureRequested | ContactErased)) => Some(*contact),
            Some(_) | None => None,
        }
    }
}

/// What a batch changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    /// Statements, in the order in which they are to be run.
    pub(crate) writes: Vec<Write>,
    /// Changes of the search index.
    pub(crate) directory: Vec<Change>,
}

/// One statement over many rows: its only parameter is a JSON array with an element per row.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    /// The statement.
    pub(crate) sql: &'static str,
    /// The rows.
    pub(crate) rows: String,
}

impl Folded {
    /// Adds a statement, unless there is no row for it.
    pub(crate) fn write<R: Serialize>(
        &mut self, sql: &'static str, rows: impl IntoIterator<Item = R>,
    ) -> Result<(), serde_json::Error> {
        let rows: Vec<R> = rows.into_iter().collect();
        if !rows.is_empty() {
            self.writes.push(Write { sql, rows: serde_json::to_string(&rows)? });
        }
        Ok(())
    }

    /// Adds the statement that strikes out the personal data of the contact that the batch erases, if it does.
    pub(crate) fn erase(&mut self, sql: &'static str, batch: &Batch) -> Result<(), serde_json::Error> {
        self.write(sql, batch.erased().map(Text))
    }
}

/// A value written to a row as its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
