//! `kill -9` while appending, over and over: nothing acknowledged is lost, nothing is doubled.
//!
//! Apart from the other faults because it needs a process of its own to kill.

#![cfg(test)]

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use magiclink_domain::id::EventId;
use magiclink_domain::log::{EventStore, Expected, NewEvent, Position, Recorded, StreamName};
use magiclink_store::testing::dose;
use magiclink_store::{SqliteLog, SystemClock};
use tempfile::TempDir;
use uuid::Uuid;

/// Rounds in `tests/run`, and on one log: reading all of it after every round takes the longer the longer it is.
const ROUNDS: u64 = 200;

fn event(id: Uuid) -> NewEvent {
    NewEvent { id: EventId::from_uuid(id), kind: "link.issued.v1", data: vec![b'x'; 300], meta: b"{}".to_vec() }
}

/// The process that is killed: reads a folder and a round from its input, appends for ever, says what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below"]
async fn appends_until_killed() {
    let mut told = String::new();
    std::io::stdin().read_line(&mut told).unwrap();
    let (round, folder) = told.trim_end().split_once(' ').unwrap();
    let round: u128 = round.parse().unwrap();
    let log = SqliteLog::open(&PathBuf::from(folder).join("events.db"), Arc::new(SystemClock)).await.unwrap();
    let writers: Vec<_> = (0..16_u128)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let stream = StreamName::new(&format!("link-{round}-{writer}"));
                let mut expected = Expected::NoStream;
                for nth in 0.. {
                    let ids = [0, 1].map(|part| Uuid::from_u128(round << 64 | writer << 32 | nth << 1 | part));
                    let appended = log.append(&stream, expected, ids.map(event).to_vec()).await.unwrap();
                    expected = Expected::Exact(appended.version);
                    let [first, second] = ids;
                    std::io::stdout().write_all(format!("\nacknowledged {first} {second}\n").as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Lets a process append until it has acknowledged `enough` times, kills it, and returns what it had acknowledged.
fn killed(folder: &Path, round: u64, enough: usize) -> HashSet<Uuid> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "appends_until_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{round} {}", folder.display()).unwrap();
    let mut acknowledged = HashSet::new();
    let mut count = 0;
    // Goes on to the end of what the process had said before it died.
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(ids) = line.strip_prefix("acknowledged ") else { continue };
        let ids: Vec<_> = ids.split(' ').filter_map(|id| Uuid::try_parse(id).ok()).collect();
        acknowledged.extend(ids);
        count += 1;
        if count == enough {
            child.kill().unwrap();
        }
    }
    assert!(count >= enough, "it died by itself");
    child.wait().unwrap();
    acknowledged
}

async fn all(log: &SqliteLog) -> Vec<Recorded> {
    let (mut events, mut after) = (Vec::new(), Position::START);
    loop {
        let page = log.read_all(after, 5_000).await.unwrap();
        events.extend(page.events);
        after = page.next;
        if page.end {
            return events;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_doubled() {
    let rounds = dose(ROUNDS);
    for first in (0..rounds).step_by(usize::try_from(ROUNDS).unwrap()) {
        nothing_lost_on_one_log(first..rounds.min(first + ROUNDS)).await;
    }
    println!("{rounds} kills");
}

async fn nothing_lost_on_one_log(rounds: Range<u64>) {
    let folder = TempDir::new().unwrap();
    let mut acknowledged = HashSet::new();
    for round in rounds {
        acknowledged.extend(killed(folder.path(), round, 1 + usize::try_from(round * 7 % 60).unwrap()));
        let begun = Instant::now();
        let log = SqliteLog::open(&folder.path().join("events.db"), Arc::new(SystemClock)).await.unwrap();
        let took = begun.elapsed();
        assert!(took <= Duration::from_secs(2), "round {round}: {took:?} to start");
        check(&all(&log).await, &acknowledged);
        log.close().await;
    }
}

fn check(events: &[Recorded], acknowledged: &HashSet<Uuid>) {
    let positions = events.iter().map(|event| event.position.get());
    assert!(positions.eq(1..=events.len() as u64), "positions are dense");
    let mut lengths = HashMap::new();
    for event in events {
        let length = lengths.entry(&event.stream).or_insert(0);
        assert_eq!(event.version, *length, "versions of {} are dense", event.stream);
        *length += 1;
    }
    assert!(lengths.values().all(|length| length % 2 == 0), "an append is whole or not at all");
    let ids: HashSet<_> = events.iter().map(|event| event.id.uuid()).collect();
    assert_eq!(ids.len(), events.len(), "no event twice");
    assert!(acknowledged.is_subset(&ids), "{} lost", acknowledged.difference(&ids).count());
}
