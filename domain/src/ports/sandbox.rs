//! What the sandbox shows.

use crate::message::Message;
use crate::time::Timestamp;

/// What a sandbox's phones and mailboxes hold, for the page that shows them.
///
/// * Bounded, in memory, newest first.
/// * Shows exactly what a vendor would have been handed.
pub trait SandboxInbox: Send + Sync + 'static {
    /// What was sent and what was texted back, newest first.
    fn items(&self) -> Vec<SandboxItem>;
    /// Keeps a text message that a phone sent to us.
    fn keep_reply(&self, from: &str, text: &str);
}

/// One thing in the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SandboxItem {
    /// A message that was sent.
    Sent {
        /// The message; holds secrets.
        message: Message,
        /// When.
        at: Timestamp,
    },
    /// A text message from a phone.
    Reply {
        /// The phone's number, as typed.
        from: String,
        /// The text.
        text: String,
        /// When.
        at: Timestamp,
    },
}
