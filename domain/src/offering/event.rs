//! What can have happened to an offering.

use std::fmt;
use std::str::FromStr;

use crate::value::{InvalidValue, OfferingUrl, Title};

/// What sort of thing an offering is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfferingKind {
    /// A course.
    Course,
    /// A community group.
    Group,
}

impl OfferingKind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Course, Self::Group];

    /// The stored and shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Course => "course",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for OfferingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OfferingKind {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or(InvalidValue::new("kind", "an offering's kind is course or group"))
    }
}

/// An event on an offering's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferingEvent {
    /// The offering came into the catalogue.
    OfferingAdded {
        /// Course or group, for ever.
        kind: OfferingKind,
        /// What it is called.
        title: Title,
        /// Where its content lives.
        url: Option<OfferingUrl>,
    },
    /// Somebody corrected it.
    OfferingChanged {
        /// What it is called now.
        title: Title,
        /// Where its content lives now.
        url: Option<OfferingUrl>,
    },
    /// It takes no new grants from now on.
    OfferingArchived,
}
