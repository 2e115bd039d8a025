//! Clock, ids, vault, budgets and parcels that hold still, for the tests of every crate.
//!
//! Apart from the real ones so that no test redacts, sleeps or draws at random.

mod budgets;
mod parcels;
mod vault;

pub use budgets::MemoryBudgets;
pub use parcels::MemoryParcels;
pub use vault::MemoryVault;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use magiclink_domain::personal::NONCE_BYTES;
use magiclink_domain::ports::{Clock, Ids};
use magiclink_domain::time::{Lifetime, Timestamp};
use uuid::Uuid;

/// How often a test that can be repeated at will is to be: `DRILL_DOSE` where it is set (`tests/drill`), else `usual`.
///
/// # Panics
/// Where `DRILL_DOSE` is no number: a drill of the wrong length would prove nothing.
#[must_use]
pub fn dose(usual: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "no configuration: the length of a drill")]
    let wanted = std::env::var("DRILL_DOSE");
    #[expect(clippy::panic, reason = "for tests alone")]
    wanted.map_or(usual, |dose| dose.parse().unwrap_or_else(|_| panic!("DRILL_DOSE is a number, not {dose:?}")))
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }

    /// Sets the clock, back as well as forth.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Lifetime) {
        self.0.fetch_add(by.micros(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    /// Noon of 2026-05-01, UTC.
    fn default() -> Self {
        Self(AtomicI64::new(1_777_636_800_000_000))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Ids, nonces and secrets that count from 1, all from one counter.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Ids for CountingIds {
    fn id(&self) -> Uuid {
        Uuid::from_u128(self.next().into())
    }

    fn nonce(&self) -> [u8; NONCE_BYTES] {
        ends_with(self.next())
    }

    fn secret(&self) -> [u8; 32] {
        ends_with(self.next())
    }
}

fn ends_with<const N: usize>(count: u64) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, from) in bytes.iter_mut().rev().zip(count.to_le_bytes()) {
        *byte = from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_clock_begins_at_noon_and_moves_only_when_told() {
        let clock = ManualClock::default();
        assert_eq!(clock.now().to_string(), "2026-05-01T12:00:00Z");
        clock.advance(Lifetime::from_mins(5));
        assert_eq!(clock.now().to_string(), "2026-05-01T12:05:00Z");
        clock.set(Timestamp::from_micros(1));
        assert_eq!(clock.now().micros(), 1);
    }

    #[test]
    fn counting_ids_count() {
        let ids = CountingIds::default();
        assert_eq!(ids.id(), Uuid::from_u128(1));
        assert_eq!(ids.nonce(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(ids.secret()[30..], [0, 3]);
    }
}
