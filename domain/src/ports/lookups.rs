//! Questions that the streams alone can't answer quickly.

use async_trait::async_trait;

use super::Unavailable;
use crate::bulk::Segment;
use crate::id::{BulkId, ContactId, DeliveryId, LinkId, NoticeId, SessionId, SubjectId};
use crate::keys::{BlindIndex, Keyring};
use crate::link::Channel;
use crate::log::Position;
use crate::time::Timestamp;

/// A delivery that wants a worker's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDelivery {
    /// The link to be sent.
    pub link: LinkId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// When the last attempt began, if it has no outcome.
    pub attempted_at: Option<Timestamp>,
}

/// A notice that wants a worker's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueNotice {
    /// Whose address it was.
    pub contact: ContactId,
    /// The notice.
    pub notice: NoticeId,
}

/// Questions that only a read model can answer. Answers may lag behind the log: they find candidates, the streams decide.
///
/// Where `beyond` is given, the answer reflects at least the log up to that position (read-your-writes), or fails
/// after two seconds.
#[async_trait]
pub trait Lookups: Send + Sync + 'static {
    /// Contacts with this e-mail address or phone number, oldest first, at most `limit`. Where `beyond` is not reached in
    /// time, those that are known so far: whoever was there before is not kept waiting by whoever is new.
    async fn contacts_by_address(
        &self, address: BlindIndex, limit: usize, beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable>;
    /// Links of the subject (contact or staff member) that are live at `now` and whose key verifies, newest first,
    /// self-service ones included only on request.
    async fn live_links(
        &self, subject: SubjectId, now: Timestamp, self_service: bool, beyond: Position,
    ) -> Result<Vec<LinkId>, Unavailable>;
    /// Sessions of the subject that have not ended, nor with a key, newest first.
    async fn open_sessions(
        &self, subject: SubjectId, now: Timestamp, beyond: Position,
    ) -> Result<Vec<SessionId>, Unavailable>;
    /// The channel's deliveries that want a worker at `now`, oldest first: those waiting for an attempt whose time has
    /// come, and those whose last attempt began at `lost_before` or earlier and has no outcome.
    async fn due_deliveries(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable>;
    /// The channel's deliveries whose answer was lost at an attempt begun since `since`, newest first.
    async fn unanswered_deliveries(
        &self, channel: Channel, since: Timestamp, limit: usize,
    ) -> Result<Vec<DueDelivery>, Unavailable>;
    /// The channel's notices that want a worker at `now`, oldest first: those waiting whose time has come, and those
    /// whose attempt began at `lost_before` or earlier and has no outcome.
    async fn due_notices(
        &self, channel: Channel, now: Timestamp, lost_before: Timestamp, limit: usize,
    ) -> Result<Vec<DueNotice>, Unavailable>;
    /// Links and sessions that look alive but whose contact's admission number has risen past theirs, or whose subject
    /// is gone.
    async fn left_behind(&self, now: Timestamp, limit: usize) -> Result<LeftBehind, Unavailable>;
    /// Links that look alive but whose key does not verify any more, and sessions that look alive but ended with a key
    /// ([`Keyring::ended_with_sessions`]).
    async fn left_by_keys(
        &self, keyring: &Keyring, now: Timestamp, limit: usize, beyond: Position,
    ) -> Result<LeftBehind, Unavailable>;
    /// Contacts in the portal at `now` who are meant by the segment and have the tag, where one is given (keyed hash of
    /// [`Tag::folded`](crate::value::Tag::folded)); in the order in which they were added.
    async fn segment(
        &self, segment: &Segment, tag: Option<BlindIndex>, now: Timestamp, beyond: Position,
    ) -> Result<Vec<ContactId>, Unavailable>;
    /// Bulk sends that have not ended, oldest first.
    async fn open_bulk_sends(&self) -> Result<Vec<BulkId>, Unavailable>;
    /// How the bulk send stands, with the next recipients who have no link of it and were not left out, `limit` at most.
    async fn bulk_work(&self, bulk: BulkId, limit: usize, beyond: Position) -> Result<BulkWork, Unavailable>;
    /// Contacts whose erasure was requested and not completed.
    async fn erasures_pending(&self, limit: usize) -> Result<Vec<ContactId>, Unavailable>;
}

/// What a bulk send still has to do. See [`Lookups::bulk_work`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkWork {
    /// The next recipients, in order, each with the last sign-in.
    pub next: Vec<(ContactId, Option<Timestamp>)>,
    /// Deliveries of its links that wait to be sent.
    pub queued: usize,
}

/// What *close the door* still has to write down. See [`Lookups::left_behind`] and [`Lookups::left_by_keys`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Links to be noted as revoked.
    pub links: Vec<LinkId>,
    /// Sessions to be noted as ended.
    pub sessions: Vec<SessionId>,
}
