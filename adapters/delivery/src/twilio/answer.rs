//! What Twilio's answers mean: the table of outcomes.
//!
//! Apart from the client so that the whole table can be read in one place.

use chrono::DateTime;
use magiclink_domain::ports::{Look, NotNow, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::codes::{self, Whose};

/// A message's creation may lie this much before our attempt: clocks differ, and Twilio's times have whole seconds.
const SKEW: Lifetime = Lifetime::from_mins(1);
/// The longest wish that is granted.
const LONGEST_WAIT: u64 = 3_600;

/// An answer, as far as it came.
pub(super) struct Answer {
    pub(super) status: u16,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    /// `None` where it broke off.
    pub(super) body: Option<Vec<u8>>,
}

/// Twilio's words for what went wrong.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: Option<u32>,
}

/// A message as Twilio has it. Everything that is not needed is left unread, and what is needed may be missing.
#[derive(Deserialize)]
struct Kept {
    sid: Option<String>,
    status: Option<String>,
    #[serde(default)]
    error_code: Value,
    body: Option<String>,
    date_created: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Kept>,
}

impl Answer {
    /// What the answer to a new message says.
    ///
    /// A fault of Twilio's own (5xx) does not tell whether it took the message. It may be tried again all the same: the
    /// policy looks the message up before any further attempt, and that look is what makes it safe.
    pub(super) fn sending(&self) -> Sending {
        match self.status {
            200..=299 => self.taken(),
            400..=499 => self.refused(),
            500..=599 => later(
                "twilio_fault",
                format!("Twilio has trouble of its own ({}): it is tried again", self.status),
                None,
                false,
            ),
            _ => {
                let words = format!(
                    "what answers at twilio.api_base is not Twilio (status {}): check the address",
                    self.status
                );
                tracing::error!(alarm = "twilio", status = self.status, "{words}");
                later("no_twilio", words, None, true)
            }
        }
    }

    /// What became of the message with this link's token, begun at `since`, by the answer to a question for the latest ones to
    /// its number. Of several copies the one that is best off counts.
    pub(super) fn look(&self, token: &str, since: Timestamp) -> Look {
        let page = (self.status == 200)
            .then(|| self.body.as_deref().and_then(|body| serde_json::from_slice::<Page>(body).ok()));
        let Some(Some(page)) = page else { return Look::NoAnswer };
        let ours = page.messages.iter().filter(|kept| kept.carries(token) && kept.is_after(since.minus(SKEW)));
        ours.filter_map(Kept::sending).min_by_key(rank).map_or(Look::Absent, Look::Found)
    }

    fn taken(&self) -> Sending {
        let kept = self.body.as_deref().and_then(|body| serde_json::from_slice::<Kept>(body).ok());
        kept.as_ref().and_then(Kept::sending).unwrap_or(Sending::Unknown)
    }

    fn refused(&self) -> Sending {
        let body = self.body.as_deref().unwrap_or_default();
        let code = serde_json::from_slice::<Refusal>(body).unwrap_or_default().code;
        let wish = self.retry_after.map(|secs| Lifetime::from_secs(secs.min(LONGEST_WAIT)));
        let code = match (self.status, code) {
            (401, code) => return account(code.unwrap_or(20_003)),
            // A reason that is about the message comes with this status too.
            (403, code) if code.is_none_or(|code| !codes::is_known(code)) => return account(code.unwrap_or(20_003)),
            (404, code) => return account(code.unwrap_or(20_404)),
            (429, code) => code.unwrap_or(20_429),
            (408, None) => {
                return later("timeout", "Twilio waited too long for us: it is tried again".to_owned(), wish, false);
            }
            (status, None) => {
                return Sending::Failed {
                    code: format!("http_{status}"),
                    words: format!(
                        "Twilio refused it with status {status} and no reason: send by e-mail, and tell the operator"
                    ),
                };
            }
            (_, Some(code)) => code,
        };
        let (whose, words) = codes::meaning(code);
        match whose {
            Whose::Account => account(code),
            Whose::Later => later(&code.to_string(), words, wish, true),
            _ if self.status == 429 => later(&code.to_string(), words, wish, true),
            Whose::Message | Whose::Operator | Whose::OptedOut => codes::failed(Some(code)),
        }
    }
}

/// Nothing can be sent until somebody puts the account or its credentials right.
fn account(code: u32) -> Sending {
    let (whose, words) = codes::meaning(code);
    let words = if whose == Whose::Account { words } else { codes::meaning(20_003).1 };
    codes::alarm(code, &words);
    later(&code.to_string(), words, None, true)
}

pub(super) fn later(code: &str, words: String, retry_after: Option<Lifetime>, whole_channel: bool) -> Sending {
    Sending::NotNow(NotNow { code: code.to_owned(), words, retry_after, whole_channel })
}

impl Kept {
    /// How the message stands; `None` for one without an id. A status that nobody knows yet means that Twilio has it.
    fn sending(&self) -> Option<Sending> {
        let provider_id = self.sid.clone().filter(|sid| !sid.is_empty())?;
        Some(state(self.status.as_deref().unwrap_or_default(), self.error_code(), provider_id))
    }

    fn error_code(&self) -> Option<u32> {
        let number = self.error_code.as_u64().and_then(|code| u32::try_from(code).ok());
        number.or_else(|| self.error_code.as_str()?.parse().ok())
    }

    /// Whether it holds this token and not merely one that begins or ends alike.
    fn carries(&self, token: &str) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let body = self.body.as_deref().unwrap_or_default();
        let whole = |at: usize| {
            let (before, rest) = body.split_at_checked(at).unwrap_or_default();
            !before.ends_with(is_part) && !rest.get(token.len()..).unwrap_or_default().starts_with(is_part)
        };
        !token.is_empty() && body.match_indices(token).any(|(at, _)| whole(at))
    }

    /// Whether it was made after `since`; a time that can't be read excludes nothing, since a second copy is worse.
    fn is_after(&self, since: Timestamp) -> bool {
        let made = self.date_created.as_deref().and_then(|made| DateTime::parse_from_rfc2822(made).ok());
        made.is_none_or(|made| Timestamp::from(made.to_utc()) >= since)
    }
}

/// What one of Twilio's statuses says of a message.
pub(crate) fn state(status: &str, error_code: Option<u32>, provider_id: String) -> Sending {
    match status {
        "delivered" | "read" | "partially_delivered" => Sending::Delivered,
        "undelivered" | "failed" => codes::failed(error_code),
        "canceled" => Sending::Failed {
            code: "canceled".to_owned(),
            words: "somebody cancelled it at Twilio: send again".to_owned(),
        },
        _ => Sending::Sent { provider_id },
    }
}

fn rank(sending: &Sending) -> u8 {
    match sending {
        Sending::Delivered => 0,
        Sending::Sent { .. } => 1,
        Sending::Failed { .. } | Sending::OptedOut { .. } | Sending::Unknown | Sending::NotNow(_) => 2,
    }
}
