//! Reading speed of log and vault.
//!
//! Apart from the tests because it needs a release build.
//!
//! `cargo bench -p magiclink-store --bench read`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measurement, not the product"
)]

use std::sync::Arc;
use std::time::Instant;

use magiclink_domain::id::{EventId, SubjectId};
use magiclink_domain::log::{EventStore, Expected, NewEvent, Position, StreamName};
use magiclink_domain::ports::{Budget, Budgets, Clock, Limit, Vault};
use magiclink_domain::time::Lifetime;
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault, SystemClock, SystemIds};
use uuid::Uuid;

const EVENTS: u128 = 400_000;
const CONTACTS: u128 = 100_000;

fn event(number: u128) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(number)),
        kind: "link.issued.v1",
        data: vec![b'x'; 308],
        meta: vec![b'y'; 200],
    }
}

async fn fill(log: &Arc<SqliteLog>) {
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let log = Arc::clone(log);
            tokio::spawn(async move {
                for nth in 0..EVENTS / 64 / 4 {
                    let stream = StreamName::new(&format!("link-{}", Uuid::from_u128(task * EVENTS + nth)));
                    let events = (0..4).map(|n| event(nth * 4 + n)).collect();
                    log.append(&stream, Expected::NoStream, events).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn read_all(log: &SqliteLog, limit: usize) {
    let (begun, mut after, mut count) = (Instant::now(), Position::START, 0);
    loop {
        let page = log.read_all(after, limit).await.unwrap();
        count += page.events.len();
        after = page.next;
        if page.end {
            break;
        }
    }
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    println!("read_all, pages of {limit:5}: {rate:9.0} events/s (target 200,000)");
}

async fn read_past_head(log: &SqliteLog) {
    const TIMES: u32 = 1_000_000;
    let stream = StreamName::new("team");
    log.append(&stream, Expected::NoStream, vec![event(1)]).await.unwrap();
    let (begun, sent) = (Instant::now(), log.statements());
    for _ in 0..TIMES {
        assert!(log.read_stream(&stream, 1, 100).await.unwrap().is_empty());
    }
    let sent = log.statements() - sent;
    println!(
        "read_stream past the head: {:.0} ns, {sent} statements (target 1,000 ns, 0)",
        begun.elapsed().as_nanos() as f64 / f64::from(TIMES)
    );
}

async fn vault(path: &std::path::Path) {
    let master = MasterKey::new([7; 32]);
    let open = || SqliteVault::open(path, &master, Arc::new(SystemClock), Arc::new(SystemIds));
    let vault = open().await.unwrap();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move {
                for nth in (task..CONTACTS).step_by(64) {
                    vault.create(subject(nth)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    println!("vault, create by 64 tasks: {:9.0}/s (target 5,000)", CONTACTS as f64 / begun.elapsed().as_secs_f64());
    vault.close().await;
    let vault = open().await.unwrap();
    let subjects: Vec<_> = (0..CONTACTS).map(subject).collect();
    let begun = Instant::now();
    let keys = vault.keys(&subjects).await.unwrap();
    println!("vault, keys of 100,000 subjects: {:?} (target 250 ms)", begun.elapsed());
    assert!(keys.contains(subject(99_999)));
    let begun = Instant::now();
    drop(vault.all_keys().await.unwrap());
    println!("vault, all_keys of 100,000: {:?}", begun.elapsed());
}

async fn budgets(path: &std::path::Path) {
    const TAKES: u64 = 20_000;
    let state = SqliteState::open(path).await.unwrap();
    let limits = [Limit { most: 5, per: Lifetime::from_hours(1) }, Limit { most: 30, per: Lifetime::from_days(1) }];
    let begun = Instant::now();
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let state = Arc::clone(&state);
            tokio::spawn(async move {
                for nth in (task..TAKES).step_by(64) {
                    let taken = state.take(&format!("sends:{nth}"), &limits, SystemClock.now()).await.unwrap();
                    assert_eq!(taken, Budget::Taken);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    println!("budgets, takes of two limits by 64 tasks: {:9.0}/s", TAKES as f64 / begun.elapsed().as_secs_f64());
}

fn subject(number: u128) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_u128(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)))
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let log = SqliteLog::open(&folder.path().join("events.db"), Arc::new(SystemClock)).await.unwrap();
    let begun = Instant::now();
    fill(&log).await;
    println!("appends of 4 events by 64 tasks: {:9.0} events/s", EVENTS as f64 / begun.elapsed().as_secs_f64());
    for limit in [5_000, 1_000, 100] {
        read_all(&log, limit).await;
    }
    read_past_head(&log).await;
    vault(&folder.path().join("vault.db")).await;
    budgets(&folder.path().join("state.db")).await;
    let [events, keys, takes] = ["e.db", "v.db", "s.db"].map(|name| folder.path().join(name));
    let (begun, master) = (Instant::now(), MasterKey::new([7; 32]));
    let clock = || Arc::new(SystemClock);
    let (log, vault, state) = tokio::join!(
        SqliteLog::open(&events, clock()),
        SqliteVault::open(&keys, &master, clock(), Arc::new(SystemIds)),
        SqliteState::open(&takes),
    );
    println!("three new files opened: {:?}", begun.elapsed());
    drop((log.unwrap(), vault.unwrap(), state.unwrap()));
}
