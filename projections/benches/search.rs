//! How fast contacts are found among 100,000, and how fast their directory is loaded.
//!
//! Apart from the tests because it needs a release build.
//!
//! `cargo bench -p magiclink-projections --bench search [-- FOLDER]`: contacts are told into the folder, or found there.

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
    for (what, queries) in [("one letter", one_letter), ("as people type", mixed)] {
        let mut times = Histogram::<u64>::new(3).unwrap();
        for nth in 0..SEARCHES {
            let begun = Instant::now();
            std::hint::black_box(models.search(&queries[nth % queries.len()], 10).await.unwrap());
            times.record(u64::try_from(begun.elapsed().as_micros()).unwrap()).unwrap();
        }
        println!(
            "{what}: p50 {} us, p99 {} us, max {} us",
            times.value_at_quantile(0.5),
            times.value_at_quantile(0.99),
            times.max()
        );
    }
    models.close().await;
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
