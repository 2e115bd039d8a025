//! What a contact or staff member receives.

mod segments;

pub use segments::{Encoding, Segments};

use std::fmt;

use crate::id::{DeliveryId, LinkId};
use crate::link::Channel;
use crate::time::Lifetime;

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
    /// The words, paragraph by paragraph; an SMS has one.
    pub paragraphs: Vec<Vec<Span>>,
    /// The language of the words, as a BCP 47 tag.
    pub language: String,
    /// How long the link still works: a provider should give up after that.
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
        let paragraphs: Vec<String> =
            self.paragraphs.iter().map(|spans| spans.iter().map(Span::as_str).collect()).collect();
        paragraphs.join("\n\n")
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {}, ***)", self.delivery, self.channel)
    }
}

/// The words of a message that carries a link. The system template: English, plain, GSM-7 where the names are.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) portal: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) url: &'a str,
    pub(crate) code: &'a str,
    pub(crate) remaining: Lifetime,
    pub(crate) staff: bool,
}

impl Text<'_> {
    /// The subject line, where the channel has one. Names no one: it shows on locked screens.
    pub(crate) fn subject(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Sms => None,
            Channel::Email if self.staff => Some(format!("Sign in to the {} console", self.portal)),
            Channel::Email => Some(format!("Your link to {}", self.portal)),
        }
    }

    /// The words. An SMS stays within one segment for an ordinary portal name and address.
    pub(crate) fn paragraphs(&self, channel: Channel) -> Vec<Vec<Span>> {
        match channel {
            Channel::Sms => vec![self.sms()],
            Channel::Email => self.email(),
        }
    }

    fn sms(&self) -> Vec<Span> {
        let with = |who: String| {
            let (link, code) = (Span::Link(self.url.to_owned()), Span::Code(self.code.to_owned()));
            let lasts = Span::Text(format!(". Valid for {}.", spoken(self.remaining)));
            vec![Span::Text(format!("{who}: ")), link, Span::Text(" or code ".to_owned()), code, lasts]
        };
        let named = self.name.and_then(plain).map(|name| with(format!("{} for {name}", self.portal)));
        // The name tells contacts at one number apart; it gives way where it would cost a second segment.
        let short = |spans: &Vec<Span>| {
            let text: String = spans.iter().map(Span::as_str).collect();
            text.is_ascii() && text.len() <= 160
        };
        named.filter(short).unwrap_or_else(|| with(self.portal.to_owned()))
    }

    fn email(&self) -> Vec<Vec<Span>> {
        let text = |words: String| Span::Text(words);
        let hello = self.name.and_then(plain).map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
        let place = if self.staff { format!("the {} console", self.portal) } else { self.portal.to_owned() };
        let lasts = spoken(self.remaining);
        vec![
            vec![text(hello)],
            vec![text(format!("open this link and press the button to sign in to {place}:"))],
            vec![Span::Link(self.url.to_owned())],
            vec![text("Or type this code on the sign-in page: ".to_owned()), Span::Code(self.code.to_owned())],
            vec![text(format!(
                "Both work for {lasts}, and using one ends the other. If you did not expect this message, ignore it."
            ))],
        ]
    }
}

/// A name fit for a message, or none: nothing that a mail reader would turn into a link, and no markup.
fn plain(name: &str) -> Option<&str> {
    let linkish = |c: char| matches!(c, '.' | '/' | '@' | ':' | '<' | '>' | '\\');
    (name.chars().count() <= 60 && !name.contains(linkish)).then_some(name)
}

/// `15 minutes`, `24 hours`, `7 days`: whole units, rounded down from the started minute.
fn spoken(lifetime: Lifetime) -> String {
    let minutes = lifetime.secs().div_ceil(60).max(1);
    let (count, unit) = match minutes {
        0..=119 => (minutes, "minute"),
        120..=2_879 => (minutes / 60, "hour"),
        _ => (minutes / (60 * 24), "day"),
    };
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://portal.example.com/m/AQEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJq83A";

    fn text() -> Text<'static> {
        Text {
            portal: "Client portal",
            name: Some("Ana Good"),
            url: LINK,
            code: "AB01-CD1Z",
            remaining: Lifetime::DAY,
            staff: false,
        }
    }

    impl Text<'_> {
        fn said(&self, channel: Channel) -> String {
            let spoken = |spans: &Vec<Span>| spans.iter().map(Span::as_str).collect::<String>();
            self.paragraphs(channel).iter().map(spoken).collect::<Vec<_>>().join("\n\n")
        }
    }

    #[test]
    fn a_text_message_fits_one_segment() {
        let sms = text().said(Channel::Sms);
        assert_eq!(sms, format!("Client portal for Ana Good: {LINK} or code AB01-CD1Z. Valid for 24 hours."));
        assert!(sms.is_ascii() && sms.len() <= 160, "{}", sms.len());
        for name in ["Bartholomew Featherstonehaugh-Cholmondeley", "José"] {
            let sms = Text { name: Some(name), ..text() }.said(Channel::Sms);
            assert_eq!(sms, format!("Client portal: {LINK} or code AB01-CD1Z. Valid for 24 hours."));
        }
    }

    #[test]
    fn a_name_can_not_bring_a_link_or_a_tag_into_a_message() {
        for name in ["<b>Ana</b>", "https://evil.example", "evil.example/win", "www.evil.example", "ana@evil"] {
            let mail = Text { name: Some(name), ..text() }.said(Channel::Email);
            assert!(mail.starts_with("Hello,\n"), "{mail}");
            assert!(!Text { name: Some(name), ..text() }.said(Channel::Sms).contains(name));
        }
        assert!(text().said(Channel::Email).starts_with("Hello Ana Good,\n"));
    }

    #[test]
    fn the_time_left_is_said_in_whole_units() {
        let said: Vec<_> =
            [1, 60, 900, 7_140, 7_200, 8_460, 86_400, 604_800].map(|s| spoken(Lifetime::from_secs(s))).into();
        assert_eq!(
            said,
            ["1 minute", "1 minute", "15 minutes", "119 minutes", "2 hours", "2 hours", "24 hours", "7 days"]
        );
    }
}
