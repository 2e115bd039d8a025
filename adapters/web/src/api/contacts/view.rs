//! A contact, as answers show one.

use magiclink_domain::id::ContactId;
use magiclink_domain::usecases::{ContactCard, PortalOffering};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::fields::{Time, text};
use crate::api::offerings::Kind;

/// A person the business serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact, example = json!({
    "id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "name": "Ana Lima", "email": "ana@example.com",
    "phone": "+14155550100", "external_id": "crm-000001", "locale": "pt-BR", "in_portal": true, "sms_opted_out": false,
    "grants": [{"offering": "founders-circle", "kind": "group", "title": "Founders' circle",
        "since": "2026-05-01T15:00:00Z", "until": null}],
    "created_at": "2026-05-01T14:00:00Z"
}))]
pub(crate) struct ContactView {
    /// Their id.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    pub(crate) id: ContactId,
    /// What to call them.
    pub(crate) name: String,
    /// Where e-mail reaches them.
    #[schema(required = true)]
    pub(crate) email: Option<String>,
    /// Where text messages reach them, E.164.
    #[schema(required = true)]
    pub(crate) phone: Option<String>,
    /// Their id in your CRM.
    #[schema(required = true)]
    pub(crate) external_id: Option<String>,
    /// The language of messages and pages.
    #[schema(required = true)]
    pub(crate) locale: Option<String>,
    /// They have at least one live grant.
    pub(crate) in_portal: bool,
    /// Their phone number opted out of text messages.
    pub(crate) sms_opted_out: bool,
    /// What they may see at the moment, courses first.
    pub(crate) grants: Vec<GrantView>,
    /// When they were added.
    pub(crate) created_at: Time,
}

/// A contact's access to one offering.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub(crate) struct GrantView {
    /// The offering's slug.
    pub(crate) offering: String,
    /// What sort of thing it is.
    pub(crate) kind: Kind,
    /// What it is called.
    pub(crate) title: String,
    /// Granted since.
    pub(crate) since: Time,
    /// Not from this instant on; null = for good.
    #[schema(required = true)]
    pub(crate) until: Option<Time>,
}

impl From<ContactCard> for ContactView {
    fn from(card: ContactCard) -> Self {
        let details = card.details;
        Self {
            id: card.id,
            name: details.name.to_string(),
            email: details.email.map(|email| email.to_string()),
            phone: details.phone.map(|phone| phone.to_string()),
            external_id: details.external_id.map(|id| id.to_string()),
            locale: details.locale.map(|locale| locale.to_string()),
            in_portal: card.in_portal,
            sms_opted_out: card.sms_opted_out,
            grants: card.grants.into_iter().map(GrantView::from).collect(),
            created_at: Time(card.created_at),
        }
    }
}

impl From<PortalOffering> for GrantView {
    fn from(card: PortalOffering) -> Self {
        Self {
            offering: card.slug.to_string(),
            kind: card.offering.kind.into(),
            title: card.offering.title.to_string(),
            since: Time(card.since),
            until: card.until.map(Time),
        }
    }
}
