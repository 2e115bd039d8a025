//! What one may ask of a link's stream.

use super::parts::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkKind, LinkRevokedWhy, LinkSubject, Method, Opener,
    Refusal, SessionLimits, Trial,
};
use crate::contact::Admission;
use crate::id::{DeliveryId, StaffId};
use crate::keys::KeyId;
use crate::time::{Lifetime, Timestamp};
use crate::value::Reason;

/// A command to a link's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkCommand {
    /// Make the link; its subject's rules were asked before (`usecases::links`).
    IssueMagicLink(Issue),
    /// Send it (again).
    RequestDelivery {
        /// This sending.
        delivery: DeliveryId,
        /// How.
        channel: Channel,
        /// Where to.
        to: String,
    },
    /// A worker is about to call the provider for the attempt after `seen` others.
    AttemptDelivery {
        /// Which sending.
        delivery: DeliveryId,
        /// Attempts begun when the worker looked.
        seen: u32,
    },
    /// Note what came of an attempt.
    RecordDelivery {
        /// Which sending.
        delivery: DeliveryId,
        /// What the provider said.
        outcome: Outcome,
    },
    /// Try again what failed, was *maybe sent* or waits.
    RetryDelivery {
        /// Which sending.
        delivery: DeliveryId,
    },
    /// Put off what waits.
    PostponeDelivery {
        /// Which sending.
        delivery: DeliveryId,
        /// Not before then.
        until: Timestamp,
        /// Why, for programs.
        code: String,
        /// Why, in plain words.
        words: String,
    },
    /// Note that a delivery will not be made.
    CancelDelivery {
        /// Which sending.
        delivery: DeliveryId,
        /// Why.
        why: CancelledWhy,
    },
    /// Note that the link was shown to staff.
    RevealLink,
    /// Note who opened the page.
    RecordOpening {
        /// Who.
        by: Opener,
        /// From where.
        client: Client,
    },
    /// Sign in.
    RedeemLink(Press),
    /// Note a refused press.
    RecordRefusal {
        /// Why.
        why: Refusal,
        /// From where.
        client: Client,
    },
    /// Note that a session was used.
    SeeSession {
        /// Which session.
        use_number: u8,
    },
    /// End a session.
    EndSession {
        /// Which session.
        use_number: u8,
        /// Why.
        why: EndedWhy,
    },
    /// Make the link unusable.
    RevokeLink {
        /// Why.
        why: LinkRevokedWhy,
        /// In staff's words.
        reason: Option<Reason>,
    },
}

/// What came of an attempt, or what the provider told later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Sent {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// It reached the phone or mailbox.
    Delivered,
    /// The provider refused it for good, or could not deliver it.
    Failed {
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The answer was lost.
    Unknown,
    /// It was not sent; it is tried again.
    Postponed {
        /// When.
        until: Timestamp,
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
}

/// A link to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Whom it signs in.
    pub subject: LinkSubject,
    /// Where it leads.
    pub destination: Destination,
    /// What for.
    pub kind: LinkKind,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// How many redemptions it allows.
    pub max_uses: u8,
    /// The key that signs.
    pub key: KeyId,
    /// Keyed hash of the only browser it shall work in.
    pub browser: Option<[u8; 16]>,
    /// Why.
    pub reason: Option<Reason>,
    /// Sendings to be requested at once: how, and where to.
    pub deliveries: Vec<(DeliveryId, Channel, String)>,
    /// The link is shown in the answer.
    pub revealed: bool,
    /// The words that it is made to try out, if it is.
    pub trial: Option<Trial>,
}

/// A press of the button, or a right code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// How.
    pub method: Method,
    /// Keyed hash of the browser's nonce.
    pub nonce: [u8; 16],
    /// From where.
    pub client: Client,
    /// How the subject stands at this moment, read from its stream.
    pub standing: Standing,
    /// How long the session shall last.
    pub limits: SessionLimits,
    /// The staff member signed in to the console in the same browser.
    pub beside: Option<StaffId>,
}

/// How a link's subject stands, read from its own stream at the moment of the press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A contact with a live grant.
    InPortal(Admission),
    /// A contact without one.
    NotInPortal,
    /// A current staff member.
    OnTeam,
    /// Erased or removed.
    Gone,
}

/// When a session's next note of use is due: a day after the last.
pub(super) fn sight_is_due(seen_at: Timestamp, now: Timestamp) -> bool {
    now >= seen_at.plus(Lifetime::from_days(1))
}
