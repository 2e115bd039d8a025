//! What Twilio calls us with: reports on what we sent, and text messages that came in.
//!
//! Apart from the client because nothing here makes a call; apart from the web interface because everything here is
//! Twilio's way of saying things.

use askama::Template;
use data_encoding::BASE64;
use magiclink_domain::number::Keyword;
use magiclink_domain::ports::{HookRequest, IncomingSms, Report, SmsHooks};
use subtle::{Choice, ConstantTimeEq};
use url::Url;

use super::answer::state;
use super::signature::{SignatureKind, digest};
use super::{AuthToken, TwilioConfig};

/// Twilio's hooks, checked against the address that this deployment is configured to have.
pub struct TwilioHooks {
    /// The ways in which Twilio may have written the address: as configured, without port, with the default port.
    bases: Vec<String>,
    kind: SignatureKind,
    /// More than one while it is being rotated.
    secrets: Vec<AuthToken>,
}

impl TwilioHooks {
    /// Hooks of this account, signed by its auth token (or the previous one), or by `shared_key` alone where there is one;
    /// `None` where nothing could be believed.
    #[must_use]
    pub fn new(config: &TwilioConfig, shared_key: Option<AuthToken>) -> Option<Self> {
        let (kind, secrets) = match shared_key {
            Some(key) => (SignatureKind::Sha256, vec![key]),
            None => (SignatureKind::Sha1, config.auth_tokens.clone()),
        };
        (!secrets.is_empty()).then(|| Self { bases: spellings(&config.base_url), kind, secrets })
    }
}

/// The spellings of a base URL that Twilio signs, as its own libraries try them.
fn spellings(base: &str) -> Vec<String> {
    let mut spellings = vec![base.to_owned()];
    if let Ok(url) = Url::parse(base)
        && let Some(host) = url.host_str()
    {
        let scheme = url.scheme();
        spellings.push(format!("{scheme}://{host}"));
        if let Some(port) = url.port_or_known_default() {
            spellings.push(format!("{scheme}://{host}:{port}"));
        }
    }
    spellings
}

impl SmsHooks for TwilioHooks {
    fn is_genuine(&self, request: &HookRequest<'_>) -> bool {
        let Ok(theirs) = BASE64.decode(request.signature.as_bytes()) else { return false };
        let mut genuine = Choice::from(0);
        // Every spelling and secret is compared, whether one matched or not.
        for secret in &self.secrets {
            for base in &self.bases {
                let url = format!("{base}{}", request.path_and_query);
                genuine |= digest(self.kind, secret, &url, request.fields).ct_eq(&theirs);
            }
        }
        genuine.into()
    }

    fn report(&self, request: &HookRequest<'_>) -> Option<Report> {
        let (_, query) = request.path_and_query.split_once('?')?;
        let named = |wanted: &str| url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
        let (link, delivery) = (named("link")?.1.parse().ok()?, named("delivery")?.1.parse().ok()?);
        let status = field(request, "MessageStatus").filter(|status| STATUSES.contains(status))?;
        let provider_id = field(request, "MessageSid").filter(|sid| !sid.is_empty())?.to_owned();
        let code = field(request, "ErrorCode").and_then(|code| code.parse().ok());
        Some(Report { link, delivery, outcome: state(status, code, provider_id) })
    }

    fn incoming(&self, request: &HookRequest<'_>) -> Option<IncomingSms> {
        let filled = |name| field(request, name).filter(|value| !value.is_empty());
        let understood = match filled("OptOutType") {
            Some("STOP") => Some(Keyword::Stop),
            Some("START") => Some(Keyword::Start),
            Some("HELP") => Some(Keyword::Help),
            Some(_) | None => None,
        };
        Some(IncomingSms {
            id: filled("MessageSid")?.to_owned(),
            from: filled("From")?.to_owned(),
            // A picture comes without words.
            text: field(request, "Body").unwrap_or_default().to_owned(),
            understood,
        })
    }

    fn reply(&self, words: Option<&str>) -> String {
        let words = words.map(|words| words.chars().filter(|c| !c.is_control()).collect());
        Twiml { words }.render().unwrap_or_else(|_| NOTHING.to_owned())
    }
}

/// What Twilio says of a message that is on its way out; what it may say one day is news to nobody.
const STATUSES: [&str; 11] = [
    "accepted",
    "scheduled",
    "queued",
    "sending",
    "sent",
    "delivered",
    "read",
    "partially_delivered",
    "undelivered",
    "failed",
    "canceled",
];

/// The field's first value.
fn field<'a>(request: &HookRequest<'a>, name: &str) -> Option<&'a str> {
    request.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

const NOTHING: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

/// The answer to an incoming message; the template engine escapes (attack: `</Message><Redirect>` in a message).
#[derive(Template)]
#[template(
    ext = "xml",
    source = r#"<?xml version="1.0" encoding="UTF-8"?><Response{% match words %}{% when Some with (words) %}><Message>{{ words }}</Message></Response>{% when None %}/>{% endmatch %}"#
)]
struct Twiml {
    words: Option<String>,
}

#[cfg(test)]
mod tests;
