//! No answer before the disk has confirmed, and none that is untrue when it fails to.
//!
//! Apart from the other faults because the disk is played by a library put before the C library's own `fdatasync`, in a
//! process of its own.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use magiclink_domain::id::{EventId, SubjectId};
use magiclink_domain::log::{AppendError, Appended, EventStore, Expected, NewEvent, Position, StreamName};
use magiclink_domain::ports::{Budget, Budgets, Clock, Limit, Vault};
use magiclink_domain::time::Lifetime;
use magiclink_store::{MasterKey, SqliteLog, SqliteState, SqliteVault, SystemClock, SystemIds};
use tempfile::TempDir;
use uuid::Uuid;

/// How long the slow disk takes at least.
const SLOW: Duration = Duration::from_millis(400);

struct Stores {
    log: Arc<SqliteLog>,
    vault: Arc<SqliteVault>,
    state: Arc<SqliteState>,
}

impl Stores {
    async fn open(folder: &Path) -> Self {
        let clock = || Arc::new(SystemClock);
        let master = MasterKey::new([1; 32]);
        Self {
            log: SqliteLog::open(&folder.join("events.db"), clock()).await.unwrap(),
            vault: SqliteVault::open(&folder.join("vault.db"), &master, clock(), Arc::new(SystemIds)).await.unwrap(),
            state: SqliteState::open(&folder.join("state.db")).await.unwrap(),
        }
    }

    async fn append(&self, number: u64) -> Result<Appended, AppendError> {
        let id = EventId::from_uuid(Uuid::from_u128(number.into()));
        let event = NewEvent { id, kind: "link.issued.v1", data: b"{}".to_vec(), meta: b"{}".to_vec() };
        self.log.append(&StreamName::new(&format!("link-{number}")), Expected::NoStream, vec![event]).await
    }

    async fn take(&self) -> bool {
        let limit = Limit { most: 1_000, per: Lifetime::DAY };
        matches!(self.state.take("key", &[limit], SystemClock.now()).await, Ok(Budget::Taken))
    }
}

fn subject(number: u128) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_u128(number))
}

/// The process with the bad disk.
#[tokio::test]
#[ignore = "started by the test below"]
async fn on_a_bad_disk() {
    let mut told = String::new();
    std::io::stdin().read_line(&mut told).unwrap();
    let folder = PathBuf::from(told.trim_end());
    let (slow, failing) = (folder.join("slow"), folder.join("failing"));
    let stores = Stores::open(&folder).await;
    stores.append(1).await.unwrap();

    std::fs::write(&slow, "").unwrap();
    let begun = Instant::now();
    stores.append(2).await.unwrap();
    assert!(begun.elapsed() >= SLOW, "an append was answered before its sync: {:?}", begun.elapsed());
    let begun = Instant::now();
    stores.vault.create(subject(1)).await.unwrap();
    assert!(begun.elapsed() >= SLOW, "a key was handed out before its sync: {:?}", begun.elapsed());
    let begun = Instant::now();
    assert!(stores.take().await);
    assert!(begun.elapsed() >= SLOW, "a take was answered before its sync: {:?}", begun.elapsed());
    std::fs::remove_file(&slow).unwrap();

    std::fs::write(&failing, "").unwrap();
    let outcome = stores.append(3).await;
    assert!(matches!(outcome, Err(AppendError::UnknownOutcome { .. })), "{outcome:?}");
    assert!(stores.vault.create(subject(2)).await.is_err());
    assert!(!stores.take().await);
    std::fs::remove_file(&failing).unwrap();

    let outcome = stores.append(4).await;
    assert!(matches!(outcome, Err(AppendError::Unavailable { .. })), "only a restart reads the disk anew: {outcome:?}");
    assert!(stores.vault.create(subject(2)).await.is_err());
    assert!(!stores.take().await);
    let page = stores.log.read_all(Position::START, 10).await.unwrap();
    assert_eq!(page.events.len(), 2, "readable all the same");
}

#[tokio::test]
async fn nothing_is_answered_before_the_disk_has_confirmed_it() {
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/disk.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&disk).arg(source).status();
    assert!(compiled.is_ok_and(|status| status.success()), "a C compiler is needed, as for SQLite itself");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "on_a_bad_disk", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", &disk)
        .env("DISK_SIGNS", folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{}\n", folder.path().display()).as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());

    let stores = Stores::open(folder.path()).await;
    stores.append(3).await.unwrap();
    let ids = stores.log.read_all(Position::START, 10).await.unwrap().events;
    let ids: Vec<_> = ids.iter().map(|event| event.id.uuid().as_u128()).collect();
    assert_eq!(ids, [1, 2, 3], "appended once, whether or not the disk had it");
}
