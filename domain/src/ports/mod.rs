//! What the domain asks of the outside world, beside the event store ([`crate::log::EventStore`]).
//!
//! Each trait's comment is its contract; one shared suite checks it on every implementation.

mod lookups;
mod sandbox;
mod sending;
mod short_lived;
mod sms_hooks;

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

pub use self::lookups::{BulkWork, DueDelivery, DueNotice, LeftBehind, Lookups};
pub use self::sandbox::{
    ChatAct, ChatDialog, ChatElement, ChatField, ChatFieldKind, ChatLook, ChatMessage, ChatOption, ChatPiece, ChatRoom,
    Fate, MailAnswer, SandboxChat, SandboxInbox, SandboxMail, SandboxText,
};
pub use self::sending::{Look, NotNow, Pace, Sender, Sending};
pub use self::short_lived::{Leases, Once, Parcel, Parcels};
pub use self::sms_hooks::{HookRequest, IncomingSms, Report, SmsHooks};

use crate::id::SubjectId;
use crate::keys::Keyring;
use crate::personal::{NONCE_BYTES, SubjectKey, SubjectKeys};
use crate::time::{Lifetime, Timestamp};

/// The time of day, in UTC.
pub trait Clock: Send + Sync + 'static {
    /// This instant.
    fn now(&self) -> Timestamp;
}

/// Randomness, from the operating system's generator (OWASP ASVS 5.0, 6.5.3).
pub trait Ids: Send + Sync + 'static {
    /// 128 fresh random bits.
    fn id(&self) -> Uuid;
    /// A fresh nonce for sealing.
    fn nonce(&self) -> [u8; NONCE_BYTES];
    /// 256 fresh random bits, for secrets such as API tokens.
    fn secret(&self) -> [u8; 32];
}

/// The keys in force; re-read while running, so callers take them anew for every act.
pub trait KeySource: Send + Sync + 'static {
    /// The keyring as it is now.
    fn keyring(&self) -> Arc<Keyring>;
}

/// Something outside could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable")]
pub struct Unavailable {
    /// Which part: "the vault", "the read models" …
    pub what: &'static str,
    /// What went wrong.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// Keeps each subject's data key, apart from the log.
///
/// * `create` is idempotent and durable before it answers: the same subject gets the same key.
/// * After `destroy` (durable, idempotent) the key is gone for ever: `create` refuses, `keys` leaves it out, and no
///   byte of it is left in the vault's files.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// The subject's key, made now if there is none yet; `None` if it was destroyed.
    async fn create(&self, subject: SubjectId) -> Result<Option<SubjectKey>, Unavailable>;
    /// The keys of those of `subjects` that have one.
    async fn keys(&self, subjects: &[SubjectId]) -> Result<SubjectKeys, Unavailable>;
    /// Destroys the subject's key.
    async fn destroy(&self, subject: SubjectId) -> Result<(), Unavailable>;
}

/// At most `most` takes within `per`, counted in fixed windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many takes one window allows.
    pub most: u32,
    /// Length of the window.
    pub per: Lifetime,
}

/// What came of asking a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Taken: the act may go on.
    Taken,
    /// Nothing left; nothing was taken.
    Exhausted {
        /// When the fullest window ends.
        retry_after: Lifetime,
    },
}

/// Budgets that protect money, codes and self-service: taken before the act, shared by all nodes, durable.
///
/// * `take` counts once against every limit or, if any is exhausted, against none.
/// * Concurrent takes never exceed a limit.
/// * An error means "not taken": callers fail closed.
#[async_trait]
pub trait Budgets: Send + Sync + 'static {
    /// Takes one from the budget `key` (no personal data in it: callers pass keyed hashes) at `now`.
    async fn take(&self, key: &str, limits: &[Limit], now: Timestamp) -> Result<Budget, Unavailable>;
}
