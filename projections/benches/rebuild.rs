//! How fast all read models are rebuilt, over the embedded log and vault.
//!
//! Apart from the tests because it needs a release build.
//!
//! `cargo bench -p magiclink-projections --bench rebuild [-- EVENTS [FOLDER]]`: the log is told into the folder, or found
//! there.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    reason = "a measurement, not the product"
)]

mod support;

use std::sync::Arc;
use std::time::Instant;

use magiclink_domain::log::{EventStore, Position};
use magiclink_projections::ReadModels;
use magiclink_store::{MasterKey, SqliteLog, SqliteVault, SystemClock, SystemIds};

use support::{Keys, Teller};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let events = std::env::args().find_map(|arg| arg.parse::<usize>().ok()).unwrap_or(300_000);
    let fresh = tempfile::tempdir().unwrap();
    let dir = std::env::args().nth(2).map_or_else(|| fresh.path().to_owned(), std::path::PathBuf::from);
    let clock = Arc::new(SystemClock);
    let log = SqliteLog::open(&dir.join("events.db"), clock.clone()).await.unwrap();
    let ids = Arc::new(SystemIds);
    let vault = SqliteVault::open(&dir.join("vault.db"), &MasterKey::new([3; 32]), clock.clone(), ids).await.unwrap();
    let links = events * 9 / 10 / 6;
    let begun = Instant::now();
    if log.head().await.unwrap() == Position::START {
        Teller::new(&*vault, log.clone()).tell(events / 10 * 2 / 5, links).await;
        println!("told in {:.1} s", begun.elapsed().as_secs_f64());
    }
    let count = log.head().await.unwrap().get();

    for round in 1..=3 {
        let path = dir.join(format!("read-{round}.db"));
        let begun = Instant::now();
        let models = ReadModels::open(&path, log.clone(), vault.clone(), Keys::new(), clock.clone()).await.unwrap();
        models.catch_up().await.unwrap();
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "round {round}: {count} events in {seconds:.2} s = {:.0} events/s; file {} MB",
            count as f64 / seconds,
            std::fs::metadata(&path).unwrap().len() / 1_000_000,
        );
        models.close().await;
        std::fs::remove_file(&path).unwrap();
    }
}
