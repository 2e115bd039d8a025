//! Personal data in rows: copied from the event as it was sealed, opened only to answer a query.
//!
//! Apart because no other module may open it.

use std::fmt;
use std::sync::Arc;

use magiclink_domain::bulk::{BulkStream, Words};
use magiclink_domain::contact::{ContactStream, Details};
use magiclink_domain::event;
use magiclink_domain::id::{EventId, SubjectId};
use magiclink_domain::link::{Client, LinkStream};
use magiclink_domain::log::Recorded;
use magiclink_domain::personal::{Personal, Sealed, SubjectKeys};
use magiclink_domain::ports::{Unavailable, Vault};
use magiclink_domain::team::{StaffDetails, TeamStream};
use magiclink_domain::value::Reason;
use magiclink_domain::wire::{Opener, WireError};

/// An event's sealed data as a row keeps it: stored type, event id (bound into the ciphertext) and sealed text, each
/// separated by a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedField {
    kind: String,
    event: EventId,
    sealed: Sealed,
}

impl fmt::Display for SealedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.event, self.sealed.0)
    }
}

impl SealedField {
    /// The row's text for the sealed data of `recorded`, if it has any.
    pub(crate) fn of(recorded: &Recorded) -> Result<Option<String>, WireError> {
        let sealed = event::sealed(recorded)?;
        Ok(sealed.map(|Sealed(text)| format!("{} {} {text}", recorded.kind, recorded.id)))
    }

    /// Reads the row's text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let (event, sealed) = rest.split_once(' ')?;
        Some(Self { kind: kind.to_owned(), event: event.parse().ok()?, sealed: Sealed(sealed.to_owned()) })
    }

    /// Whose key opens it.
    pub(crate) fn subject(&self) -> Option<SubjectId> {
        self.sealed.subject()
    }
}

/// The keys for one answer, fetched together.
pub(crate) struct Openings(SubjectKeys);

impl Openings {
    /// Fetches the keys that open these columns.
    pub(crate) async fn of<'a>(
        vault: &Arc<dyn Vault>, columns: impl IntoIterator<Item = Option<&'a String>>,
    ) -> Result<Self, Unavailable> {
        let fields = columns.into_iter().flatten().filter_map(|text| SealedField::parse(text));
        let mut subjects: Vec<SubjectId> = fields.filter_map(|field| field.subject()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            return Ok(Self(SubjectKeys::default()));
        }
        vault.keys(&subjects).await.map(Self)
    }

    fn open<T>(
        &self, column: Option<&String>, open: impl FnOnce(&str, Sealed, &Opener<'_>) -> Result<Personal<T>, WireError>,
    ) -> Personal<T> {
        let Some(field) = column.and_then(|text| SealedField::parse(text)) else { return Personal::Erased };
        let opener = Opener { event: field.event, keys: &self.0 };
        open(&field.kind, field.sealed, &opener).unwrap_or_else(|error| {
            // One altered field must not hide a whole list.
            tracing::error!(error = &error as &dyn std::error::Error, event = %field.event, "a sealed field does not open");
            Personal::Erased
        })
    }

    /// A contact's details.
    pub(crate) fn details(&self, column: Option<&String>) -> Personal<Details> {
        self.open(column, ContactStream::open_details)
    }

    /// A staff member's details.
    pub(crate) fn staff(&self, column: Option<&String>) -> Personal<StaffDetails> {
        self.open(column, TeamStream::open_details)
    }

    /// The browser an event came from; `None` where the event names none.
    pub(crate) fn client(&self, column: Option<&String>) -> Personal<Client> {
        self.open(column, LinkStream::open_client)
    }

    /// Staff's words.
    pub(crate) fn reason(&self, column: Option<&String>) -> Personal<Reason> {
        self.open(column, LinkStream::open_reason)
    }

    /// What staff said of a bulk send.
    pub(crate) fn words(&self, column: Option<&String>) -> Personal<Words> {
        self.open(column, BulkStream::open_words)
    }

    /// Where a delivery went.
    pub(crate) fn target(&self, column: Option<&String>) -> Personal<String> {
        self.open(column, LinkStream::open_target)
    }
}
