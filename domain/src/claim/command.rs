//! What one may ask of a claim's stream.

use crate::id::ContactId;

/// A command to a claim's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimCommand {
    /// Take the external id.
    Claim {
        /// For whom.
        contact: ContactId,
    },
    /// Give it back.
    Release {
        /// Whoever may hold it.
        contact: ContactId,
    },
}
