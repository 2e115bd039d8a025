//! Which read models have changed rows: what wakes a policy.
//!
//! Apart from [`ReadModels::passed`](crate::ReadModels::passed) because a policy that finds its work in one read model has
//! nothing to look for while only others change, and on a busy log that is nearly always.

use std::time::Duration;

use magiclink_domain::log::Position;
use tokio::sync::watch;

use crate::engine::Board;

/// A read model that policies find work in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Deliveries that are due.
    Deliveries,
    /// Notices that are due.
    Notices,
    /// Bulk sends that go on.
    BulkSends,
    /// Contacts who are being erased, or whose access has ended.
    Contacts,
    /// Staff members who went.
    Team,
}

impl Watched {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::Notices => "notices",
            Self::BulkSends => "bulk_sends",
            Self::Contacts => "contacts",
            Self::Team => "team",
        }
    }
}

/// Tells when rows of some read models have changed.
#[derive(Clone, Debug)]
pub struct Changes {
    board: watch::Receiver<Board>,
    of: &'static [Watched],
    seen: Position,
}

impl Changes {
    pub(crate) const fn new(board: watch::Receiver<Board>, of: &'static [Watched]) -> Self {
        Self { board, of, seen: Position::START }
    }

    /// From here on, what changes is news. To be called before looking for work.
    pub fn mark(&mut self) {
        self.seen = last(&self.board.borrow(), self.of);
    }

    /// Waits, `patience` at most, until rows have changed since the last mark; whether they have. Hurries nobody:
    /// background work loses nothing by the few milliseconds that events are gathered for.
    pub async fn next(&mut self, patience: Duration) -> bool {
        let (of, seen) = (self.of, self.seen);
        let changed = tokio::time::timeout(patience, self.board.wait_for(|board| last(board, of) > seen)).await;
        matches!(changed, Ok(Ok(_)))
    }
}

fn last(board: &Board, of: &[Watched]) -> Position {
    let watched = board.standings.iter().filter(|s| of.iter().any(|one| one.name() == s.projection.name()));
    watched.map(|standing| standing.changed).max().unwrap_or_default()
}
