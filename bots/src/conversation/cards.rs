//! How a link and a contact stand, as messages: pure, from facts read elsewhere.

use chrono_tz::Tz;
use magiclink_domain::id::{CommandId, ContactId, LinkId};
use magiclink_domain::link::{Channel, LinkStatus};
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::SecretText;

use super::act::Act;
use super::answer::{Answer, Look};
use super::text::Line;
use super::words;

/// What was shown of a link. Secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// The URL.
    pub url: SecretText,
    /// The code.
    pub code: SecretText,
}

/// How a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFacts {
    /// Which link.
    pub id: LinkId,
    /// Whose; `None` once erased.
    pub name: Option<String>,
    /// The title of where it leads; `None` = the portal's home.
    pub destination: Option<String>,
    /// Refused from then on.
    pub expires_at: Timestamp,
    /// Whether it works.
    pub status: LinkStatus,
    /// Why it was revoked, in words.
    pub revoked: Option<&'static str>,
    /// Each sending: how, where to, and how it stands.
    pub sendings: Vec<(Channel, String, String)>,
    /// When a person first opened it.
    pub opened_at: Option<Timestamp>,
    /// When it last signed somebody in.
    pub signed_in_at: Option<Timestamp>,
    /// Over which channels it could be sent.
    pub sendable: Vec<Channel>,
}

/// Where a reader is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// In which zone.
    pub(super) zone: Tz,
    /// When.
    pub(super) now: Timestamp,
}

/// A link's message.
pub(super) fn link(
    facts: &LinkFacts, secrets: Option<&Secrets>, turn: CommandId, page: String, may_see: bool, seen: Seen,
) -> Answer {
    let live = facts.status == LinkStatus::Live;
    let mut answer = Answer::of(heading(facts));
    if let Some(secrets) = secrets.filter(|_| live) {
        answer = answer.line(Line::default().url(secrets.url.clone()));
        answer = answer.line(Line::of("Or by code: ").code(secrets.code.clone()));
    }
    answer = answer.line(standing(facts, seen));
    for (channel, to, state) in &facts.sendings {
        let line = Line::of(format!("{} to ", capital(words::channel(*channel)))).foreign(to.clone());
        answer = answer.line(line.words(format!(": {state}.")));
    }
    if let Some(at) = facts.opened_at.filter(|_| facts.signed_in_at.is_none()) {
        answer =
            answer.line(Line::of(format!("Opened at {}, not signed in yet.", words::when(seen.zone, at, seen.now))));
    }
    if let Some(at) = facts.signed_in_at {
        answer = answer.line(Line::of(format!("Signed in at {}.", words::when(seen.zone, at, seen.now))));
    }
    answer.follows = Some(facts.id);
    if !live {
        return answer;
    }
    for channel in &facts.sendable {
        let again = if facts.sendings.iter().any(|(sent, ..)| sent == channel) { " again" } else { "" };
        let act = Act::Send { turn, link: facts.id, channel: *channel };
        let label = format!("Send {}{again}", words::channel(*channel));
        let first = answer.buttons.is_empty() && secrets.is_none() && facts.sendings.is_empty();
        answer = answer.button(label, if first { Look::Primary } else { Look::Plain }, act);
    }
    if may_see {
        answer = answer.button("QR code", Look::Plain, Act::Qr { turn, link: facts.id });
    }
    answer.open("Open in the console", page).button("Revoke", Look::Danger, Act::Revoke { turn, link: facts.id })
}

fn heading(facts: &LinkFacts) -> Line {
    match &facts.name {
        Some(name) => Line::of("Magic link for ").strong(name.clone()),
        None => Line::of("Magic link for an erased contact"),
    }
}

fn standing(facts: &LinkFacts, seen: Seen) -> Line {
    let line = match &facts.destination {
        Some(title) => Line::of("Leads to ").foreign(title.clone()).words(". "),
        None => Line::of("Leads to the portal. "),
    };
    line.words(match (facts.status, facts.revoked) {
        (LinkStatus::Live, _) => format!("Works once, until {}.", words::when(seen.zone, facts.expires_at, seen.now)),
        (LinkStatus::Used, _) => "Used.".to_owned(),
        (LinkStatus::Expired, _) => "Expired: make a new one if it is still needed.".to_owned(),
        (LinkStatus::Revoked, why) => format!("{}.", capital(why.unwrap_or("revoked"))),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// How a contact stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContactFacts {
    pub(super) id: ContactId,
    pub(super) name: String,
    pub(super) addresses: Vec<String>,
    pub(super) opted_out: bool,
    /// Titles.
    pub(super) sees: Vec<String>,
    pub(super) last_sign_in: Option<Timestamp>,
    /// The latest links: which, when made, how it stands.
    pub(super) links: Vec<(LinkId, Timestamp, LinkStatus)>,
}

/// Offerings named on a contact's message.
const MOST_TITLES: usize = 5;

/// A contact's message.
pub(super) fn contact(facts: &ContactFacts, turn: CommandId, page: String, may_act: bool, seen: Seen) -> Answer {
    let mut name = Line::default().strong(facts.name.clone());
    for address in &facts.addresses {
        name = name.words(" · ").foreign(address.clone());
    }
    let mut answer = Answer::of(name).line(sees(facts));
    if facts.opted_out {
        answer = answer.line(Line::of("Their number takes no text messages: send by e-mail."));
    }
    answer = answer.line(Line::of(match facts.last_sign_in {
        Some(at) => format!("Last signed in: {}.", words::when(seen.zone, at, seen.now)),
        None => "Never signed in.".to_owned(),
    }));
    for (_, made, status) in &facts.links {
        let made = words::when(seen.zone, *made, seen.now);
        answer = answer.line(Line::of(format!("Link of {made}: {}.", words::status(*status))));
    }
    answer = answer.open("Open in the console", page);
    let live = facts.links.iter().filter(|(_, _, status)| *status == LinkStatus::Live && may_act);
    for (link, made, _) in live.take(4) {
        let label = format!("Revoke link of {}", words::when(seen.zone, *made, seen.now));
        answer = answer.button(label, Look::Danger, Act::Revoke { turn, link: *link });
    }
    answer
}

fn sees(facts: &ContactFacts) -> Line {
    if facts.sees.is_empty() {
        return Line::of("Not in the portal: nothing is granted.");
    }
    let mut line = Line::of("In the portal: ");
    for (nth, title) in facts.sees.iter().take(MOST_TITLES).enumerate() {
        line = if nth == 0 { line } else { line.words(", ") }.foreign(title.clone());
    }
    match facts.sees.len().saturating_sub(MOST_TITLES) {
        0 => line.words("."),
        more => line.words(format!(" and {more} more.")),
    }
}
