//! What can have happened to a bulk send.

use crate::id::{BulkId, ContactId};
use crate::link::{Channel, Destination};
use crate::personal::Personal;
use crate::time::Lifetime;
use crate::value::{Reason, Slug, Tag};

/// Which contacts in the portal are meant. Everything named must hold; a tag is asked for beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Those who never signed in.
    pub never_signed_in: bool,
    /// Those who were sent a link, and never signed in.
    pub unused: bool,
    /// Those whose link of that bulk send was not used.
    pub unused_of: Option<BulkId>,
    /// Those who may see this offering.
    pub offering: Option<Slug>,
}

impl Segment {
    /// Whether nothing is named: everybody in the portal.
    #[must_use]
    pub const fn is_everybody(&self) -> bool {
        !self.never_signed_in && !self.unused && self.unused_of.is_none() && self.offering.is_none()
    }

    /// Whether who has signed in since the beginning is meant no more.
    #[must_use]
    pub const fn is_for_the_absent(&self) -> bool {
        self.never_signed_in || self.unused || self.unused_of.is_some()
    }
}

/// What staff said in their own words; it may tell something of people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Only contacts with this tag.
    pub tag: Option<Tag>,
    /// Why.
    pub reason: Option<Reason>,
}

/// What was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who is meant.
    pub segment: Segment,
    /// Over which channel each is written to: the first that reaches them.
    pub channels: Vec<Channel>,
    /// How long each link lives.
    pub lifetime: Lifetime,
    /// Where the links lead.
    pub destination: Destination,
    /// How many messages: as many contacts will be listed.
    pub messages: u32,
    /// Tag and reason; `None` where neither was given.
    pub words: Option<Personal<Words>>,
}

/// Why a bulk send ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoppedWhy {
    /// Somebody stopped it.
    Asked,
    /// Whoever started it may do so no more: removed, another role, token dead.
    StarterGone,
    /// Its beginning was interrupted before everybody was listed; nothing was sent.
    Interrupted,
}

impl StoppedWhy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Asked, Self::StarterGone, Self::Interrupted];

    /// The stored and shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::StarterGone => "starter_gone",
            Self::Interrupted => "interrupted",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == word)
    }
}

/// An event on a bulk send's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkEvent {
    /// Somebody confirmed it.
    BulkStarted(Plan),
    /// These get a message, in this order: fixed from now on.
    RecipientsListed {
        /// At most [`super::CHUNK`].
        contacts: Vec<ContactId>,
    },
    /// These get none.
    RecipientsSkipped {
        /// The word of the rule that refused them.
        code: String,
        /// At most [`super::CHUNK`].
        contacts: Vec<ContactId>,
    },
    /// Nothing more is sent until it is resumed.
    BulkPaused,
    /// It goes on.
    BulkResumed,
    /// Nothing more is sent.
    BulkStopped {
        /// Why.
        why: StoppedWhy,
    },
    /// Everybody was written to or left out.
    BulkFinished,
}
