//! What a caller asks of a link to be made.

use magiclink_domain::id::ContactId;
use magiclink_domain::link::{Channel, Destination};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure, IssueRequest};
use magiclink_domain::value::{Reason, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Web;
use crate::api::fields::{lifetime, optional};
use crate::api::list::caught_up;
use crate::api::problem::Problem;

/// A magic link to be made, or only checked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "contact": "ana@example.com", "destination": "founders-circle", "expires_in": "24h", "deliver": ["email"],
    "grants": ["founders-circle"], "reason": "asked on the phone"
}))]
pub(crate) struct LinkRequest {
    /// For whom: id, external id, e-mail address or phone number.
    pub(super) contact: String,
    /// `home` (the default) or an offering's slug.
    #[schema(default = "home")]
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    /// How long it lives: a number and s, m, h or d; at least 1s. The default is a setting, 24h unless changed.
    #[schema(pattern = "^([0-9]+[smhd]|now|day|welcome)$", examples("24h", "7d"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    /// How often it can be used.
    #[schema(minimum = 1, maximum = 10, default = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_uses: Option<u8>,
    /// Over which channels it is sent at once.
    #[schema(value_type = Option<Vec<ChannelName>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    deliver: Option<Vec<ChannelName>>,
    /// Slugs of offerings to be granted in the same act, before the link is made; at most 50.
    #[schema(max_items = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Vec<String>>,
    /// Why, in your own words, at most 500 characters.
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether the answer holds URL and code.
    #[schema(default = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reveal: Option<bool>,
}

/// How a link travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Channel)]
pub(crate) enum ChannelName {
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

impl From<ChannelName> for Channel {
    fn from(name: ChannelName) -> Self {
        match name {
            ChannelName::Sms => Self::Sms,
            ChannelName::Email => Self::Email,
        }
    }
}

impl From<Channel> for ChannelName {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Email => Self::Email,
        }
    }
}

/// Grants in one call; an append has room for 64 events.
const MOST_GRANTS: usize = 50;

/// What is asked for, but for whom.
pub(super) struct Wanted {
    request: IssueRequest,
}

impl LinkRequest {
    /// Reads every field but `contact`.
    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        let grants = self.grants.as_deref().unwrap_or_default();
        if grants.len() > MOST_GRANTS {
            return Err(Problem::field("grants", "at most 50 offerings can be granted in one call"));
        }
        let grants = grants.iter().map(|slug| Slug::parse(slug)).collect::<Result<_, _>>();
        let request = IssueRequest {
            contact: ContactId::from_uuid(uuid::Uuid::nil()),
            destination: destination(self.destination.as_deref())?,
            lifetime: optional(self.expires_in.as_ref(), lifetime)?,
            max_uses: self.max_uses,
            deliver: self.deliver.iter().flatten().map(|channel| Channel::from(*channel)).collect(),
            grants: grants.map_err(|invalid| Problem::field("grants", invalid.reason))?,
            reason: optional(self.reason.as_ref(), Reason::parse)?.flatten(),
            reveal: self.reveal.unwrap_or(true),
        };
        Ok(Wanted { request })
    }
}

impl Wanted {
    /// What is asked for this contact.
    pub(super) fn of(self, contact: ContactId) -> IssueRequest {
        IssueRequest { contact, ..self.request }
    }
}

fn destination(text: Option<&str>) -> Result<Destination, Problem> {
    match text {
        None | Some("home") => Ok(Destination::Home),
        Some(slug) => Slug::parse(slug)
            .map(Destination::Offering)
            .map_err(|_| Problem::field("destination", "a destination is home or the slug of an offering")),
    }
}

/// The contact that `text` means.
///
/// # Errors
/// `contact_not_found`, `contact_ambiguous`, `contact_erased`.
pub(crate) async fn whom(web: &Web, caller: &Caller, text: &str) -> Result<ContactId, Failure> {
    // Addresses are found in the read models, which may be a moment behind; ids and external ids are not.
    if text.contains(['@', '+']) {
        caught_up(web).await?;
    }
    web.use_cases.find_contact(caller, text).await
}

/// The contact whose items are to be listed; of an erased one the history stays.
pub(crate) async fn about(web: &Web, caller: &Caller, text: Option<&String>) -> Result<Option<ContactId>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let found = match text.parse::<ContactId>() {
        Ok(contact) => Ok(contact),
        Err(_) => whom(web, caller, text).await,
    };
    found.map(Some).map_err(of_contact)
}

/// A failure to find the contact, named as the field's.
pub(crate) fn of_contact(failure: Failure) -> Problem {
    let names_contact = matches!(
        failure.rejection(),
        Some(Rejection::ContactNotFound | Rejection::ContactAmbiguous(_) | Rejection::ContactErased)
    );
    let problem = Problem::from(failure);
    if names_contact { problem.at("contact") } else { problem }
}
