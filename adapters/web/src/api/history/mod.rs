//! The login history: who let whom in, when, how and why.

pub(super) mod csv;

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, StaffId};
use magiclink_domain::log::Position;
use magiclink_domain::personal::Personal;
use magiclink_domain::usecases::Caller;
use magiclink_projections as projections;
use projections::{HistoryFilter, HistoryKind, SubjectView};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::fields::{Time, optional, time};
use super::identity::Identity;
use super::links::about;
use super::list::{Asked, Listing, caught_up};
use super::problem::Problem;
use super::query::Params;
use crate::Web;

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryParams {
    /// About this contact: id (an erased one's too), external id, e-mail address or phone number.
    contact: Option<String>,
    /// Not before this instant, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-05-01T00:00:00Z")]
    since: Option<String>,
    /// Before this instant, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-06-01T00:00:00Z")]
    until: Option<String>,
    /// Of this kind.
    #[param(example = "redeemed")]
    kind: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer to the same query.
    after: Option<String>,
}

/// One line of the login history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-05-01T15:04:05Z", "kind": "redeemed", "contact_id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d",
    "staff_id": null, "link_id": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0",
    "session": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0.1", "actor": "contact:6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d",
    "origin": "self-service", "detail": {"method": "link", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0"}
}))]
pub(crate) struct HistoryItem {
    /// When.
    at: Time,
    /// What: `issued`, `revealed`, `delivery_requested`, `sent`, `failed`, `maybe_sent`, `cancelled`, `opened`,
    /// `redeemed`, `refused`, `session_ended`, `revoked`, `admissions_renewed`, `notice_sent`, `notice_maybe_sent`,
    /// `notice_not_sent` (to an address that was changed or removed), `previewed`, `erasure_requested` or `erased`.
    kind: &'static str,
    /// Which contact it is about.
    #[schema(required = true, format = Uuid)]
    contact_id: Option<String>,
    /// Which staff member it is about, where it is none about a contact.
    #[schema(required = true, format = Uuid)]
    staff_id: Option<String>,
    /// Of which link.
    #[schema(required = true, format = Uuid)]
    link_id: Option<String>,
    /// Of which session.
    #[schema(required = true)]
    session: Option<String>,
    /// Who acted, such as `token:<id>`, `staff:<id>`, `contact:<id>` or `system`.
    actor: String,
    /// Through which door.
    origin: &'static str,
    /// How and why.
    #[schema(value_type = Object)]
    detail: Value,
}

impl From<projections::HistoryItem> for HistoryItem {
    fn from(item: projections::HistoryItem) -> Self {
        let (contact, staff): (Option<ContactId>, Option<StaffId>) = match item.subject {
            Some(SubjectView::Contact(contact)) => (Some(contact), None),
            Some(SubjectView::Staff(staff)) => (None, Some(staff)),
            None => (None, None),
        };
        let mut detail = item.detail;
        let mut add = |name: &str, value: Value| {
            if let (Some(detail), false) = (detail.as_object_mut(), value.is_null()) {
                detail.insert(name.to_owned(), value);
            }
        };
        add("delivery", json!(item.delivery.map(|id| id.to_string())));
        add("channel", json!(item.channel.map(magiclink_domain::link::Channel::as_str)));
        if let Some(Personal::Known(client)) = &item.client {
            add("ip", json!(client.ip.map(|ip| ip.to_string())));
            add("user_agent", json!(client.user_agent));
        }
        if let Some(Personal::Known(reason)) = &item.reason {
            add("reason", json!(reason.as_str()));
        }
        if let Some(Personal::Known(to)) = &item.to {
            add("to", json!(to));
        }
        Self {
            at: Time(item.at),
            kind: item.kind.as_str(),
            contact_id: contact.map(|id| id.to_string()),
            staff_id: staff.map(|id| id.to_string()),
            link_id: item.link.map(|id| id.to_string()),
            session: item.session.map(|id| id.to_string()),
            actor: item.actor.to_string(),
            origin: item.origin.as_str(),
            detail,
        }
    }
}

/// List the login history
///
/// Newest first.
#[utoipa::path(
    get, path = "/history", tag = "History", operation_id = "list_history",
    params(HistoryParams),
    responses((status = 200, description = "The lines", body = Listing<HistoryItem>)),
    extensions(("x-errors" = json!([
        "invalid_field", "unknown_field", "contact_not_found", "contact_ambiguous", "contact_erased"
    ]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<HistoryParams>,
) -> Result<Json<Listing<HistoryItem>>, Problem> {
    identity.may(&web, Act::Read)?;
    let filter = filter(&web, &identity.caller(&web), &params).await?;
    let list = format!("history {filter:?}");
    let asked = Asked::<u64>::read(&web, list, params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    let page = identity.lists(&web, Act::Read)?.history(&filter, asked.after.map(Position::new), asked.limit).await?;
    let items = page.items.into_iter().map(HistoryItem::from).collect();
    Ok(Json(asked.listing(items, page.next.map(Position::get))))
}

async fn filter(web: &Web, caller: &Caller, params: &HistoryParams) -> Result<HistoryFilter, Problem> {
    let kind = optional(params.kind.as_ref(), |word| {
        word.parse::<HistoryKind>().map_err(|_| Problem::field("kind", "see the document for the kinds there are"))
    })?;
    let since = optional(params.since.as_ref(), |text| time("since", text))?;
    let until = optional(params.until.as_ref(), |text| time("until", text))?;
    let contact = about(web, caller, params.contact.as_ref()).await?;
    Ok(HistoryFilter { subject: contact.map(Into::into), since, until, kind })
}
