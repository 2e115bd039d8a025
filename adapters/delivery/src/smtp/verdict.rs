//! What a mail server's answer, or its silence, means for a delivery.
//!
//! Apart from the dialogue because this is where mail is lost or sent twice if it is wrong.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;
use magiclink_domain::ports::{NotNow, Sending};

use super::compose::Mail;
use super::relay::Relay;
use super::scrub::scrub;

/// How far the dialogue had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Finding the server, implicit TLS, greeting.
    Connect,
    /// STARTTLS.
    Encrypt,
    /// User and password.
    SignIn,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, nothing of the content sent yet.
    Data,
    /// The content is under way or out.
    Content,
}

/// Why the dialogue stopped.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No answer in time.
    Silent,
    /// The library's own account.
    Smtp(Error),
    /// No connection at all.
    Unreachable(io::Error),
    /// A positive answer that is not the one to a mail.
    OddAnswer,
    /// The server can't take such an address.
    Unsupported,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error)
    }
}

/// A dialogue that stopped before its end.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) stage: Stage,
    pub(super) trouble: Trouble,
}

/// A server's refusal: three digits, and its own words.
struct Refusal {
    code: String,
    words: String,
    for_good: bool,
}

impl Stop {
    /// What it means for the delivery.
    pub(super) fn verdict(&self, relay: &Relay, mail: Option<&Mail>) -> Sending {
        match &self.trouble {
            Trouble::Unsupported => failed("smtputf8", "the mail server takes no addresses with letters beyond a to z"),
            Trouble::OddAnswer => Sending::Unknown,
            Trouble::Silent => self.lost(relay, "no_answer", "did not answer in time"),
            Trouble::Unreachable(error) => self.unreachable(relay, error),
            Trouble::Smtp(error) => match refusal(error, mail) {
                Some(refusal) => self.refused(relay, &refusal),
                None => self.broken(relay, error, mail),
            },
        }
    }

    /// No answer came: before the content went out nothing was sent, after that nobody knows.
    fn lost(&self, relay: &Relay, code: &str, what: &str) -> Sending {
        let words = format!("the mail server {} {what}: it is tried again", relay.url.place());
        if self.stage == Stage::Content { Sending::Unknown } else { self.not_now(code, words) }
    }

    fn refused(&self, relay: &Relay, refusal: &Refusal) -> Sending {
        let Refusal { code, words, for_good } = refusal;
        let (place, said) = (relay.url.place(), quoted(words));
        let signed_out = code.starts_with("530");
        match self.stage {
            _ if !for_good => {
                let words = format!("the mail server can't take it now{said}: it is tried again");
                // 421: the server is closing, whatever it was asked (RFC 5321, 3.8).
                let whole_channel = self.is_about_us() || code.starts_with("421");
                Sending::NotNow(NotNow { code: code.clone(), words, retry_after: None, whole_channel })
            }
            Stage::Connect | Stage::Encrypt => {
                self.not_now(code, format!("the mail server {place} takes no mail from us{said}: ask its operator"))
            }
            Stage::SignIn => self.not_now(
                code,
                format!("the mail server {place} refuses user and password{said}: correct them in smtp.url"),
            ),
            Stage::Sender | Stage::Recipient if signed_out => {
                let words = format!("the mail server {place} wants a user and password{said}: put them into smtp.url");
                Sending::NotNow(NotNow { code: code.clone(), words, retry_after: None, whole_channel: true })
            }
            Stage::Sender => self.not_now(
                code,
                format!("the mail server {place} takes no mail from the address in smtp.from{said}: allow it there, or change it"),
            ),
            Stage::Recipient | Stage::Data | Stage::Content => failed(code, &format!("{}{said}", plainly(code))),
        }
    }

    /// The connection broke, could not be made or could not be trusted.
    fn broken(&self, relay: &Relay, error: &Error, mail: Option<&Mail>) -> Sending {
        let place = relay.url.place();
        if self.stage == Stage::Content {
            return Sending::Unknown;
        }
        let io = io_error(error);
        let (code, words) = match (self.stage, io) {
            (_, Some(io)) if io.kind() == io::ErrorKind::InvalidData => ("tls", untrusted(relay, error, mail)),
            (Stage::Connect, Some(io)) => return self.unreachable(relay, io),
            (Stage::Encrypt, None) => (
                "tls",
                format!(
                    "the mail server {place} does not offer STARTTLS, and without it nothing is sent: use smtps://, or another port"
                ),
            ),
            (Stage::SignIn, None) if error.is_client() => (
                "auth",
                format!(
                    "the mail server {place} offers no way to sign in that we know (PLAIN, LOGIN): check port and encryption in smtp.url"
                ),
            ),
            _ => ("connection_lost", format!("the connection to the mail server {place} broke off: it is tried again")),
        };
        self.not_now(code, words)
    }

    fn unreachable(&self, relay: &Relay, error: &io::Error) -> Sending {
        let place = relay.url.place();
        let words = if error.kind() == io::ErrorKind::ConnectionRefused {
            format!("nothing listens at the mail server {place}: check smtp.url, and whether it runs")
        } else {
            let why = scrub(&error.to_string(), None);
            format!("the mail server {place} can't be reached ({why}): check smtp.url and the network")
        };
        self.not_now("unreachable", words)
    }

    fn not_now(&self, code: &str, words: String) -> Sending {
        let whole_channel = self.is_about_us();
        Sending::NotNow(NotNow { code: code.to_owned(), words, retry_after: None, whole_channel })
    }

    /// Whether every mail would stop at this stage.
    fn is_about_us(&self) -> bool {
        self.stage < Stage::Recipient
    }
}

fn failed(code: &str, words: &str) -> Sending {
    Sending::Failed { code: code.to_owned(), words: words.to_owned() }
}

/// The server's code, with its finer one where it says it (RFC 3463), and its words.
fn refusal(error: &Error, mail: Option<&Mail>) -> Option<Refusal> {
    let status = error.status()?.to_string();
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let (finer, rest) = said.trim_start().split_once(char::is_whitespace).unwrap_or((said.trim(), ""));
    let numbers: Vec<&str> = finer.split('.').collect();
    let is_finer = numbers.len() == 3
        && numbers.iter().all(|number| (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()));
    let (code, words) = if is_finer { (format!("{status} {finer}"), rest) } else { (status, said.as_str()) };
    Some(Refusal { code, words: scrub(words, mail), for_good: error.is_permanent() })
}

/// A refusal in plain words (RFC 3463, RFC 5321).
fn plainly(code: &str) -> &'static str {
    let (status, finer) = code.split_once(' ').unwrap_or((code, ""));
    let finer = finer.split_once('.').map_or("", |(_, finer)| finer);
    match finer {
        "1.1" | "1.6" | "1.10" => "there is no such mailbox",
        "1.2" | "4.4" | "4.1" => "this address's domain takes no mail",
        "1.3" => "the mail server does not understand this address",
        "2.1" => "this mailbox is switched off",
        "2.2" => "this mailbox is full",
        "2.3" | "3.4" => "the message is too large for this mailbox",
        "1.8" | "7.1" | "7.25" | "7.26" => "the mail server refuses our mail (policy, or a filter against junk)",
        _ if finer.starts_with("7.") => "the mail server refuses our mail (policy, or a filter against junk)",
        _ if finer.is_empty() && status == "552" => "this mailbox is full",
        _ => "the mail server refused it for good",
    }
}

fn quoted(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" (it says: {words})") }
}

fn untrusted(relay: &Relay, error: &Error, mail: Option<&Mail>) -> String {
    let why = scrub(&root(error), mail);
    format!(
        "the mail server {} can't be trusted ({why}), so nothing was sent: check host name and port in smtp.url, and name \
         the authority of a private certificate in smtp.ca_file",
        relay.url.place()
    )
}

/// The innermost reason.
fn root(error: &Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

fn io_error(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(reason) = source {
        if let Some(io) = reason.downcast_ref::<io::Error>() {
            return Some(io);
        }
        source = reason.source();
    }
    None
}
