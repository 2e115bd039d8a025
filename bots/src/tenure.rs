//! Work that one of several nodes does at a time: it begins with a lease, and ends at once where the lease is lost.
//!
//! Apart from the work because being the only one is the same whatever is done.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::ports::{Clock, Leases};
use magiclink_domain::time::Lifetime;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a lease lives: a node that is gone is missed for no longer than that and one round.
const LIVES: Duration = Duration::from_secs(15);
/// How often it is renewed, and asked for by those who wait.
const ROUND: Duration = Duration::from_secs(5);

/// One node's claim to some work.
pub struct Tenure {
    leases: Arc<dyn Leases>,
    clock: Arc<dyn Clock>,
    name: String,
    holder: Uuid,
}

impl Tenure {
    /// A claim to the work `name`; `holder` is drawn anew for every process.
    #[must_use]
    pub fn new(leases: Arc<dyn Leases>, clock: Arc<dyn Clock>, name: String, holder: Uuid) -> Self {
        Self { leases, clock, name, holder }
    }

    /// Does `work` whenever no other node does, until `stop`; it should end by itself then. Where the lease is lost, the
    /// work is dropped as it is.
    pub async fn keep<W: Future<Output = ()>>(&self, stop: &CancellationToken, work: impl Fn() -> W) {
        while self.taken(stop).await {
            tokio::select! {
                biased;
                () = self.lost() => tracing::warn!(lease = self.name, "another node goes on"),
                () = work() => {}
            }
        }
        if let Err(error) = self.leases.let_go(&self.name, self.holder).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "others wait until a lease ends");
        }
    }

    /// Waits for the lease; `false` when told to stop.
    async fn taken(&self, stop: &CancellationToken) -> bool {
        while !stop.is_cancelled() {
            if self.held().await == Some(true) {
                return true;
            }
            tokio::select! { () = tokio::time::sleep(ROUND) => {}, () = stop.cancelled() => {} }
        }
        false
    }

    /// Returns once the lease is another's, or may be.
    async fn lost(&self) {
        let mut ends = Instant::now() + LIVES;
        loop {
            tokio::time::sleep(ROUND).await;
            let asked = Instant::now();
            match tokio::time::timeout(ROUND, self.held()).await {
                Ok(Some(true)) => ends = asked + LIVES,
                Ok(Some(false)) => return,
                // Others may have it before the next answer comes.
                Ok(None) | Err(_) if Instant::now() + ROUND >= ends => return,
                Ok(None) | Err(_) => {}
            }
        }
    }

    /// Whether the lease is ours now; `None` when that can't be told.
    async fn held(&self) -> Option<bool> {
        let now = self.clock.now();
        let until = now.plus(Lifetime::from_secs(LIVES.as_secs()));
        match self.leases.hold(&self.name, self.holder, until, now).await {
            Ok(held) => Some(held),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a lease can't be asked for");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
