//! The one task that counts takes.
//!
//! Apart because counting must not race: the task knows every count, decides in memory, and makes what it decided
//! durable, many takes in one commit, before it answers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use magiclink_domain::ports::{Budget, Limit};
use magiclink_domain::time::{Lifetime, Timestamp};
use tokio::sync::oneshot;

use crate::connection::{WriteConnection, WriteError};
use crate::group::Committer;

/// How many windows are kept in memory; the file has them all.
const MOST_WINDOWS: usize = 10_000;

/// How often what has expired is swept out.
const SWEEP: Lifetime = Lifetime::from_mins(10);

/// One take and the way to answer it.
#[derive(Debug)]
pub(super) struct Take {
    pub(super) key: Arc<str>,
    pub(super) limits: Vec<Limit>,
    pub(super) now: Timestamp,
    pub(super) answer: oneshot::Sender<Result<Budget, WriteError>>,
}

/// Whose budget, and the length of its window in microseconds.
type Name = (Arc<str>, i64);

/// What was taken in the window that began at `start_us`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    start_us: i64,
    taken: u32,
}

/// Owner of the write connection.
#[derive(Debug)]
pub(super) struct Writer {
    connection: WriteConnection,
    windows: HashMap<Name, Window>,
    swept_at: Timestamp,
}

impl Committer for Writer {
    type Job = Take;

    async fn commit(&mut self, takes: Vec<Take>) {
        let counted = self.count(&takes).await;
        if let Err(error) = &counted {
            tracing::warn!(%error, "budgets could not be counted");
            self.connection.failed(error);
            // What the file holds is what was taken.
            self.windows.clear();
        }
        for (nth, take) in takes.into_iter().enumerate() {
            let budget = counted.as_ref().map_err(Clone::clone);
            let missing = Budget::Exhausted { retry_after: Lifetime::default() };
            // A caller who has gone away needs no answer.
            drop(take.answer.send(budget.map(|budgets| budgets.get(nth).copied().unwrap_or(missing))));
        }
        if self.windows.len() > MOST_WINDOWS {
            self.windows.clear();
        }
    }

    async fn finish(&mut self) {
        self.connection.close().await;
    }
}

impl Writer {
    pub(super) fn new(connection: WriteConnection) -> Self {
        Self { connection, windows: HashMap::new(), swept_at: Timestamp::default() }
    }

    async fn count(&mut self, takes: &[Take]) -> Result<Vec<Budget>, WriteError> {
        let mut changed = BTreeMap::new();
        let mut budgets = Vec::with_capacity(takes.len());
        for take in takes {
            self.load(take).await?;
            budgets.push(self.decide(take, &mut changed));
        }
        if !changed.is_empty() {
            self.save(takes, changed).await?;
        }
        Ok(budgets)
    }

    /// Brings the take's windows into memory.
    async fn load(&mut self, take: &Take) -> Result<(), WriteError> {
        for limit in &take.limits {
            let name = (Arc::clone(&take.key), limit.per.micros());
            if self.windows.contains_key(&name) {
                continue;
            }
            let row: Option<(i64, i64)> =
                sqlx::query_as("select started_at_us, taken from budgets where key = ? and window_us = ?")
                    .bind(&*name.0)
                    .bind(name.1)
                    .fetch_optional(self.connection.get().await?)
                    .await?;
            let (start_us, taken) = row.unwrap_or((i64::MIN, 0));
            self.windows.insert(name, Window { start_us, taken: u32::try_from(taken).unwrap_or(u32::MAX) });
        }
        Ok(())
    }

    /// Counts once against every limit or, if one is exhausted, against none.
    fn decide(&mut self, take: &Take, changed: &mut BTreeMap<Name, Window>) -> Budget {
        let mut counted = BTreeMap::new();
        let mut free_at = None;
        for limit in &take.limits {
            let name = (Arc::clone(&take.key), limit.per.micros());
            let window = current(self.windows.get(&name), name.1, take.now);
            if window.taken >= limit.most {
                free_at = free_at.max(Some(window.start_us.saturating_add(name.1)));
            }
            counted.insert(name, Window { taken: window.taken.saturating_add(1), ..window });
        }
        if let Some(free_at) = free_at {
            return Budget::Exhausted { retry_after: until(free_at, take.now) };
        }
        for (name, window) in counted {
            self.windows.insert(name.clone(), window);
            changed.insert(name, window);
        }
        Budget::Taken
    }

    async fn save(&mut self, takes: &[Take], changed: BTreeMap<Name, Window>) -> Result<(), WriteError> {
        let now = takes.iter().map(|take| take.now).max().unwrap_or_default();
        let sweep = now >= self.swept_at.plus(SWEEP);
        self.connection.run("begin immediate").await?;
        for ((key, window_us), window) in changed {
            sqlx::query(
                "insert into budgets (key, window_us, started_at_us, taken) values (?, ?, ?, ?) \
                 on conflict (key, window_us) do update set started_at_us = excluded.started_at_us, taken = excluded.taken",
            )
            .bind(&*key)
            .bind(window_us)
            .bind(window.start_us)
            .bind(i64::from(window.taken))
            .execute(self.connection.get().await?)
            .await?;
        }
        if sweep {
            sqlx::query("delete from budgets where started_at_us + window_us <= ?")
                .bind(now.micros())
                .execute(self.connection.get().await?)
                .await?;
        }
        self.connection.run("commit").await?;
        if sweep {
            self.swept_at = now;
            self.windows.retain(|(_, window_us), window| window.start_us.saturating_add(*window_us) > now.micros());
        }
        Ok(())
    }
}

/// The window that `now` lies in. Should the clock have gone back, the later window goes on counting.
fn current(known: Option<&Window>, window_us: i64, now: Timestamp) -> Window {
    let start_us = now.micros().saturating_sub(now.micros().rem_euclid(window_us.max(1)));
    match known {
        Some(window) if window.start_us >= start_us => *window,
        Some(_) | None => Window { start_us, taken: 0 },
    }
}

/// Whole seconds, rounded up.
fn until(free_at: i64, now: Timestamp) -> Lifetime {
    let micros = free_at.saturating_sub(now.micros()).max(0).unsigned_abs();
    Lifetime::from_secs(micros.div_ceil(1_000_000))
}
