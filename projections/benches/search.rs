//! How fast contacts are found among 100,000, and how fast their directory is loaded.
//!
//! Apart from the tests because it needs a release build.
//!
//! `cargo bench -p magiclink-projections --bench search [-- FOLDER]`: contacts are told into the folder, or found there.
//! Beside the time that passes stands the processor time of one search, which other work on the machine changes little.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a measurement, not the product"
)]

mod support;

use std::sync::Arc;
use std::time::Instant;

use hdrhistogram::Histogram;
use magiclink_domain::log::{EventStore, Position};
use magiclink_projections::ReadModels;
use magiclink_store::{MasterKey, SqliteLog, SqliteVault, SystemClock, SystemIds};

use support::{Dice, Keys, Teller, details};

const CONTACTS: usize = 100_000;
const SEARCHES: usize = 2_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let fresh = tempfile::tempdir().unwrap();
    let given = std::env::args().nth(1).filter(|arg| !arg.starts_with('-'));
    let dir = given.map_or_else(|| fresh.path().to_owned(), std::path::PathBuf::from);
    let clock = Arc::new(SystemClock);
    let log = SqliteLog::open(&dir.join("events.db"), clock.clone()).await.unwrap();
    let vault_path = dir.join("vault.db");
    let vault =
        SqliteVault::open(&vault_path, &MasterKey::new([3; 32]), clock.clone(), Arc::new(SystemIds)).await.unwrap();
    if log.head().await.unwrap() == Position::START {
        Teller::new(&*vault, log.clone()).tell(CONTACTS, 0).await;
    }
    let path = dir.join("read.db");
    let models = ReadModels::open(&path, log.clone(), vault.clone(), Keys::new(), clock.clone()).await.unwrap();
    models.catch_up().await.unwrap();
    models.close().await;
    vault.close().await;

    let begun = Instant::now();
    let vault =
        SqliteVault::open(&vault_path, &MasterKey::new([3; 32]), clock.clone(), Arc::new(SystemIds)).await.unwrap();
    let models = ReadModels::open(&path, log.clone(), vault, Keys::new(), clock).await.unwrap();
    println!("opened in {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    assert_eq!(models.search("crm-000042", 10).await.unwrap().len(), 1);
    println!("first search answered {:.0} ms after opening", begun.elapsed().as_secs_f64() * 1e3);

    let mut dice = Dice(7);
    let one_letter: Vec<String> = ["a", "e", "1", "m", "@", "."].iter().map(|&text| text.to_owned()).collect();
    let mixed: Vec<String> = (0..500).map(|_| query(&mut dice)).collect();
    let slips: Vec<String> = (0..500).map(|_| slip(&mut dice)).collect();
    for (what, queries, misspelt) in
        [("one letter", one_letter, false), ("as people type", mixed, false), ("with a slip", slips, true)]
    {
        let mut times = Histogram::<u64>::new(3).unwrap();
        let spent = processor_ms();
        for nth in 0..SEARCHES {
            let query = &queries[nth % queries.len()];
            let begun = Instant::now();
            let found = if misspelt { models.similar(query, 10).await } else { models.search(query, 10).await };
            times.record(u64::try_from(begun.elapsed().as_micros()).unwrap()).unwrap();
            assert!(!misspelt || !found.unwrap().is_empty(), "{query}");
        }
        println!(
            "{what}: p50 {} us, p99 {} us, max {} us, processor {} us",
            times.value_at_quantile(0.5),
            times.value_at_quantile(0.99),
            times.max(),
            (processor_ms() - spent) * 1_000 / SEARCHES,
        );
    }
    models.close().await;
}

/// What this process has used of the processors, to a hundredth of a second.
fn processor_ms() -> usize {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<usize>().unwrap() + fields[12].parse::<usize>().unwrap()) * 10
}

/// A contact's name with one letter wrong, missing, doubled, or changed for its neighbour.
fn slip(dice: &mut Dice) -> String {
    let mut letters: Vec<char> = details(dice.roll(CONTACTS)).name.to_string().chars().collect();
    let last = letters.len() - 2;
    match dice.roll(4) {
        0 => letters[last] = 'q',
        1 => drop(letters.remove(last)),
        2 => letters.insert(last, letters[last]),
        _ => letters.swap(last, last - 1),
    }
    letters.into_iter().collect()
}

/// A part of something that stands in some contact's details.
fn query(dice: &mut Dice) -> String {
    let details = details(dice.roll(CONTACTS));
    let name = details.name.to_string();
    let text = match dice.roll(6) {
        0 => name.split(' ').next().unwrap().to_owned(),
        1 => name.clone(),
        2 => details.email.unwrap().to_string(),
        3 => details.phone.map_or(name.clone(), |phone| phone.to_string()),
        4 => details.external_id.unwrap().to_string(),
        _ => name.split(' ').rev().collect::<Vec<_>>().join(" "),
    };
    let length = text.chars().count();
    text.chars().take(2 + dice.roll(length.max(3) - 1)).collect()
}
