//! What the domain asks of the outside world, beside the event store ([`crate::log::EventStore`]).
//!
//! Each trait's comment is its contract; one shared suite checks it on every implementation.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::id::{ContactId, DeliveryId, LinkId, SessionId, SubjectId};
use crate::keys::{BlindIndex, Keyring};
use crate::link::Channel;
use crate::log::Position;
use crate::message::Message;
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

/// A delivery that has been requested and has no outcome yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingDelivery {
    /// The link to be sent.
    pub link: LinkId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// When the last attempt began, if one did.
    pub attempted_at: Option<Timestamp>,
}

/// Questions that only a read model can answer. Answers may lag behind the log: they find candidates, the streams decide.
///
/// Where `beyond` is given, the answer reflects at least the log up to that position (read-your-writes), or fails
/// after two seconds.
#[async_trait]
pub trait Lookups: Send + Sync + 'static {
    /// Contacts with this e-mail address or phone number, oldest first, at most `limit`.
    async fn contacts_by_address(&self, address: BlindIndex, limit: usize) -> Result<Vec<ContactId>, Unavailable>;
    /// Links of the subject (contact or staff member) that are live at `now`, newest first, self-service ones included
    /// only on request.
    async fn live_links(
        &self, subject: SubjectId, now: Timestamp, self_service: bool, beyond: Position,
    ) -> Result<Vec<LinkId>, Unavailable>;
    /// Sessions of the subject that have not ended, newest first.
    async fn open_sessions(
        &self, subject: SubjectId, now: Timestamp, beyond: Position,
    ) -> Result<Vec<SessionId>, Unavailable>;
    /// The channel's deliveries without an outcome, oldest first.
    async fn pending_deliveries(&self, channel: Channel, limit: usize) -> Result<Vec<PendingDelivery>, Unavailable>;
    /// Links and sessions that look alive but whose contact's admission number has risen past theirs, or whose subject
    /// is gone.
    async fn left_behind(&self, now: Timestamp, limit: usize) -> Result<LeftBehind, Unavailable>;
    /// Contacts whose erasure was requested and not completed.
    async fn erasures_pending(&self, limit: usize) -> Result<Vec<ContactId>, Unavailable>;
}

/// What *close the door* still has to write down. See [`Lookups::left_behind`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Links to be noted as revoked.
    pub links: Vec<LinkId>,
    /// Sessions to be noted as ended.
    pub sessions: Vec<SessionId>,
}

/// How the sending of one message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The provider took it.
    Sent {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider refused it for good.
    Failed {
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The answer was lost: it may have been sent.
    Unknown,
}

/// Sends messages over one channel: a vendor, or the sandbox.
///
/// * `send` is called once per attempt; the message's delivery id is handed to the vendor as its reference, so that
///   `look_up` can find it.
/// * Never panics, always returns within 30 s; whatever it does not know for sure is [`Sending::Unknown`].
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// The channel it serves.
    fn channel(&self) -> Channel;
    /// Sends the message.
    async fn send(&self, message: &Message) -> Sending;
    /// What became of a delivery whose answer was lost; `None` if the provider does not know it.
    async fn look_up(&self, delivery: DeliveryId) -> Option<Sending>;
}

/// What a sandbox's phones and mailboxes hold, for the page that shows them.
///
/// * Bounded, in memory, newest first.
/// * Shows exactly what a vendor would have been handed.
pub trait SandboxInbox: Send + Sync + 'static {
    /// What was sent and what was texted back, newest first.
    fn items(&self) -> Vec<SandboxItem>;
    /// Keeps a text message that a phone sent to us.
    fn keep_reply(&self, from: &str, text: &str);
}

/// One thing in the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SandboxItem {
    /// A message that was sent.
    Sent {
        /// The message; holds secrets.
        message: Message,
        /// When.
        at: Timestamp,
    },
    /// A text message from a phone.
    Reply {
        /// The phone's number, as typed.
        from: String,
        /// The text.
        text: String,
        /// When.
        at: Timestamp,
    },
}
