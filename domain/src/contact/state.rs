//! What the contact's rules need to know.

use std::collections::BTreeMap;

use super::event::{Admission, Details};
use super::notice::Notice;
use crate::id::NoticeId;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::Slug;

/// A contact's phase of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ContactState {
    /// Never added.
    #[default]
    Absent,
    /// Known to the business.
    Present(Contact),
    /// Erasure was requested; the key may still exist.
    Erasing(Contact),
    /// Erased for good.
    Erased,
}

/// A contact that is known to the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who they are.
    pub details: Personal<Details>,
    /// Links and sessions of another number are dead.
    pub admission: Admission,
    /// By offering; ended ones stay until revoked.
    pub grants: BTreeMap<Slug, Grant>,
    /// Had a grant at some time.
    pub was_in_portal: bool,
    /// Notices to addresses of before that have not come to an outcome.
    pub notices: BTreeMap<NoticeId, Notice>,
}

/// Access to one offering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Not from this instant on; `None` = for good.
    pub until: Option<Timestamp>,
}

impl Grant {
    /// Whether it gives access at `now` (half-open: not at its end).
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Contact {
    /// Whether the contact may see `offering` at `now`.
    #[must_use]
    pub fn may_see(&self, offering: &Slug, now: Timestamp) -> bool {
        self.grants.get(offering).is_some_and(|grant| grant.is_live(now))
    }

    /// At least one live grant.
    #[must_use]
    pub fn in_portal(&self, now: Timestamp) -> bool {
        self.grants.values().any(|grant| grant.is_live(now))
    }
}

impl ContactState {
    /// The contact, unless absent or (being) erased.
    #[must_use]
    pub fn present(&self) -> Option<&Contact> {
        match self {
            Self::Present(contact) => Some(contact),
            Self::Absent | Self::Erasing(_) | Self::Erased => None,
        }
    }
}
