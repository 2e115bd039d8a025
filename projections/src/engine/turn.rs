//! One turn of the engine: a batch for whoever lags behind, then one for those at the front.
//!
//! Apart from the loop so that a rebuild of one projection never keeps the others from the present.

use magiclink_domain::log::Position;

use super::feed::{Fault, Feed, Prepared};
use super::{Engine, EngineError};
use crate::database::Database;
use crate::projection::Projection;

/// So far behind, speed counts more than surviving a power cut: what is lost is folded again.
const FAR_BEHIND: u64 = 20_000;

type Group = Vec<&'static dyn Projection>;

impl Engine {
    /// Whether anything moved.
    pub(super) async fn turn(&mut self) -> Result<bool, EngineError> {
        self.retry_failures().await?;
        self.scrub().await?;
        let Some(front) = self.front() else { return Ok(false) };
        let mut moved = false;
        if let Some(last) = self.last().filter(|last| *last < front) {
            moved |= self.advance(last, Some(front)).await?;
        }
        moved |= self.advance(front, None).await?;
        Ok(moved)
    }

    fn last(&self) -> Option<Position> {
        self.board.standings.iter().filter(|standing| standing.stopped.is_none()).map(|s| s.position).min()
    }

    /// Takes those who stand at `from` on by one batch.
    async fn advance(&mut self, from: Position, until: Option<Position>) -> Result<bool, EngineError> {
        let at = self.board.standings.iter().filter(|s| s.stopped.is_none() && s.position == from);
        let group: Group = at.map(|standing| standing.projection).collect();
        if group.is_empty() {
            return Ok(false);
        }
        let sources = self.sources.clone();
        let mut prepared =
            self.slots.next(&group, from, || Feed::new(sources.clone(), group.clone(), from, until)).await?;
        if prepared.next == from {
            let Some(fault) = prepared.unknown else { return Ok(false) };
            self.settle().await?;
            self.stop(&group, &fault);
            return Ok(true);
        }
        self.mind(&prepared, until).await?;
        if self.stretch(&group, &mut prepared).await? {
            return Ok(true);
        }
        self.commit(&group, &prepared).await?;
        self.move_on(&group, &prepared);
        for folded in prepared.folded {
            self.directory.apply(folded.directory);
        }
        self.unscrubbed |= prepared.batch.erased().is_some();
        self.scrub().await?;
        self.show();
        Ok(true)
    }

    /// An event of a type that only a newer version knows stops whoever listens to it.
    fn stop(&mut self, group: &Group, fault: &Fault) {
        let area = fault.stream.area();
        let listening = |projection: &&'static dyn Projection| projection.areas().contains(&area);
        for standing in &mut self.board.standings {
            let concerned = group.iter().any(|projection| projection.name() == standing.projection.name());
            if concerned && listening(&standing.projection) {
                standing.stopped = Some(format!("{} at position {}", fault.error, fault.position));
                tracing::error!(
                    projection = standing.projection.name(), position = %fault.position, error = %fault.error,
                    "a read model has stopped"
                );
            }
        }
        self.slots.clear();
        self.show();
    }

    /// After an erasure, nothing of the contact stays in the write-ahead log either. A reader in the way is waited for,
    /// and asked again at the next turn.
    async fn scrub(&mut self) -> Result<(), EngineError> {
        if self.unscrubbed {
            self.settle().await?;
            self.unscrubbed = !Database::scrub(&mut self.connection).await?;
        }
        Ok(())
    }

    /// Far behind the log's head, commits need not reach the disk.
    async fn mind(&mut self, prepared: &Prepared, until: Option<Position>) -> Result<(), EngineError> {
        let lag = if prepared.end && until.is_none() {
            0
        } else {
            self.sources.log.head().await?.get().saturating_sub(prepared.next.get())
        };
        if !self.careless && lag > FAR_BEHIND {
            self.settle().await?;
            self.database.careless(&mut self.connection).await?;
            self.careless = true;
        } else if self.careless && lag == 0 {
            self.settle().await?;
            self.be_careful().await?;
        }
        Ok(())
    }

    pub(super) async fn be_careful(&mut self) -> Result<(), sqlx::Error> {
        self.database.careful(&mut self.connection).await?;
        self.careless = false;
        Ok(())
    }
}
