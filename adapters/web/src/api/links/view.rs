//! A link, as answers show one.

use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::{Link, LinkStatus, LinkSubject, Refusal};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Caller, Door, Failure};
use serde::Serialize;
use utoipa::ToSchema;

use super::delivery::{DeliveryView, NextView};
use super::timeline::TimelineItem;
use crate::Web;
use crate::api::fields::{Time, text};

/// A one-click sign-in for one contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Link, example = json!({
    "id": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0",
    "url": "https://portal.example.com/m/AQ2cP16KG4wts-T1prfI2eBq0YzKd1mS6n9f3o2Z",
    "code": "7K3M-Q9TZ", "contact_id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "destination": "home",
    "issued_at": "2026-05-01T15:00:00Z", "expires_at": "2026-05-02T15:00:00Z", "max_uses": 1, "uses": 0,
    "state": "live", "deliveries": [{"id": "5b1e6c2d-0f3a-8b4c-9d5e-6f7a8b9c0d1e", "channel": "email",
        "to": "ana@example.com", "state": "queued", "attempts": 0}]
}))]
pub(crate) struct LinkView {
    /// Its id.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    pub(crate) id: LinkId,
    /// What to hand over; in the answer to POST alone, while the link is live. Whoever has it can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(crate) url: Option<String>,
    /// The same secret to be typed; in the answer to POST alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(crate) code: Option<String>,
    /// Whom it signs in.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    pub(crate) contact_id: ContactId,
    /// `home` or an offering's slug.
    pub(crate) destination: String,
    /// When it was made.
    pub(crate) issued_at: Time,
    /// Refused from this instant on.
    pub(crate) expires_at: Time,
    /// How often it can be used.
    pub(crate) max_uses: u8,
    /// How often it was.
    pub(crate) uses: u8,
    /// Whether it works.
    pub(crate) state: State,
    /// Its sendings; oldest first where one link is asked for.
    pub(crate) deliveries: Vec<DeliveryView>,
    /// What to do next; where one link is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NextView, required = false)]
    pub(crate) next_action: Option<NextView>,
    /// What happened to it, oldest first; where one link is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<TimelineItem>, required = false)]
    pub(crate) timeline: Option<Vec<TimelineItem>>,
}

/// Whether a link works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LinkState)]
pub(crate) enum State {
    /// Can be used.
    Live,
    /// Every use is spent.
    Used,
    /// Its time is over.
    Expired,
    /// Revoked, replaced, or overtaken by a change of the contact.
    Revoked,
}

impl From<LinkStatus> for State {
    fn from(status: LinkStatus) -> Self {
        match status {
            LinkStatus::Live => Self::Live,
            LinkStatus::Used => Self::Used,
            LinkStatus::Expired => Self::Expired,
            LinkStatus::Revoked => Self::Revoked,
        }
    }
}

impl LinkView {
    /// A contact's link, without its secrets. Links of staff are none of the API's.
    pub(super) fn new(id: LinkId, link: &Link, issued_at: Timestamp, state: LinkStatus) -> Result<Self, Rejection> {
        Ok(Self {
            id,
            url: None,
            code: None,
            contact_id: contact(link)?,
            destination: link.destination.as_str().to_owned(),
            issued_at: Time(issued_at),
            expires_at: Time(link.expires_at),
            max_uses: link.max_uses,
            uses: u8::try_from(link.uses.len()).unwrap_or(u8::MAX),
            state: state.into(),
            deliveries: link.deliveries.iter().map(|(id, delivery)| DeliveryView::new(*id, delivery)).collect(),
            next_action: None,
            timeline: None,
        })
    }
}

/// The same without addresses, where the contact is erased: a link known from before may still hold them.
pub(super) async fn discreet(web: &Web, caller: &Caller, mut view: LinkView) -> Result<LinkView, Failure> {
    if web.use_cases.contact_state(caller, view.contact_id).await?.present().is_none() {
        view.deliveries.iter_mut().for_each(|delivery| delivery.to = None);
    }
    Ok(view)
}

/// Whose link it is.
///
/// # Errors
/// `not_found` for a link of staff.
pub(super) fn contact(link: &Link) -> Result<ContactId, Rejection> {
    match link.subject {
        LinkSubject::Contact { contact, .. } => Ok(contact),
        LinkSubject::Staff(_) => Err(Rejection::LinkNotFound),
    }
}

/// Whether the link works, its contact's admission number counted in.
pub(super) async fn status(web: &Web, id: LinkId) -> Result<LinkStatus, Failure> {
    let now = web.use_cases.ports().clock.now();
    Ok(match web.use_cases.door(id, None).await? {
        Door::Ready(link) | Door::Again(link) | Door::Stopped(link) => link.status(now),
        Door::Refused { link, why } => match why {
            Refusal::Revoked | Refusal::Replaced | Refusal::SubjectGone => LinkStatus::Revoked,
            Refusal::Expired | Refusal::Used | Refusal::AccessEnded | Refusal::OtherBrowser | Refusal::Test => {
                link.status(now)
            }
        },
    })
}
