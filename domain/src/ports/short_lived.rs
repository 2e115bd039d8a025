//! Short-lived shared state that is no history: marks of what was done once, sealed parcels, and leases.
//!
//! Apart from the log because it expires, and from the budgets because nothing is counted.

use async_trait::async_trait;
use uuid::Uuid;

use super::Unavailable;
use crate::time::Timestamp;

/// Marks of things that must happen once: webhooks that may be replayed.
///
/// * Of any number of callers with the same key, on any node, exactly one hears `true` until the mark expires (half-open:
///   gone from `until` on).
/// * Durable before it answers; an error means that nothing is known: callers fail closed.
#[async_trait]
pub trait Once: Send + Sync + 'static {
    /// Sets the mark `key` (no personal data in it) until `until`; `true` for whoever set it.
    async fn first(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable>;
}

/// A parcel that lies in the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Where it lies.
    pub key: String,
    /// What is in it; may be a secret.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({}, ***)", self.key)
    }
}

/// Small secrets that wait for somebody: one-time codes, a chat's `response_url`.
///
/// * Sealed where they lie, bound to their key: a file that is read by others tells keys and times alone.
/// * Durable before `put` answers; gone from `until` on (half-open).
/// * Of any number of takers exactly one gets the content.
#[async_trait]
pub trait Parcels: Send + Sync + 'static {
    /// Leaves `content` at `key` (no personal data in it) until `until`, in place of what lay there.
    async fn put(&self, key: &str, content: &[u8], until: Timestamp) -> Result<(), Unavailable>;
    /// What lies at `key`; it stays.
    async fn look(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable>;
    /// What lies at `key`; it is gone then.
    async fn take(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Unavailable>;
    /// Everything whose key begins with `prefix`, by key.
    async fn list(&self, prefix: &str, now: Timestamp) -> Result<Vec<Parcel>, Unavailable>;
}

/// Work that one node at a time does, handed over when its holder is gone.
///
/// * Of any number of callers, on any node, one at most holds a name, for as long as it asks again in time.
/// * A lease ends at `until` (half-open): whoever asks next has it. Whoever lets go hands it over at once.
/// * An error means that nothing is known: a holder goes on for no longer than the lease that it has.
#[async_trait]
pub trait Leases: Send + Sync + 'static {
    /// Holds `name` until `until`, or goes on holding it; `false` while somebody else does.
    async fn hold(&self, name: &str, holder: Uuid, until: Timestamp, now: Timestamp) -> Result<bool, Unavailable>;
    /// Lets go of `name`, if `holder` has it.
    async fn let_go(&self, name: &str, holder: Uuid) -> Result<(), Unavailable>;
}
