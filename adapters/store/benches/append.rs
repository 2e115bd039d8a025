//! Durable appends per second: group commit against one transaction per append and against a bare insert.
//!
//! Apart from the tests because it needs a release build and a quiet machine. What counts are the ratios within one run;
//! rounds alternate, so that a slow moment of the disk hits all three.
//!
//! `cargo bench -p magiclink-store --bench append [-- MILLISECONDS ROUNDS]`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measurement, not the product"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use magiclink_domain::id::EventId;
use magiclink_domain::log::{EventStore, Expected, NewEvent, StreamName};
use magiclink_store::{SqliteLog, SystemClock};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use uuid::Uuid;

const CALLERS: [usize; 4] = [1, 8, 64, 256];

/// How many events each stream gets before its caller begins another.
const PER_STREAM: u64 = 4;

/// One way of appending an event.
trait Appender: Send + Sync + 'static {
    fn append(&self, stream: StreamName, version: u64, event: NewEvent) -> impl Future<Output = ()> + Send;
}

/// Ours, behind its port.
struct Grouped(Arc<dyn EventStore>);

impl Appender for Grouped {
    async fn append(&self, stream: StreamName, version: u64, event: NewEvent) {
        let expected = version.checked_sub(1).map_or(Expected::NoStream, Expected::Exact);
        self.0.append(&stream, expected, vec![event]).await.unwrap();
    }
}

/// The same schema, one transaction per append.
struct Transactions(SqlitePool);

impl Appender for Transactions {
    async fn append(&self, stream: StreamName, version: u64, event: NewEvent) {
        let mut connection = self.0.acquire().await.unwrap();
        let mut transaction = connection.begin_with("begin immediate").await.unwrap();
        let (next,): (i64,) = sqlx::query_as("select coalesce(max(version) + 1, 0) from events where stream = ?")
            .bind(stream.as_str())
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(next, i64::try_from(version).unwrap());
        insert(&stream, version, event).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

/// The insert alone, committing itself.
struct Bare(SqlitePool);

impl Appender for Bare {
    async fn append(&self, stream: StreamName, version: u64, event: NewEvent) {
        insert(&stream, version, event).execute(&self.0).await.unwrap();
    }
}

type Insert = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn insert(stream: &StreamName, version: u64, event: NewEvent) -> Insert {
    sqlx::query(
        "insert into events (stream, version, id, kind, data, meta, recorded_at_us) values (?, ?, ?, ?, ?, ?, 1777636800000000)",
    )
    .bind(stream.as_str().to_owned())
    .bind(i64::try_from(version).unwrap())
    .bind(event.id.uuid().as_bytes().to_vec())
    .bind(event.kind)
    .bind(event.data)
    .bind(event.meta)
}

/// 308 bytes of JSON.
fn event(number: u64) -> NewEvent {
    let head = format!(r#"{{"number":"{number:020}","text":""#);
    let data = format!(r#"{head}{}"}}"#, "x".repeat(308 - head.len() - 2));
    NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(number.into())),
        kind: "link.issued.v1",
        data: data.into_bytes(),
        meta: b"{}".to_vec(),
    }
}

/// Appends of all rounds of one cell.
struct Cell {
    latencies: Histogram<u64>,
    took: Duration,
}

impl Cell {
    fn new() -> Self {
        Self { latencies: Histogram::new(3).unwrap(), took: Duration::ZERO }
    }

    fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    fn print(&self, what: &str, callers: usize) {
        let ms = |quantile| self.latencies.value_at_quantile(quantile) as f64 / 1e6;
        println!(
            "{what:34} {callers:4} callers {:9.0}/s   p50 {:7.2} ms   p99 {:7.2} ms",
            self.rate(),
            ms(0.5),
            ms(0.99)
        );
    }
}

/// Numbers that no round shares with another.
static NUMBER: AtomicU64 = AtomicU64::new(0);

async fn measure(appender: &Arc<impl Appender>, callers: usize, lasting: Duration, cell: &mut Cell) {
    let over = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (appender, over) = (Arc::clone(appender), Arc::clone(&over));
            tokio::spawn(async move {
                let mut latencies = Histogram::<u64>::new(3).unwrap();
                while !over.load(Ordering::Relaxed) {
                    // Spread like the hashes that name real streams.
                    let spread = u128::from(NUMBER.fetch_add(1, Ordering::Relaxed))
                        .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
                    let stream = StreamName::new(&format!("link-{}", Uuid::from_u128(spread)));
                    for version in 0..PER_STREAM {
                        let event = event(NUMBER.fetch_add(1, Ordering::Relaxed));
                        let asked = Instant::now();
                        appender.append(stream.clone(), version, event).await;
                        latencies.record(u64::try_from(asked.elapsed().as_nanos()).unwrap()).unwrap();
                    }
                }
                latencies
            })
        })
        .collect();
    tokio::time::sleep(lasting).await;
    over.store(true, Ordering::Relaxed);
    for task in tasks {
        cell.latencies.add(task.await.unwrap()).unwrap();
    }
    cell.took += begun.elapsed();
}

async fn pool(path: &Path) -> SqlitePool {
    // The product's own schema.
    SqliteLog::open(path, Arc::new(SystemClock)).await.unwrap().close().await;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_mins(1))
        .connect_with(options)
        .await
        .unwrap()
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u32>().ok());
    let lasting = Duration::from_millis(numbers.next().unwrap_or(1_500).into());
    let rounds = numbers.next().unwrap_or(3);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = |name: &str| folder.path().join(name);
    let log = SqliteLog::open(&path("grouped.db"), Arc::new(SystemClock)).await.unwrap();
    let grouped = Arc::new(Grouped(Arc::clone(&log) as _));
    let transactions = Arc::new(Transactions(pool(&path("transactions.db")).await));
    let bare = Arc::new(Bare(pool(&path("bare.db")).await));
    let mut cells = CALLERS.map(|callers| (callers, Cell::new(), Cell::new()));
    let mut single = Cell::new();
    for _ in 0..rounds {
        for (callers, ours, theirs) in &mut cells {
            measure(&grouped, *callers, lasting, ours).await;
            measure(&transactions, *callers, lasting, theirs).await;
        }
        measure(&bare, 1, lasting, &mut single).await;
    }
    for (callers, ours, _) in &cells {
        ours.print("group commit", *callers);
    }
    for (callers, _, theirs) in &cells {
        theirs.print("one transaction per append", *callers);
    }
    single.print("bare insert", 1);
    for (callers, ours, theirs) in &cells {
        println!("{callers:4} callers: {:5.2} x one transaction per append", ours.rate() / theirs.rate());
    }
    println!("   1 caller:  {:5.2} x the bare insert (target 0.7)", cells[0].1.rate() / single.rate());
    println!("  64 callers: target 8 x one transaction per append");
    log.close().await;
}
