//! Writes a batch: rows of all projections and their checkpoints in one transaction.
//!
//! Apart because of what happens when a row fails: the batch is written again event by event, and only what fails, with
//! whatever follows it on the same stream, is left in the ledger.

use magiclink_domain::log::{Position, StreamName};
use sqlx::{Connection, SqliteConnection};

use super::feed::{Fault, Prepared};
use super::{Engine, checkpoint, ledger};
use crate::projection::{Batch, Entry, Folded, Projection};

impl Engine {
    pub(super) async fn commit(
        &mut self, group: &[&'static dyn Projection], prepared: &Prepared,
    ) -> Result<(), sqlx::Error> {
        let unhindered = prepared.faults.is_empty() && group.iter().all(|one| !self.held.contains_key(one.name()));
        if unhindered {
            match self.write_all(group, prepared).await {
                Err(error) if is_of_the_row(&error) => {}
                outcome => return outcome,
            }
        }
        self.write_one_by_one(group, prepared).await
    }

    async fn write_all(&mut self, group: &[&'static dyn Projection], prepared: &Prepared) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        for folded in &prepared.folded {
            run(&mut transaction, folded).await?;
        }
        checkpoint::advance(&mut transaction, group, prepared.next, self.sources.clock.now()).await?;
        transaction.commit().await
    }

    async fn write_one_by_one(
        &mut self, group: &[&'static dyn Projection], prepared: &Prepared,
    ) -> Result<(), sqlx::Error> {
        let now = self.sources.clock.now();
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        for projection in group.iter().copied() {
            let mut held = self.held.get(projection.name()).cloned().unwrap_or_default();
            for item in in_order(projection, prepared) {
                let outcome = match item {
                    _ if held.contains(item.stream()) => Err("waits for an earlier event of its stream".to_owned()),
                    Item::Fault(fault) => Err(fault.error.to_string()),
                    Item::Entry(entry) => write_one(&mut transaction, projection, entry, &prepared.batch).await?,
                };
                if let Err(error) = outcome {
                    let failure = ledger::Failure { position: item.position(), stream: item.stream(), error: &error };
                    ledger::add(&mut transaction, projection, &failure, now).await?;
                    held.insert(item.stream().clone());
                }
            }
        }
        checkpoint::advance(&mut transaction, group, prepared.next, now).await?;
        transaction.commit().await?;
        self.read_ledger().await
    }
}

/// An event of a batch, readable or not.
enum Item<'a> {
    Entry(&'a Entry),
    Fault(&'a Fault),
}

impl Item<'_> {
    fn position(&self) -> Position {
        match self {
            Self::Entry(entry) => entry.position,
            Self::Fault(fault) => fault.position,
        }
    }

    fn stream(&self) -> &StreamName {
        match self {
            Self::Entry(entry) => &entry.stream,
            Self::Fault(fault) => &fault.stream,
        }
    }
}

fn in_order<'a>(projection: &dyn Projection, prepared: &'a Prepared) -> Vec<Item<'a>> {
    let entries = prepared.batch.entries.iter().map(Item::Entry);
    let mut items: Vec<_> = entries.chain(prepared.faults.iter().map(Item::Fault)).collect();
    items.retain(|item| projection.areas().contains(&item.stream().area()));
    items.sort_by_key(Item::position);
    items
}

/// Writes what one event changes; the inner error is the row's, the outer one the file's.
pub(super) async fn write_one(
    connection: &mut SqliteConnection, projection: &dyn Projection, entry: &Entry, batch: &Batch,
) -> Result<Result<(), String>, sqlx::Error> {
    let alone = Batch { entries: vec![entry.clone()], keyring: batch.keyring.clone() };
    let folded = match projection.fold(&alone) {
        Ok(folded) => folded,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut savepoint = connection.begin().await?;
    match run(&mut savepoint, &folded).await {
        Ok(()) => savepoint.commit().await.map(Ok),
        Err(error) if is_of_the_row(&error) => savepoint.rollback().await.map(|()| Err(error.to_string())),
        Err(error) => Err(error),
    }
}

pub(super) async fn run(connection: &mut SqliteConnection, folded: &Folded) -> Result<(), sqlx::Error> {
    for write in &folded.writes {
        sqlx::query(write.sql).bind(write.rows.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether the row is at fault, rather than the disk or a lock.
pub(super) fn is_of_the_row(error: &sqlx::Error) -> bool {
    // Primary result codes: SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE (https://sqlite.org/rescode.html).
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 1 | 18 | 19 | 20 | 25))
}
