//! What can have happened to a magic link.

use super::parts::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkKind, LinkRevokedWhy, LinkSubject, Method, Opener,
    Refusal, SessionLimits, Trial,
};
use crate::contact::Admission;
use crate::id::{DeliveryId, StaffId};
use crate::keys::KeyId;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::Reason;

/// An event on a link's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The link was made.
    LinkIssued {
        /// Whom it signs in.
        subject: LinkSubject,
        /// Where it leads.
        destination: Destination,
        /// What for.
        kind: LinkKind,
        /// Refused from this instant on.
        expires_at: Timestamp,
        /// How many redemptions it allows, 1 to 10.
        max_uses: u8,
        /// The key that signs its token and code.
        key: KeyId,
        /// Keyed hash of the asking browser's nonce, when it works in that browser alone.
        browser: Option<[u8; 16]>,
        /// Why, in staff's words.
        reason: Option<Personal<Reason>>,
    },
    /// Somebody asked to send it.
    DeliveryRequested {
        /// This sending.
        delivery: DeliveryId,
        /// How.
        channel: Channel,
        /// E-mail address or E.164 number.
        to: Personal<String>,
    },
    /// A worker is about to call the provider; the append is its lease.
    DeliveryAttempted {
        /// Which sending.
        delivery: DeliveryId,
        /// 1 for the first.
        attempt: u32,
        /// When the call begins.
        at: Timestamp,
    },
    /// The provider took it.
    DeliverySent {
        /// Which sending.
        delivery: DeliveryId,
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider says that it reached the phone or mailbox.
    DeliveryConfirmed {
        /// Which sending.
        delivery: DeliveryId,
    },
    /// The provider refused it for good, or says that it could not deliver it.
    DeliveryFailed {
        /// Which sending.
        delivery: DeliveryId,
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The provider's answer was lost: it may have been sent.
    DeliveryUnknown {
        /// Which sending.
        delivery: DeliveryId,
    },
    /// It was not sent now; the next attempt begins at `until` at the earliest.
    DeliveryPostponed {
        /// Which sending.
        delivery: DeliveryId,
        /// When it is tried again.
        until: Timestamp,
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// Somebody asked to try again what had failed, was *maybe sent*, or waited.
    DeliveryRequeued {
        /// Which sending.
        delivery: DeliveryId,
    },
    /// It was not sent, and will not be.
    DeliveryCancelled {
        /// Which sending.
        delivery: DeliveryId,
        /// Why.
        why: CancelledWhy,
    },
    /// The link was made to try words out: it signs nobody in, and its messages have these words.
    WordsTried(Trial),
    /// The link was shown to staff, to be handed over.
    LinkRevealed,
    /// Its page was opened for the first time by this kind of opener.
    LinkOpened {
        /// Who, as far as can be told.
        by: Opener,
        /// From where.
        client: Personal<Client>,
    },
    /// The subject pressed the button (or typed the code): signed in.
    LinkRedeemed {
        /// 1 to `max_uses`; names the session.
        use_number: u8,
        /// How.
        method: Method,
        /// Keyed hash of the browser's nonce, so that the same browser's second press finds the same session.
        nonce: [u8; 16],
        /// The contact's admission number; a session of another one is dead. `None` for staff.
        admission: Option<Admission>,
        /// When the session began.
        at: Timestamp,
        /// How long it lasts.
        limits: SessionLimits,
        /// From where.
        client: Personal<Client>,
        /// The staff member whose console was open in the same browser, if any.
        beside: Option<StaffId>,
    },
    /// A press was refused; noted at most five times per reason.
    RedemptionRefused {
        /// Why.
        why: Refusal,
        /// From where.
        client: Personal<Client>,
    },
    /// The session was used; noted at most once a day.
    SessionSeen {
        /// Which session.
        use_number: u8,
        /// When.
        at: Timestamp,
    },
    /// The session ended before its time.
    SessionEnded {
        /// Which session.
        use_number: u8,
        /// Why.
        why: EndedWhy,
    },
    /// The link can't be used any more.
    LinkRevoked {
        /// Why.
        why: LinkRevokedWhy,
        /// In staff's words.
        reason: Option<Personal<Reason>>,
    },
}
