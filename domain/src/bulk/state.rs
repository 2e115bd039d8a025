//! What the rules of a bulk send need to know.

use std::collections::BTreeSet;

use super::event::{Plan, StoppedWhy};
use crate::id::ContactId;

/// A bulk send's phase of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BulkState {
    /// Never started.
    #[default]
    Absent,
    /// Started.
    Started(Box<Bulk>),
}

/// A bulk send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// What was confirmed.
    pub plan: Plan,
    /// Everybody who is to get a message, those left out later too.
    pub listed: BTreeSet<ContactId>,
    /// Who gets none.
    pub skipped: BTreeSet<ContactId>,
    /// It waits to be resumed.
    pub paused: bool,
    /// It is over.
    pub ended: Option<Ended>,
}

/// How a bulk send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everybody was written to or left out.
    Finished,
    /// Before that.
    Stopped(StoppedWhy),
}

/// Where a bulk send stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BulkStatus {
    /// Its recipients are being listed.
    Starting,
    /// It sends.
    Running,
    /// It waits to be resumed.
    Paused,
    /// It ended early.
    Stopped,
    /// Everybody was written to or left out.
    Finished,
}

impl BulkStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Starting, Self::Running, Self::Paused, Self::Stopped, Self::Finished];

    /// The shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl Bulk {
    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> BulkStatus {
        match self.ended {
            Some(Ended::Finished) => BulkStatus::Finished,
            Some(Ended::Stopped(_)) => BulkStatus::Stopped,
            None if self.paused => BulkStatus::Paused,
            None if self.is_listed() => BulkStatus::Running,
            None => BulkStatus::Starting,
        }
    }

    /// Whether everybody was listed.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listed.len() >= self.plan.messages as usize
    }

    /// Whether the contact is to get a message.
    #[must_use]
    pub fn awaits(&self, contact: ContactId) -> bool {
        self.listed.contains(&contact) && !self.skipped.contains(&contact)
    }
}

impl BulkState {
    /// The bulk send, once started.
    #[must_use]
    pub const fn started(&self) -> Option<&Bulk> {
        match self {
            Self::Absent => None,
            Self::Started(bulk) => Some(bulk),
        }
    }
}
