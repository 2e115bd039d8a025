//! What a contact or staff member receives.

use std::fmt;

use crate::id::{DeliveryId, LinkId};
use crate::link::Channel;

/// One message to one address, ready to be sent. Holds secrets (link and code) and personal data, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The delivery it makes, and its reference at the vendor.
    pub delivery: DeliveryId,
    /// The link it carries.
    pub link: LinkId,
    /// How it travels.
    pub channel: Channel,
    /// E-mail address or E.164 number: exactly one recipient.
    pub to: String,
    /// The subject line, for e-mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {}, ***)", self.delivery, self.channel)
    }
}
