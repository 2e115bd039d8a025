//! What a link's events are made of: channels, destinations, browsers, and the words for why.
//!
//! Apart from the events because states, commands and read models speak of these too.

use std::fmt;

use crate::contact::Admission;
use crate::id::{ContactId, StaffId, SubjectId};
use crate::message::Words;
use crate::time::Lifetime;
use crate::value::{Locale, Slug};

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
