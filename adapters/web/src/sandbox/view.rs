//! Messages as the page shows them.
//!
//! Apart from the handlers because it is a matter of words alone.

use chrono_tz::Tz;
use magiclink_domain::ports::{Fate, MailAnswer, SandboxMail, SandboxText};

use crate::language::{Language, Shown};
use crate::state::WebConfig;

/// The carriers' codes that can be tried, with what they mean.
pub(super) const CODES: [(u32, &str); 4] =
    [(30_003, "phone switched off"), (30_005, "nobody has the number"), (30_006, "landline"), (30_007, "spam filter")];

/// A text message.
pub(super) struct Text {
    pub(super) id: String,
    pub(super) phone: String,
    pub(super) from_phone: bool,
    pub(super) at: Shown,
    pub(super) pieces: Vec<Piece>,
    /// How it stands, in words.
    pub(super) state: String,
    /// Something can still become of it.
    pub(super) open: bool,
    pub(super) form: Vec<(String, String)>,
    pub(super) reports: Vec<(String, String)>,
}

/// A mail.
pub(super) struct Mail {
    pub(super) nth: u64,
    pub(super) to: String,
    pub(super) at: Shown,
    pub(super) headers: Vec<(String, String)>,
    pub(super) pieces: Vec<Piece>,
    pub(super) html: bool,
    pub(super) raw: String,
}

/// A stretch of text; addresses of this deployment can be clicked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Link(String),
}

impl Text {
    pub(super) fn of(text: SandboxText, config: &WebConfig) -> Self {
        let state = match (text.state.as_str(), text.error) {
            ("queued" | "accepted", _) => "taken by the provider".to_owned(),
            (state, None) => state.to_owned(),
            (state, Some(code)) => format!("{state}, code {code}"),
        };
        let ended = matches!(text.state.as_str(), "delivered" | "undelivered" | "failed" | "received");
        Self {
            pieces: pieces(&text.text, base(config, text.from_phone)),
            at: Language::english().instant(text.at, config.time_zone),
            id: text.id,
            phone: text.phone,
            from_phone: text.from_phone,
            state,
            open: !ended,
            form: text.form,
            reports: text.reports,
        }
    }
}

/// What a phone typed leads nowhere.
fn base(config: &WebConfig, from_phone: bool) -> Option<&str> {
    (!from_phone).then_some(config.base_url.as_str())
}

impl Mail {
    pub(super) fn of(mail: SandboxMail, config: &WebConfig) -> Self {
        let zone: Tz = config.time_zone;
        Self {
            nth: mail.nth,
            pieces: pieces(&mail.text, Some(config.base_url.as_str())),
            to: mail.to,
            at: Language::english().instant(mail.at, zone),
            headers: mail.headers,
            html: mail.html.is_some(),
            raw: String::from_utf8_lossy(&mail.raw).into_owned(),
        }
    }
}

/// `delivered`, `waits`, or a carrier's code.
pub(super) fn fate(word: &str) -> Option<Fate> {
    match word {
        "delivered" => Some(Fate::Delivered),
        "waits" => Some(Fate::Waits),
        code => code.parse().ok().filter(|code| CODES.iter().any(|(known, _)| known == code)).map(Fate::Failed),
    }
}

/// `takes`, `full` or `later`.
pub(super) fn mail_answer(word: &str) -> Option<MailAnswer> {
    [MailAnswer::Takes, MailAnswer::Full, MailAnswer::Later].into_iter().find(|answer| mail_word(*answer) == word)
}

/// The other way round.
pub(super) const fn mail_word(answer: MailAnswer) -> &'static str {
    match answer {
        MailAnswer::Takes => "takes",
        MailAnswer::Full => "full",
        MailAnswer::Later => "later",
    }
}

/// The other way round.
pub(super) fn word(fate: Fate) -> String {
    match fate {
        Fate::Delivered => "delivered".to_owned(),
        Fate::Waits => "waits".to_owned(),
        Fate::Failed(code) => code.to_string(),
    }
}

fn pieces(text: &str, base: Option<&str>) -> Vec<Piece> {
    let mut pieces = vec![];
    let mut rest = text;
    while let Some(start) = base.and_then(|base| rest.find(base)) {
        let (before, link) = rest.split_at(start);
        let end = link.find(char::is_whitespace).unwrap_or(link.len());
        let (link, after) = link.split_at(end);
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Link(link.to_owned()));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_can_be_clicked_and_every_byte_is_there() {
        let text = "P: http://localhost:8080/m/AQ-_ or http://evil.example <b>\nend";
        let found = pieces(text, Some("http://localhost:8080"));
        assert_eq!(
            found,
            [
                Piece::Text("P: ".into()),
                Piece::Link("http://localhost:8080/m/AQ-_".into()),
                Piece::Text(" or http://evil.example <b>\nend".into()),
            ]
        );
    }

    #[test]
    fn a_fate_is_one_of_those_on_the_page() {
        for word in ["delivered", "waits", "30003", "30007"] {
            assert_eq!(fate(word).map(super::word).as_deref(), Some(word));
        }
        for other in ["", "30004", "Delivered", "-1"] {
            assert_eq!(fate(other), None, "{other}");
        }
    }
}
