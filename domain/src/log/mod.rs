//! The event log: what is stored, and the port every store implements.
//!
//! Apart from the streams because it knows nothing of their meaning: names, versions, positions and bytes.

mod envelope;
mod store;

pub use envelope::{Fingerprint, Metadata, NewEvent, Recorded};
pub use store::{AppendError, Appended, EventStore, Expected, MAX_BYTES, MAX_EVENTS, MAX_STREAM_NAME, Page, ReadError};

use std::fmt;
use std::sync::Arc;

/// A stream's name, such as `contact-<id>`; holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

impl StreamName {
    /// The stream of this name: an area, a hyphen and an id, or an area alone. At most 200 bytes of `[a-z0-9-]`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes before the first hyphen: `contact`, `link`, `team` …
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split_once('-').map_or(&self.0, |(area, _)| area)
    }

    /// What comes after the first hyphen.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.split_once('-').map(|(_, id)| id)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in the global order of the log. Positions only increase; they start at 1 and are dense on SQL stores,
/// elsewhere they may have gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// Before the first event: "from the beginning" for a reader.
    pub const START: Self = Self(0);

    /// The position with this number.
    #[must_use]
    pub const fn new(position: u64) -> Self {
        Self(position)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
