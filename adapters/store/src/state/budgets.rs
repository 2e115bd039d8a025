//! The one task that counts takes.
//!
//! Apart because counting must not race: the task knows every count, decides in memory, and makes what it decided
//! durable, many takes in one commit, before it answers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use magiclink_domain::ports::{Budget, Limit};
use magiclink_domain::time::{Lifetime, Timestamp};
use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use crate::connection::{WriteConnection, WriteError};
use crate::group::Committer;

/// How many windows are kept in memory; the file has them all.
const MOST_WINDOWS: usize = 10_000;

/// How many rows one statement reads or writes at most.
const MOST_ROWS: usize = 64;

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
        self.load(takes).await?;
        let mut changed = BTreeMap::new();
        let budgets = takes.iter().map(|take| self.decide(take, &mut changed)).collect();
        if !changed.is_empty() {
            self.save(takes, changed).await?;
        }
        Ok(budgets)
    }

    /// Brings the windows of the takes into memory.
    async fn load(&mut self, takes: &[Take]) -> Result<(), WriteError> {
        let mut unknown: Vec<_> = takes
            .iter()
            .flat_map(|take| take.limits.iter().map(|limit| (Arc::clone(&take.key), limit.per.micros())))
            .filter(|name| !self.windows.contains_key(name))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        for names in unknown.chunks(MOST_ROWS) {
            let mut query = sqlx::query_as(AssertSqlSafe(select(names.len())));
            for (key, window_us) in names {
                query = query.bind(key.to_string()).bind(*window_us);
            }
            let rows: Vec<(String, i64, i64, i64)> = query.fetch_all(self.connection.get().await?).await?;
            self.windows.extend(names.iter().cloned().map(|name| (name, Window { start_us: i64::MIN, taken: 0 })));
            for (key, window_us, start_us, taken) in rows {
                let taken = u32::try_from(taken).unwrap_or(u32::MAX);
                self.windows.insert((key.into(), window_us), Window { start_us, taken });
            }
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
        let changed: Vec<_> = changed.into_iter().collect();
        self.connection.run("begin immediate").await?;
        for changed in changed.chunks(MOST_ROWS) {
            let mut query = sqlx::query(AssertSqlSafe(upsert(changed.len())));
            for ((key, window_us), window) in changed {
                query =
                    query.bind(key.to_string()).bind(*window_us).bind(window.start_us).bind(i64::from(window.taken));
            }
            query.execute(self.connection.get().await?).await?;
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

fn select(names: usize) -> String {
    let slots = vec!["(?,?)"; names].join(",");
    format!("select key, window_us, started_at_us, taken from budgets where (key, window_us) in (values {slots})")
}

fn upsert(rows: usize) -> String {
    let slots = vec!["(?,?,?,?)"; rows].join(",");
    format!(
        "insert into budgets (key, window_us, started_at_us, taken) values {slots} on conflict (key, window_us) \
         do update set started_at_us = excluded.started_at_us, taken = excluded.taken"
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::state::STEPS;
    use sqlx::SqliteConnection;

    const HOUR: Lifetime = Lifetime::from_hours(1);

    async fn writer(database: &Database) -> Writer {
        Writer::new(WriteConnection::new(database.clone(), database.open(STEPS).await.unwrap()))
    }

    fn take(key: &str, now: Timestamp) -> (Take, oneshot::Receiver<Result<Budget, WriteError>>) {
        let (answer, answered) = oneshot::channel();
        (Take { key: key.into(), limits: vec![Limit { most: 1, per: HOUR }], now, answer }, answered)
    }

    async fn rows(connection: &mut SqliteConnection) -> i64 {
        sqlx::query_as::<_, (i64,)>("select count(*) from budgets").fetch_one(connection).await.unwrap().0
    }

    #[tokio::test]
    async fn what_has_expired_is_swept_out() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::at(&folder.path().join("state.db"));
        let mut writer = writer(&database).await;
        let begin = Timestamp::from_micros(1_777_636_800_000_000);
        let (takes, _answers): (Vec<_>, Vec<_>) = (0..100).map(|n| take(&format!("k{n}"), begin)).unzip();
        writer.commit(takes).await;
        let mut connection = database.connect().await.unwrap();
        assert_eq!(rows(&mut connection).await, 100);
        writer.commit(vec![take("new", begin.plus(HOUR)).0]).await;
        assert_eq!(rows(&mut connection).await, 1);
        assert_eq!(writer.windows.len(), 1);
    }

    #[tokio::test]
    async fn what_memory_forgot_is_known_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(&Database::at(&folder.path().join("state.db"))).await;
        let now = Timestamp::from_micros(1_777_636_800_000_000);
        let (first, first_answer) = take("a", now);
        writer.commit(vec![first]).await;
        writer.windows.clear();
        let (second, second_answer) = take("a", now);
        writer.commit(vec![second]).await;
        assert_eq!(first_answer.await.unwrap().unwrap(), Budget::Taken);
        assert_eq!(second_answer.await.unwrap().unwrap(), Budget::Exhausted { retry_after: HOUR });
    }

    #[tokio::test]
    async fn nothing_is_taken_when_the_file_cant_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::at(&folder.path().join("state.db"));
        let mut writer = writer(&database).await;
        let now = Timestamp::from_micros(1_777_636_800_000_000);
        let mut other = database.connect().await.unwrap();
        sqlx::query("create trigger broken before insert on budgets begin select raise(abort, 'broken'); end")
            .execute(&mut other)
            .await
            .unwrap();
        let (refused, answer) = take("a", now);
        writer.commit(vec![refused]).await;
        assert!(answer.await.unwrap().is_err());
        sqlx::query("drop trigger broken").execute(&mut other).await.unwrap();
        let (taken, answer) = take("a", now);
        writer.commit(vec![taken]).await;
        assert_eq!(answer.await.unwrap().unwrap(), Budget::Taken, "heals, and the failed take was not counted");
    }
}
