//! Far behind, several batches share one transaction: most pages of the indexes change in every batch, and are so written
//! once for all of them.
//!
//! Apart from the writing of single batches, to which it falls back when a row fails.

use magiclink_domain::log::Position;

use super::feed::Prepared;
use super::write::{is_of_the_row, run};
use super::{Engine, checkpoint};
use crate::directory::Change;
use crate::projection::Projection;

/// Batches to a transaction.
const BATCHES: usize = 8;

/// A transaction that goes on.
#[derive(Default)]
pub(super) struct Stretch {
    /// Batches written in it; none when there is no transaction.
    batches: usize,
    group: Vec<&'static dyn Projection>,
    next: Position,
    directory: Vec<Change>,
    /// A row failed in a stretch: up to here every batch gets a transaction of its own.
    single_until: Position,
}

impl Engine {
    /// Whether the batch went into the stretch; if not, it is to be written by itself.
    pub(super) async fn stretch(
        &mut self, group: &[&'static dyn Projection], prepared: &mut Prepared,
    ) -> Result<bool, sqlx::Error> {
        let alone = prepared.end
            || !self.careless
            || !prepared.faults.is_empty()
            || !self.held.is_empty()
            || prepared.batch.erased().is_some()
            || prepared.next <= self.stretch.single_until;
        let same = self.stretch.group.iter().map(|one| one.name()).eq(group.iter().map(|one| one.name()));
        if alone || !same || self.stretch.batches >= BATCHES {
            self.settle().await?;
        }
        if alone {
            return Ok(false);
        }
        if self.stretch.batches == 0 {
            sqlx::raw_sql("begin immediate").execute(&mut self.connection).await?;
            self.stretch.group = group.to_vec();
        }
        self.stretch.batches += 1;
        for folded in &prepared.folded {
            if let Err(error) = run(&mut self.connection, folded).await {
                self.give_up(prepared.next).await?;
                return if is_of_the_row(&error) { Ok(true) } else { Err(error) };
            }
        }
        self.stretch.next = prepared.next;
        self.move_on(group, prepared);
        for folded in &mut prepared.folded {
            self.stretch.directory.append(&mut folded.directory);
        }
        Ok(true)
    }

    /// Commits the stretch, if there is one.
    pub(super) async fn settle(&mut self) -> Result<(), sqlx::Error> {
        if self.stretch.batches == 0 {
            return Ok(());
        }
        let (group, next) = (std::mem::take(&mut self.stretch.group), self.stretch.next);
        let now = self.sources.clock.now();
        let committed = match checkpoint::advance(&mut self.connection, &group, next, now).await {
            Ok(()) => sqlx::raw_sql("commit").execute(&mut self.connection).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = committed {
            self.give_up(Position::START).await?;
            return Err(error);
        }
        self.stretch.batches = 0;
        self.directory.apply(std::mem::take(&mut self.stretch.directory));
        self.show();
        Ok(())
    }

    /// Lets an open stretch go: its connection is about to be.
    pub(super) async fn abandon(&mut self) -> Result<(), sqlx::Error> {
        if self.stretch.batches > 0 { self.give_up(Position::START).await } else { Ok(()) }
    }

    /// Back to where the stretch began; its batches come again, up to `until` one by one.
    async fn give_up(&mut self, until: Position) -> Result<(), sqlx::Error> {
        self.stretch = Stretch { single_until: until, ..Stretch::default() };
        self.slots.clear();
        self.board = self.shown.borrow().clone();
        // SQLite has rolled back by itself where the disk was full.
        drop(sqlx::raw_sql("rollback").execute(&mut self.connection).await);
        Ok(())
    }
}
