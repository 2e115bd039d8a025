//! Sending messages: one port for every channel and vendor.

use async_trait::async_trait;

use crate::link::Channel;
use crate::message::Message;
use crate::time::{Lifetime, Timestamp};

/// How the sending of one message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The provider took it.
    Sent {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// It reached the phone or mailbox.
    Delivered,
    /// The provider refused it, or could not deliver it: trying again would not help.
    Failed {
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The provider refused it because whoever has the number said STOP to it: from then on we send that number nothing
    /// either.
    OptedOut {
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The answer was lost: it may have been sent.
    Unknown,
    /// It was not sent, and may be tried again later.
    NotNow(NotNow),
}

/// Why a message was not sent now, and for how long that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotNow {
    /// The provider's code.
    pub code: String,
    /// The code in plain words.
    pub words: String,
    /// The provider's own wish; without one the wait grows with every attempt.
    pub retry_after: Option<Lifetime>,
    /// It is not about this message: the whole channel waits (provider down, credentials refused, too many requests).
    pub whole_channel: bool,
}

/// What a provider knows of a message whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It has it, and this became of it.
    Found(Sending),
    /// It does not have it, or can't be asked such things (SMTP).
    Absent,
    /// It did not answer.
    NoAnswer,
}

/// How fast a provider may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Calls under way at the same time.
    pub at_once: usize,
    /// Messages begun per second.
    pub per_second: u32,
}

/// Sends messages over one channel: a vendor, or the sandbox.
///
/// * `send` is called once per attempt; the message's link and delivery are handed to the vendor as far as it takes
///   such references, so that reports and `look_up` can tell which delivery they are about.
/// * A message is sent to exactly one recipient or not at all.
/// * Never panics, always returns within 30 s; whatever it does not know for sure is [`Sending::Unknown`].
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// The channel it serves.
    fn channel(&self) -> Channel;
    /// How fast it may be used.
    fn pace(&self) -> Pace;
    /// Sends the message.
    async fn send(&self, message: &Message) -> Sending;
    /// What became of a message whose first attempt began at `since`.
    async fn look_up(&self, message: &Message, since: Timestamp) -> Look;
    /// Whether the provider can be reached and takes our credentials, without sending anything; in words for an
    /// operator, with what to do in the error.
    async fn check(&self) -> Result<String, String>;
}
