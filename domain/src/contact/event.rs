//! What can have happened to a contact.

use super::notice::NoticeOutcome;
use crate::id::NoticeId;
use crate::link::Channel;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Reason, Slug};

/// Rises when every earlier link and session of a contact must die.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Admission(pub u32);

/// Keyed hash of an import row, to tell an unchanged row from a changed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowDigest(pub [u8; 16]);

/// Who a contact is. Personal data throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// What to call them.
    pub name: Name,
    /// Where e-mail reaches them.
    pub email: Option<EmailAddress>,
    /// Where text messages reach them.
    pub phone: Option<PhoneNumber>,
    /// The language for messages and pages.
    pub locale: Option<Locale>,
    /// Their id in the CRM.
    pub external_id: Option<ExternalId>,
    /// Attributes from the CRM, such as tags and its creation date; never rules.
    pub attributes: Vec<(String, String)>,
    /// The row last imported for them.
    pub row: Option<RowDigest>,
}

/// Why the admission number rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenewedWhy {
    /// An address was changed or removed: links went to the old one.
    AddressChanged,
    /// The first grant after having none.
    Readmitted,
    /// Staff revoked all links.
    LinksRevoked,
    /// The contact, or staff for them, signed out everywhere.
    SignedOutEverywhere,
    /// The contact is being erased.
    Erasure,
}

impl RenewedWhy {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::AddressChanged, Self::Readmitted, Self::LinksRevoked, Self::SignedOutEverywhere, Self::Erasure];

    /// The stored and shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddressChanged => "address_changed",
            Self::Readmitted => "readmitted",
            Self::LinksRevoked => "links_revoked",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::Erasure => "erasure",
        }
    }
}

/// An event on a contact's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactEvent {
    /// The contact became known.
    ContactAdded {
        /// Who they are.
        details: Personal<Details>,
    },
    /// Somebody corrected who they are, or imported a changed row.
    ContactDetailsChanged {
        /// Who they are now, whole.
        details: Personal<Details>,
    },
    /// The contact may see an offering, or may see it until another time.
    AccessGranted {
        /// Which offering.
        offering: Slug,
        /// Not from this instant on; `None` = for good.
        until: Option<Timestamp>,
    },
    /// The contact may no longer see an offering.
    AccessRevoked {
        /// Which offering.
        offering: Slug,
        /// Why, in staff's words.
        reason: Option<Personal<Reason>>,
    },
    /// Every earlier link and session died.
    AdmissionsRenewed {
        /// The number from now on.
        admission: Admission,
        /// Why.
        why: RenewedWhy,
    },
    /// An address was changed or removed, and is to learn of it.
    NoticeRequested {
        /// The notice.
        notice: NoticeId,
        /// How it travels.
        channel: Channel,
        /// The address of before.
        to: Personal<String>,
        /// When the address was changed.
        at: Timestamp,
    },
    /// A worker began to send the notice.
    NoticeAttempted {
        /// The notice.
        notice: NoticeId,
        /// When.
        at: Timestamp,
    },
    /// The notice was not sent, and is tried again later.
    NoticePostponed {
        /// The notice.
        notice: NoticeId,
        /// Not before then.
        until: Timestamp,
        /// Why, for programs.
        code: String,
        /// Why, for people.
        words: String,
    },
    /// The notice came to its outcome.
    NoticeSettled {
        /// The notice.
        notice: NoticeId,
        /// The outcome.
        outcome: NoticeOutcome,
    },
    /// Staff looked at the portal as this contact.
    PortalPreviewed,
    /// The contact said that a sign-in, or a device, was not theirs; together with what ends every session and link.
    SignInDisputed,
    /// Erasure was asked for; the key is about to be destroyed.
    ErasureRequested,
    /// The key is destroyed: nothing personal can be read any more.
    ContactErased,
}
