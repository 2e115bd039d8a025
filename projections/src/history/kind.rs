//! What the login history tells of.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal),+ $(,)?) => {
        /// What an item of the login history tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum HistoryKind {
            $($(#[$doc])* $kind),+
        }

        impl HistoryKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The stored and shown word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }
        }
    };
}

kinds! {
    /// A link was made.
    Issued = "issued",
    /// A link was shown to staff, to be handed over.
    Revealed = "revealed",
    /// Somebody asked to send a link.
    DeliveryRequested = "delivery_requested",
    /// A provider took it.
    Sent = "sent",
    /// A provider says that it reached the phone or mailbox.
    Delivered = "delivered",
    /// Somebody asked to try it again.
    Requeued = "requeued",
    /// A provider refused it, or could not deliver it.
    Failed = "failed",
    /// A provider's answer was lost.
    MaybeSent = "maybe_sent",
    /// It was not sent.
    Cancelled = "cancelled",
    /// The link's page was opened.
    Opened = "opened",
    /// The subject signed in.
    Redeemed = "redeemed",
    /// A press was refused.
    Refused = "refused",
    /// A session ended before its time.
    SessionEnded = "session_ended",
    /// A link was revoked.
    Revoked = "revoked",
    /// Every earlier link and session of a contact died.
    AdmissionsRenewed = "admissions_renewed",
    /// A notice of the change went to an address that the contact had.
    NoticeSent = "notice_sent",
    /// The provider's answer to such a notice was lost.
    NoticeMaybeSent = "notice_maybe_sent",
    /// Such a notice was refused, or must not be sent.
    NoticeNotSent = "notice_not_sent",
    /// Staff looked at the portal as a contact.
    Previewed = "previewed",
    /// The contact said that a sign-in was not theirs.
    Disputed = "disputed",
    /// Erasure of a contact was asked for.
    ErasureRequested = "erasure_requested",
    /// A contact was erased.
    Erased = "erased",
}

impl fmt::Display for HistoryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for HistoryKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// The login history knows no such kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the login history has no kind {0:?}")]
pub struct UnknownKind(String);
