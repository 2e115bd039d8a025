//! What a contact or staff member receives.

pub(crate) mod notice;
mod placeholder;
mod plain;
mod render;
mod segments;
mod spoken;
pub(crate) mod system;
mod template;
mod templates;

pub use placeholder::Placeholder;
pub(crate) use render::Facts;
pub use render::Written;
pub use segments::{Encoding, Segments};
pub use system::SYSTEM_LANGUAGES;
pub use template::{Template, TemplateFault, Words};
pub use templates::{Templates, Variant, system_template};

use std::fmt;

use crate::id::{DeliveryId, LinkId};
use crate::link::Channel;
use crate::time::Lifetime;

/// One message to one address, ready to be sent. Holds secrets (link and code) and personal data, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The delivery it makes, and its reference at the vendor; a notice has its own id here.
    pub delivery: DeliveryId,
    /// The link it carries; none in a notice.
    pub link: Option<LinkId>,
    /// How it travels.
    pub channel: Channel,
    /// E-mail address or E.164 number: exactly one recipient.
    pub to: String,
    /// The subject line, for e-mail.
    pub subject: Option<String>,
    /// The words, paragraph by paragraph; an SMS has one.
    pub paragraphs: Vec<Vec<Span>>,
    /// The language of the words, as a BCP 47 tag.
    pub language: String,
    /// How long it is worth reading, such as its link still works: a provider should give up after that.
    pub valid_for: Lifetime,
}

/// A stretch of a message's words.
#[derive(Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain text; may hold line breaks.
    Text(String),
    /// The link's address.
    Link(String),
    /// The code, as it is typed.
    Code(String),
}

impl Span {
    /// The words themselves.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(words) | Self::Link(words) | Self::Code(words) => words,
        }
    }
}

impl Message {
    /// The words as plain text, an empty line between paragraphs.
    #[must_use]
    pub fn text(&self) -> String {
        text_of(&self.paragraphs)
    }
}

/// Paragraphs as plain text, an empty line between them.
fn text_of(paragraphs: &[Vec<Span>]) -> String {
    let paragraphs: Vec<String> = paragraphs.iter().map(|spans| spans.iter().map(Span::as_str).collect()).collect();
    paragraphs.join("\n\n")
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {}, ***)", self.delivery, self.channel)
    }
}
