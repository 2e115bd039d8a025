//! Budgets in memory.
//!
//! Apart from the real ones: same contract, no file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use magiclink_domain::ports::{Budget, Budgets, Limit, Unavailable};
use magiclink_domain::time::{Lifetime, Timestamp};

/// Budgets in memory; gone with the process.
#[derive(Debug, Default)]
pub struct MemoryBudgets(Mutex<HashMap<(String, i64), Window>>);

/// What was taken in the window that began at `start_us`.
#[derive(Clone, Copy, Debug)]
struct Window {
    start_us: i64,
    taken: u32,
}

impl MemoryBudgets {
    /// Nothing taken yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }
}

#[async_trait]
impl Budgets for MemoryBudgets {
    async fn take(&self, key: &str, limits: &[Limit], now: Timestamp) -> Result<Budget, Unavailable> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = HashMap::new();
        let mut free_at = None;
        for limit in limits {
            let name = (key.to_owned(), limit.per.micros());
            let start_us = now.micros() - now.micros().rem_euclid(name.1.max(1));
            let fresh = Window { start_us, taken: 0 };
            let window = windows.get(&name).copied().filter(|window| window.start_us >= start_us).unwrap_or(fresh);
            if window.taken >= limit.most {
                free_at = free_at.max(Some(window.start_us + name.1));
            }
            counted.insert(name, Window { taken: window.taken + 1, ..window });
        }
        if let Some(free_at) = free_at {
            let micros = u64::try_from(free_at - now.micros()).unwrap_or_default();
            return Ok(Budget::Exhausted { retry_after: Lifetime::from_secs(micros.div_ceil(1_000_000)) });
        }
        windows.extend(counted);
        Ok(Budget::Taken)
    }
}
