//! What the link's rules need to know.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{
    CancelledWhy, Channel, Destination, EndedWhy, LinkKind, LinkRevokedWhy, LinkSubject, Opener, Refusal,
    SessionLimits, Trial,
};
use crate::contact::Admission;
use crate::id::DeliveryId;
use crate::keys::KeyId;
use crate::personal::Personal;
use crate::time::{Lifetime, Timestamp};

/// A link's phase of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// Never issued.
    #[default]
    Absent,
    /// Made; see [`Link::status`] for whether it still works.
    Issued(Box<Link>),
}

/// A link that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whom it signs in.
    pub subject: LinkSubject,
    /// Where it leads.
    pub destination: Destination,
    /// What for.
    pub kind: LinkKind,
    /// Refused from this instant on.
    pub expires_at: Timestamp,
    /// How many redemptions it allows.
    pub max_uses: u8,
    /// The key that signs its token and code.
    pub key: KeyId,
    /// Keyed hash of the only browser it works in.
    pub browser: Option<[u8; 16]>,
    /// The words that it was made to try out: it signs nobody in.
    pub trial: Option<Box<Trial>>,
    /// Why it can't be used any more.
    pub revoked: Option<LinkRevokedWhy>,
    /// Redemptions; the first is use number 1.
    pub uses: Vec<Use>,
    /// Refusals noted so far, by reason.
    pub refusals: BTreeMap<Refusal, u8>,
    /// Kinds of openers noted so far.
    pub opened_by: BTreeSet<Opener>,
    /// Sendings.
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
}

/// One redemption, and the session it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Keyed hash of the browser's nonce.
    pub nonce: [u8; 16],
    /// A session of another number is dead; `None` for staff.
    pub admission: Option<Admission>,
    /// When the session began.
    pub at: Timestamp,
    /// How long it lasts.
    pub limits: SessionLimits,
    /// When it was last noted as used.
    pub seen_at: Timestamp,
    /// Why it ended, if it did.
    pub ended: Option<EndedWhy>,
}

impl Use {
    /// Whether the session's absolute limit has not been reached (half-open), and nobody ended it.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.at.plus(self.limits.absolute)
    }
}

/// One sending of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How.
    pub channel: Channel,
    /// E-mail address or E.164 number.
    pub to: Personal<String>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many attempts began.
    pub attempts: u32,
    /// When the first of them began.
    pub first_attempt_at: Option<Timestamp>,
}

/// Where a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for an attempt.
    Queued,
    /// It waits for an attempt, which begins at this instant at the earliest.
    Postponed(Timestamp),
    /// An attempt began at this instant and has no outcome yet.
    Sending(Timestamp),
    /// The provider took it.
    Sent,
    /// It reached the phone or mailbox.
    Delivered,
    /// The provider refused it, or could not deliver it.
    Failed,
    /// The answer was lost.
    MaybeSent,
    /// It will not be sent.
    Cancelled(CancelledWhy),
}

impl DeliveryState {
    /// The word shown everywhere.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued | Self::Postponed(_) => "queued",
            Self::Sending(_) => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::MaybeSent => "maybe_sent",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// Whether it waits for an attempt.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::Queued | Self::Postponed(_))
    }
}

/// Whether a link works, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkStatus {
    /// Can be redeemed.
    Live,
    /// Every use is spent.
    Used,
    /// Its time is over.
    Expired,
    /// Revoked or replaced.
    Revoked,
}

impl LinkStatus {
    /// The word shown everywhere.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Link {
    /// Whether it works at `now`, as far as the link itself can tell.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> LinkStatus {
        if self.revoked.is_some() {
            LinkStatus::Revoked
        } else if self.is_used_up() {
            LinkStatus::Used
        } else if now >= self.expires_at {
            LinkStatus::Expired
        } else {
            LinkStatus::Live
        }
    }

    /// Whether every use is spent.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.uses.len() >= usize::from(self.max_uses)
    }

    /// The use with this number (1 for the first).
    #[must_use]
    pub fn use_numbered(&self, number: u8) -> Option<&Use> {
        self.uses.get(usize::from(number).checked_sub(1)?)
    }

    /// How long it lives from `now` on.
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> Lifetime {
        self.expires_at.since(now)
    }
}

impl LinkState {
    /// The link, if it was made.
    #[must_use]
    pub fn issued(&self) -> Option<&Link> {
        match self {
            Self::Issued(link) => Some(link),
            Self::Absent => None,
        }
    }
}
