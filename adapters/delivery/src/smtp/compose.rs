//! One message as a mail: plain text and HTML side by side, in the portal's brand.
//!
//! Apart from the sending because the same bytes go to a mail server and to the sandbox. Names, templates and brand are
//! other people's words: nothing in them becomes a header, a tag or another recipient. Nothing in a mail tells that it
//! was read; the only remote thing is the brand's logo, at one address for everybody.

use std::time::{Duration, SystemTime};

use askama::Template;
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use magiclink_domain::message::{Message, Span};
use magiclink_domain::time::Timestamp;

use super::address::{MailAddress, recipient};
use super::brand::Brand;

/// Characters of a subject line; more is cut.
const SUBJECT: usize = 150;

/// Writes mails for one portal.
#[derive(Clone, Debug)]
pub struct Composer {
    /// Where mail comes from, and where a server reports what it could not deliver.
    pub from: MailAddress,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<MailAddress>,
    /// How the portal presents itself.
    pub brand: Brand,
}

/// A mail, ready to be handed over: envelope and bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub(super) envelope: Envelope,
    /// Without the angle brackets.
    pub(super) id: String,
    pub(super) bytes: Vec<u8>,
    /// What must not be repeated to anybody: link and code.
    pub(super) secrets: Vec<String>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({}, ***)", self.id)
    }
}

impl Mail {
    /// The envelope's sender: the bounce address.
    #[must_use]
    pub fn from(&self) -> &str {
        self.envelope.from().map_or("", AsRef::as_ref)
    }

    /// The envelope's only recipient.
    #[must_use]
    pub fn to(&self) -> &str {
        self.envelope.to().first().map_or("", AsRef::as_ref)
    }

    /// The `Message-ID` without its angle brackets: the same for every attempt of a delivery.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole mail as a mail server gets it (RFC 5322); holds secrets.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn recipient(&self) -> Option<&Address> {
        self.envelope.to().first()
    }
}

impl Composer {
    /// Writes the mail; `None` when it is addressed to anything but exactly one address.
    #[must_use]
    pub fn compose(&self, message: &Message, at: Timestamp) -> Option<Mail> {
        let to = recipient(&message.to)?;
        let from = self.from.named(&self.brand.name);
        let id = format!("{}@{}", message.delivery, from.email.domain());
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()]).ok()?;
        let mut head = lettre::Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .envelope(envelope.clone())
            .subject(line(message.subject.as_deref().unwrap_or(&self.brand.name), SUBJECT))
            .date(system_time(at))
            .message_id(Some(format!("<{id}>")))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(reply_to) = &self.reply_to {
            head = head.reply_to(reply_to.0.clone());
        }
        if let Some(language) = language(message) {
            head = head.raw_header(header("Content-Language", language));
        }
        // Quoted-printable text never holds "=_" (RFC 2045, 6.7): the boundary can't stand in a part.
        let body = MultiPart::alternative()
            .boundary(format!("=_{}", message.delivery))
            .singlepart(part(ContentType::TEXT_PLAIN, self.plain(message)))
            .singlepart(part(ContentType::TEXT_HTML, self.html(message)?));
        let bytes = head.multipart(body).ok()?.formatted();
        Some(Mail { envelope, id, bytes, secrets: secrets(message) })
    }

    fn plain(&self, message: &Message) -> String {
        let mut words = text(&message.text());
        words.push_str("\n\n-- \n");
        words.push_str(&line(&self.brand.name, SUBJECT));
        if let Some(support) = &self.brand.support_contact {
            words.push('\n');
            words.push_str(&line(support, SUBJECT));
        }
        words.push('\n');
        words
    }

    fn html(&self, message: &Message) -> Option<String> {
        let language = language(message).unwrap_or("en");
        let page = Page {
            brand: &self.brand,
            subject: line(message.subject.as_deref().unwrap_or(&self.brand.name), SUBJECT),
            accent: self.brand.accent.to_string(),
            on_accent: self.brand.accent.text().to_string(),
            button: button(language).unwrap_or(&self.brand.name),
            direction: direction(language),
            language,
            paragraphs: paragraphs(message),
        };
        page.render().ok()
    }
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    brand: &'a Brand,
    subject: String,
    language: &'a str,
    direction: &'static str,
    accent: String,
    on_accent: String,
    button: &'a str,
    paragraphs: Vec<Paragraph>,
}

/// What is shown between two gaps.
struct Paragraph {
    pieces: Vec<Piece>,
    /// The first link of the mail becomes a button under the paragraph that has it.
    button: Option<String>,
    /// It is nothing but a link, whose address is spelled out under the button.
    bare: bool,
}

enum Piece {
    Text(String),
    Break,
    Address(String),
    Code { code: String, spelled: String },
}

fn paragraphs(message: &Message) -> Vec<Paragraph> {
    let mut linked = false;
    let paragraph = |spans: &Vec<Span>| {
        let first = spans.iter().find(|span| matches!(span, Span::Link(_))).filter(|_| !linked);
        linked |= first.is_some();
        Paragraph {
            pieces: spans.iter().flat_map(pieces).collect(),
            button: first.map(|link| link.as_str().to_owned()),
            bare: first.is_some()
                && spans.iter().all(|span| matches!(span, Span::Link(_)) || span.as_str().trim().is_empty()),
        }
    };
    message.paragraphs.iter().map(paragraph).collect()
}

fn pieces(span: &Span) -> Vec<Piece> {
    match span {
        Span::Text(words) => {
            let words = text(words);
            let mut pieces = vec![];
            for (nth, words) in words.split('\n').enumerate() {
                if nth > 0 {
                    pieces.push(Piece::Break);
                }
                pieces.push(Piece::Text(words.to_owned()));
            }
            pieces
        }
        Span::Link(url) => vec![Piece::Address(url.clone())],
        Span::Code(code) => vec![Piece::Code { code: code.clone(), spelled: spelled(code) }],
    }
}

/// A code as a screen reader is to say it, sign by sign: `A B 0 1, C D 1 Z`.
fn spelled(code: &str) -> String {
    let group = |group: &str| group.chars().map(String::from).collect::<Vec<_>>().join(" ");
    code.split('-').map(group).collect::<Vec<_>>().join(", ")
}

/// What the button says; a language that is not here shows the portal's name.
fn button(language: &str) -> Option<&'static str> {
    Some(match primary(language).as_str() {
        "ar" => "تسجيل الدخول",
        "cs" => "Přihlásit se",
        "da" => "Log ind",
        "de" => "Anmelden",
        "en" => "Sign in",
        "es" => "Iniciar sesión",
        "fi" => "Kirjaudu sisään",
        "fr" => "Se connecter",
        "he" => "כניסה",
        "it" => "Accedi",
        "ja" => "ログイン",
        "nb" | "no" => "Logg inn",
        "nl" => "Inloggen",
        "pl" => "Zaloguj się",
        "pt" => "Entrar",
        "sv" => "Logga in",
        "uk" => "Увійти",
        "zh" => "登录",
        _ => return None,
    })
}

fn direction(language: &str) -> &'static str {
    match primary(language).as_str() {
        "ar" | "ckb" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

fn primary(language: &str) -> String {
    language.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// The message's language, where it looks like one (BCP 47).
fn language(message: &Message) -> Option<&str> {
    let language = message.language.as_str();
    let plain = language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && (1..=35).contains(&language.len());
    plain.then_some(language)
}

fn part(kind: ContentType, words: String) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(words)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn secrets(message: &Message) -> Vec<String> {
    let secret = |span: &Span| match span {
        Span::Text(_) => None,
        Span::Link(secret) | Span::Code(secret) => Some(secret.clone()),
    };
    message.paragraphs.iter().flatten().filter_map(secret).collect()
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(at.micros()).unwrap_or(0))
}

/// Words as one line of at most so many characters.
pub(super) fn line(words: &str, most: usize) -> String {
    let spaced: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = text(&spaced).split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(most) {
        Some((end, _)) => words.get(..end).unwrap_or_default().trim_end().to_owned() + "…",
        None => words,
    }
}

/// Words without what could make them look like others: control characters but line breaks, and marks that turn the
/// direction of the text after them (UAX 9).
fn text(words: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let keep = |c: &char| *c == '\n' || *c == '\t' || !(c.is_control() || turns(*c));
    words.replace("\r\n", "\n").chars().filter(keep).collect()
}

#[cfg(test)]
pub(super) mod tests;
