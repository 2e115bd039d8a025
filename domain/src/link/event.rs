//! What can have happened to a magic link.

use std::fmt;

use crate::contact::Admission;
use crate::id::{ContactId, DeliveryId, StaffId, SubjectId};
use crate::keys::KeyId;
use crate::message::Words;
use crate::personal::Personal;
use crate::time::{Lifetime, Timestamp};
use crate::value::{Locale, Reason, Slug};

/// Gives a fieldless enum its stored and shown words.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored and shown word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one with this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// How a link travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

words!(Channel { Sms = "sms", Email = "email" });

/// Whom a link signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkSubject {
    /// A contact, under the admission number of that moment.
    Contact {
        /// The contact.
        contact: ContactId,
        /// A link of another number is dead.
        admission: Admission,
    },
    /// A staff member.
    Staff(StaffId),
}

impl LinkSubject {
    /// Whose key seals the link's personal data.
    #[must_use]
    pub fn id(self) -> SubjectId {
        match self {
            Self::Contact { contact, .. } => contact.into(),
            Self::Staff(staff) => staff.into(),
        }
    }
}

/// Where a link leads; fixed when the link is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The realm's first page.
    Home,
    /// One offering, re-checked against the grants when used.
    Offering(Slug),
}

impl Destination {
    /// `home` or the slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Home => "home",
            Self::Offering(slug) => slug.as_str(),
        }
    }
}

/// What a link was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// Staff (or a program of theirs) made it for somebody.
    StaffMade,
    /// The subject asked for it on a sign-in page or by text message.
    SelfService,
    /// The first owner's way in.
    Invitation,
}

words!(LinkKind { StaffMade = "staff_made", SelfService = "self_service", Invitation = "invitation" });

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Lifetime,
    /// Altogether.
    pub absolute: Lifetime,
}

/// How a link was redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The button on the link's page.
    Link,
    /// The code, typed.
    Code,
}

words!(Method { Link = "link", Code = "code" });

/// From where a request came. Personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Client {
    /// The address of the peer, trusted proxies taken off.
    pub ip: Option<std::net::IpAddr>,
    /// The browser's own words, cut to 300 characters.
    pub user_agent: String,
}

/// Who opened a link's page, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opener {
    /// A person's browser.
    Person,
    /// A mail scanner, chat preview or prefetcher.
    Scanner,
}

words!(Opener { Person = "person", Scanner = "scanner" });

/// Why a press was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Its time is over.
    Expired,
    /// Every use is spent.
    Used,
    /// Staff revoked it, or the contact's admission number rose.
    Revoked,
    /// A newer link took its place.
    Replaced,
    /// The contact has no live grant.
    AccessEnded,
    /// The contact was erased, or the staff member removed.
    SubjectGone,
    /// It works only in the browser that asked for it.
    OtherBrowser,
    /// It was made to try words out.
    Test,
}

words!(Refusal {
    Expired = "expired",
    Used = "used",
    Revoked = "revoked",
    Replaced = "replaced",
    AccessEnded = "access_ended",
    SubjectGone = "subject_gone",
    OtherBrowser = "other_browser",
    Test = "test",
});

/// Why a link was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkRevokedWhy {
    /// Somebody revoked it.
    Revoked,
    /// A newer link took its place.
    Replaced,
    /// The contact's admission number rose.
    AdmissionsRenewed,
    /// The contact was erased, or the staff member removed.
    SubjectGone,
    /// A backup was restored: it could have been spent in the meantime.
    Restored,
}

words!(LinkRevokedWhy {
    Revoked = "revoked",
    Replaced = "replaced",
    AdmissionsRenewed = "admissions_renewed",
    SubjectGone = "subject_gone",
    Restored = "restored",
});

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedWhy {
    /// The subject signed out.
    SignedOut,
    /// Staff ended it, or the contact did from another device.
    Ended,
    /// The same browser signed in again.
    Superseded,
    /// The contact's admission number rose.
    AdmissionsRenewed,
    /// The contact was erased, or the staff member removed.
    SubjectGone,
}

words!(EndedWhy {
    SignedOut = "signed_out",
    Ended = "ended",
    Superseded = "superseded",
    AdmissionsRenewed = "admissions_renewed",
    SubjectGone = "subject_gone",
});

/// Why a delivery was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CancelledWhy {
    /// The link can't be used any more.
    LinkNotLive,
    /// The number opted out of text messages.
    OptedOut,
    /// The contact was erased.
    SubjectGone,
    /// The channel has no provider any more.
    ChannelNotConfigured,
}

words!(CancelledWhy {
    LinkNotLive = "link_not_live",
    OptedOut = "opted_out",
    SubjectGone = "subject_gone",
    ChannelNotConfigured = "channel_not_configured",
});

/// Words that are tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Over which channel.
    pub channel: Channel,
    /// For which readers.
    pub locale: Locale,
    /// The words.
    pub words: Words,
}

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
