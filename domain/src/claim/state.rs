//! What the claim's rules need to know.

use crate::id::ContactId;

/// Who holds the external id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClaimState {
    /// Nobody.
    #[default]
    Free,
    /// This contact.
    Held(ContactId),
}

impl ClaimState {
    /// Who holds it.
    #[must_use]
    pub const fn holder(&self) -> Option<ContactId> {
        match self {
            Self::Free => None,
            Self::Held(contact) => Some(*contact),
        }
    }
}
