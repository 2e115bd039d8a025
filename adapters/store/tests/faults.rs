//! What the files on disk withstand: full disks, newer versions, other keys, curious readers.
//!
//! Apart from the contracts because these rules are about SQLite files and hold for nothing else.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use magiclink_domain::id::{EventId, SubjectId};
use magiclink_domain::log::{AppendError, Appended, EventStore, Expected, NewEvent, Position, StreamName};
use magiclink_domain::ports::Vault;
use magiclink_store::testing::ManualClock;
use magiclink_store::{MasterKey, OpenError, SqliteLog, SqliteState, SqliteVault, SystemIds};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

fn clock() -> Arc<ManualClock> {
    Arc::default()
}

fn event(number: u128, bytes: usize) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(number)),
        kind: "link.issued.v1",
        data: vec![b'x'; bytes],
        meta: b"{}".to_vec(),
    }
}

fn stream(number: u128) -> StreamName {
    StreamName::new(&format!("link-{number}"))
}

fn subject(number: u128) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_u128(number))
}

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn vault(path: &Path, master: u8) -> Result<Arc<SqliteVault>, OpenError> {
    SqliteVault::open(path, &MasterKey::new([master; 32]), clock(), Arc::new(SystemIds)).await
}

#[tokio::test]
async fn events_are_never_updated_nor_deleted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    log.append(&stream(1), Expected::NoStream, vec![event(1, 10)]).await.unwrap();
    let mut connection = connect(&path).await;
    for (attempt, refusal) in [
        ("update events set data = x'00'", "events are never updated"),
        ("update events set position = 9", "events are never updated"),
        ("delete from events", "events are never deleted"),
    ] {
        let error = sqlx::query(attempt).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains(refusal), "{attempt}: {error}");
    }
    assert_eq!(log.read_all(Position::START, 10).await.unwrap().events[0].data, [b'x'; 10]);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_with_a_sentence() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    SqliteLog::open(&path("events.db"), clock()).await.unwrap().close().await;
    vault(&path("vault.db"), 1).await.unwrap().close().await;
    SqliteState::open(&path("state.db")).await.unwrap().close().await;
    for name in ["events.db", "vault.db", "state.db"] {
        let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
            values (29990101000000, 'later', true, x'00', 0)";
        sqlx::query(newer).execute(&mut connect(&path(name)).await).await.unwrap();
    }
    let refusals = [
        SqliteLog::open(&path("events.db"), clock()).await.unwrap_err(),
        vault(&path("vault.db"), 1).await.unwrap_err(),
        SqliteState::open(&path("state.db")).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, OpenError::Newer { .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("was written by a newer version of magiclink"), "{refusal}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    std::fs::write(&path, [b'x'; 8_192]).unwrap();
    let refusal = SqliteLog::open(&path, clock()).await.unwrap_err();
    assert!(matches!(refusal, OpenError::Unusable { .. }), "{refusal:?}");
    assert_eq!(std::fs::read(&path).unwrap(), [b'x'; 8_192], "and left alone");
}

#[tokio::test]
async fn a_vault_is_refused_under_another_master_key() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vault.db");
    vault(&path, 1).await.unwrap().close().await;
    assert!(matches!(vault(&path, 2).await.unwrap_err(), OpenError::OtherMasterKey { .. }));
    vault(&path, 1).await.unwrap();
}

#[tokio::test]
async fn files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let log = SqliteLog::open(&path("events.db"), clock()).await.unwrap();
    log.append(&stream(1), Expected::NoStream, vec![event(1, 10)]).await.unwrap();
    let vault = vault(&path("vault.db"), 1).await.unwrap();
    vault.create(subject(1)).await.unwrap();
    log.backup_to(&path("copy.db")).await.unwrap();
    vault.backup_to(&path("vault-copy.db")).await.unwrap();
    for name in ["events.db", "events.db-wal", "events.db-shm", "vault.db", "vault.db-wal", "copy.db", "vault-copy.db"]
    {
        let mode = std::fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn closing_leaves_everything_in_one_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    log.append(&stream(1), Expected::NoStream, vec![event(1, 10)]).await.unwrap();
    log.read_all(Position::START, 10).await.unwrap();
    log.close().await;
    log.close().await;
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["events.db"]);
    let outcome = log.append(&stream(1), Expected::Exact(0), vec![event(2, 10)]).await;
    assert!(matches!(outcome, Err(AppendError::Unavailable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn appends_that_were_taken_are_finished_when_closing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    // All are polled, and so taken, before closing begins.
    let appends = futures_util::future::join_all((0..1_500).map(|n| append(&log, n)));
    let (outcomes, ()) = futures_util::future::join(appends, log.close()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    assert_eq!(log.head().await.unwrap(), Position::new(1_500));
}

async fn append(log: &SqliteLog, n: u128) -> Result<Appended, AppendError> {
    log.append(&stream(n), Expected::NoStream, vec![event(n, 10)]).await
}

#[tokio::test]
async fn more_than_can_wait_is_turned_away() {
    let folder = TempDir::new().unwrap();
    let log = SqliteLog::open(&folder.path().join("events.db"), clock()).await.unwrap();
    let outcomes = futures_util::future::join_all((0..20_000).map(|n| append(&log, n))).await;
    let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count() as u64;
    let turned_away = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Overloaded))).count();
    assert!(taken >= 4_096 && turned_away > 0, "{taken} taken, {turned_away} turned away");
    assert_eq!(log.head().await.unwrap(), Position::new(taken), "nothing of those turned away is in the log");
    append(&log, 99_999).await.unwrap();
    let large = (0..300).map(|n| (stream(100_000 + n), event(100_000 + n, 250_000)));
    let large = large.map(|(name, event)| {
        let log = &log;
        async move { log.append(&name, Expected::NoStream, vec![event]).await }
    });
    let outcomes = futures_util::future::join_all(large).await;
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(AppendError::Overloaded))), "bytes are bounded, too");
    append(&log, 99_998).await.unwrap();
}

#[tokio::test]
async fn retries_that_arrive_together_are_recognised_together() {
    const RETRIES: u128 = 100;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    let first = futures_util::future::join_all((0..RETRIES).map(|n| append(&log, n))).await;
    log.close().await;
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    let numbers = (1_000..1_064).chain(0..RETRIES);
    let mut again = futures_util::future::join_all(numbers.map(|n| append(&log, n))).await;
    let new = again.drain(..64).map(|outcome| outcome.unwrap().position.get());
    assert!(new.eq(101..=164), "what is new is appended");
    assert!(first.into_iter().zip(again).all(|(first, again)| first.unwrap() == again.unwrap()));
    assert!(log.statements() < 130, "{} statements for {RETRIES} retries", log.statements());
    append(&log, 2_000).await.unwrap();
    let (committed,): (i64,) =
        sqlx::query_as("select count(*) from events").fetch_one(&mut connect(&path).await).await.unwrap();
    assert_eq!(committed, 165, "seen by others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_while_writing_is_a_prefix_of_the_log() {
    let folder = TempDir::new().unwrap();
    let log = SqliteLog::open(&folder.path().join("events.db"), clock()).await.unwrap();
    let writer = {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for n in 0..300 {
                log.append(&stream(n), Expected::NoStream, vec![event(n, 500)]).await.unwrap();
            }
        })
    };
    log.wait_beyond(Position::new(20), std::time::Duration::from_secs(20)).await;
    let copy = folder.path().join("copy.db");
    log.backup_to(&copy).await.unwrap();
    assert!(log.backup_to(&copy).await.is_err(), "a copy overwrites nothing");
    writer.await.unwrap();
    let all = log.read_all(Position::START, 1_000).await.unwrap().events;
    let copied = SqliteLog::open(&copy, clock()).await.unwrap();
    let kept = copied.read_all(Position::START, 1_000).await.unwrap().events;
    assert!(kept.len() > 20 && all.starts_with(&kept), "{}", kept.len());
}

#[tokio::test]
async fn what_lies_past_a_streams_end_is_answered_without_the_database() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    log.append(&stream(1), Expected::NoStream, vec![event(1, 10), event(2, 10)]).await.unwrap();
    let sent = log.statements();
    assert_eq!(log.read_stream(&stream(1), 2, 10).await.unwrap(), []);
    assert_eq!(log.read_stream(&stream(1), 0, 10).await.unwrap().len(), 2);
    assert_eq!(log.head().await.unwrap(), Position::new(2));
    assert_eq!(log.read_all(Position::new(2), 10).await.unwrap().events, []);
    assert_eq!(log.statements(), sent);
    log.close().await;
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    for (name, from) in [(stream(1), 2), (stream(2), 0)] {
        assert_eq!(log.read_stream(&name, from, 10).await.unwrap(), [], "asked once after a restart");
        let sent = log.statements();
        assert_eq!(log.read_stream(&name, from, 10).await.unwrap(), [], "known from then on");
        assert_eq!(log.statements(), sent, "{name}");
    }
}

#[tokio::test]
async fn no_byte_of_a_destroyed_key_is_left() {
    const CONTACTS: u128 = 2_000;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vault.db");
    let vault = vault(&path, 1).await.unwrap();
    futures_util::future::join_all((0..CONTACTS).map(|n| vault.create(subject(n)))).await;
    let mut connection = connect(&path).await;
    let wrapped: Vec<(Vec<u8>,)> =
        sqlx::query_as("select wrapped from subject_keys order by subject").fetch_all(&mut connection).await.unwrap();
    drop(connection);
    assert!(holds(&path, &wrapped[3].0), "the scan finds what is there");
    for n in [0, 1, 3, 700, 1_234, CONTACTS - 1] {
        vault.destroy(subject(n)).await.unwrap();
        assert!(!holds(&path, &wrapped[usize::try_from(n).unwrap()].0), "{n}");
    }
    assert!(holds(&path, &wrapped[2].0), "the neighbours' keys stay");
    assert!(!vault.all_keys().await.unwrap().contains(subject(3)));
}

/// Whether any of the vault's files holds the key's secret part.
fn holds(path: &Path, wrapped: &[u8]) -> bool {
    let needle = &wrapped[12..44];
    let files = ["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", path.display())));
    files
        .iter()
        .any(|file| std::fs::read(file).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle)))
}

/// A folder on a file system of its own with so many KiB; `None` where that is not allowed.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(kib: usize) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: a small file system can't be mounted here");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        assert!(Command::new("umount").arg("-l").arg(self.0.path()).status().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_acknowledges_nothing_and_heals_without_a_restart() {
    let Some(disk) = SmallDisk::mount(4_096) else { return };
    let ballast = disk.0.path().join("ballast");
    let path = disk.0.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    log.append(&stream(0), Expected::NoStream, vec![event(0, 100)]).await.unwrap();
    std::fs::write(&ballast, vec![0; 2 * 1024 * 1024]).unwrap();
    let mut acknowledged = vec![0];
    let mut refused = 0;
    for round in 1..200_u128 {
        let numbers = (round * 10)..(round * 10 + 8);
        let appends = numbers.clone().map(|n| {
            let (log, name) = (&log, stream(n));
            async move { log.append(&name, Expected::NoStream, vec![event(n, 5_000)]).await }
        });
        for (n, outcome) in numbers.zip(futures_util::future::join_all(appends).await) {
            match outcome {
                Ok(_) => acknowledged.push(n),
                Err(AppendError::Unavailable { .. }) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        if refused > 40 {
            break;
        }
    }
    assert!(refused > 40 && acknowledged.len() > 8, "{refused} refused, {} acknowledged", acknowledged.len());
    assert_eq!(ids(&log).await, acknowledged, "readable while full, with exactly what was acknowledged");
    std::fs::remove_file(&ballast).unwrap();
    log.append(&stream(9_999), Expected::NoStream, vec![event(9_999, 5_000)]).await.unwrap();
    acknowledged.push(9_999);
    assert_eq!(ids(&log).await, acknowledged);
    log.close().await;
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    assert_eq!(ids(&log).await, acknowledged);
}

async fn ids(log: &SqliteLog) -> Vec<u128> {
    let mut events = Vec::new();
    let mut after = Position::START;
    loop {
        let page = log.read_all(after, 100).await.unwrap();
        events.extend(page.events);
        after = page.next;
        if page.end {
            break;
        }
    }
    let positions: Vec<_> = events.iter().map(|event| event.position.get()).collect();
    assert_eq!(positions, (1..=events.len() as u64).collect::<Vec<_>>(), "dense");
    let mut ids: Vec<_> = events.iter().map(|event| event.id.uuid().as_u128()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_request_that_the_file_refuses_fails_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("events.db");
    let log = SqliteLog::open(&path, clock()).await.unwrap();
    let refuse =
        "create trigger poison before insert on events when new.data = x'78' begin select raise(abort, 'no'); end";
    sqlx::query(refuse).execute(&mut connect(&path).await).await.unwrap();
    for count in [3_u128, 100] {
        let appends = (0..count).map(|n| {
            let (log, name) = (&log, stream(count * 1_000 + n));
            let bytes = if n == 1 { 1 } else { 10 };
            async move { log.append(&name, Expected::NoStream, vec![event(n, bytes)]).await.is_ok() }
        });
        let expected: Vec<_> = (0..count).map(|n| n != 1).collect();
        assert_eq!(futures_util::future::join_all(appends).await, expected);
    }
    assert_eq!(log.read_all(Position::START, 1_000).await.unwrap().events.len(), 2 + 99);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_does_not_fit_fails_alone() {
    let Some(disk) = SmallDisk::mount(2_048) else { return };
    let log = SqliteLog::open(&disk.0.path().join("events.db"), clock()).await.unwrap();
    log.append(&stream(0), Expected::NoStream, vec![event(0, 100)]).await.unwrap();
    let free = Command::new("df").args(["--output=avail", "-k"]).arg(disk.0.path()).output().unwrap().stdout;
    let free: usize = String::from_utf8(free).unwrap().lines().nth(1).unwrap().trim().parse().unwrap();
    std::fs::write(disk.0.path().join("ballast"), vec![0; (free - 200) * 1024]).unwrap();
    let sizes = [1_000, 250_000, 1_000, 1_000];
    let appends = (1..).zip(sizes).map(|(n, size)| {
        let (log, name) = (&log, stream(n));
        async move { log.append(&name, Expected::NoStream, vec![event(n, size)]).await.is_ok() }
    });
    assert_eq!(futures_util::future::join_all(appends).await, [true, false, true, true]);
}
