//! What can have happened to a claim.

use crate::id::ContactId;

/// An event on a claim's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimEvent {
    /// A contact took the external id.
    Claimed {
        /// Whose it is from now on.
        contact: ContactId,
    },
    /// It is free again.
    Released,
}
