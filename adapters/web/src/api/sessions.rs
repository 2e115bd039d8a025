//! Calls about signed-in browsers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, SessionId};
use magiclink_domain::link::LinkSubject;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_projections as projections;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::address::At;
use super::fields::{Time, text};
use super::identity::Identity;
use super::links::about;
use super::list::{Asked, Listing, Two, caught_up};
use super::problem::Problem;
use super::query::Params;
use crate::Web;

/// Whose sessions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionsParams {
    /// Of this contact: id, external id, e-mail address or phone number.
    #[param(value_type = String, required = true)]
    contact: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer to the same query.
    after: Option<String>,
}

/// A signed-in browser.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session, example = json!({
    "id": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0.1", "contact_id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d",
    "link_id": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0", "method": "link", "started_at": "2026-05-01T15:04:05Z",
    "last_seen_at": "2026-05-01T15:04:05Z", "expires_at": "2026-05-31T15:04:05Z", "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0"
}))]
pub(crate) struct SessionView {
    /// Its id: the link's and which of its uses it was.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String)]
    id: SessionId,
    /// Who is signed in.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    contact_id: ContactId,
    /// The link that let them in.
    #[schema(format = Uuid)]
    link_id: String,
    /// `link` (the button) or `code` (typed).
    #[schema(pattern = "^(link|code)$")]
    method: &'static str,
    /// When it began.
    started_at: Time,
    /// When it was last used; noted at most once a day.
    last_seen_at: Time,
    /// When it ends at the latest.
    expires_at: Time,
    /// Where it began.
    #[schema(required = true)]
    ip: Option<String>,
    /// The browser's own words.
    #[schema(required = true)]
    user_agent: Option<String>,
}

/// List a contact's open sessions
///
/// Newest first.
#[utoipa::path(
    get, path = "/sessions", tag = "Sessions", operation_id = "list_sessions",
    params(SessionsParams),
    responses((status = 200, description = "The sessions", body = Listing<SessionView>)),
    extensions(("x-errors" = json!([
        "invalid_field", "unknown_field", "contact_not_found", "contact_ambiguous", "contact_erased"
    ]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<SessionsParams>,
) -> Result<Json<Listing<SessionView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let contact = about(&web, &identity.caller(&web), params.contact.as_ref()).await?;
    let contact = contact.ok_or_else(|| Problem::field("contact", "name the contact whose sessions you want"))?;
    let list = format!("sessions {contact}");
    let asked = Asked::read(&web, list, params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    let mut open = identity.lists(&web, Act::Read)?.sessions(contact).await?;
    // Newest first; a contact has few, so they are cut here.
    let key = |view: &projections::SessionView| Two(view.since.micros(), view.id);
    open.sort_by_key(|view| std::cmp::Reverse(key(view)));
    open.retain(|view| asked.after.is_none_or(|after| key(view) < after));
    let next = asked.cut(&mut open, key);
    Ok(Json(asked.listing(open.into_iter().filter_map(shown).collect(), next)))
}

fn shown(view: projections::SessionView) -> Option<SessionView> {
    let client = match view.client {
        Personal::Known(client) => Some(client),
        Personal::Erased => None,
    };
    Some(SessionView {
        id: view.id,
        contact_id: view.subject.contact()?,
        link_id: view.id.link.to_string(),
        method: view.method.as_str(),
        started_at: Time(view.since),
        last_seen_at: Time(view.last_seen),
        expires_at: Time(view.expires_at),
        ip: client.as_ref().and_then(|client| client.ip).map(|ip| ip.to_string()),
        user_agent: client.map(|client| client.user_agent),
    })
}

/// End a session
///
/// The browser is signed out at its next request. Idempotent.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "Sessions", operation_id = "end_session",
    params(("id" = String, Path, description = "The session")),
    responses((status = 204, description = "Ended")),
    extensions(("x-errors" = json!(["forbidden", "not_found", "contact_erased"]))),
)]
pub(crate) async fn end(
    State(web): State<Web>, identity: Identity, At(session): At<SessionId>,
) -> Result<StatusCode, Problem> {
    identity.may(&web, Act::EndSessions)?;
    let caller = identity.caller(&web);
    let link = web.use_cases.link(&caller, session.link).await?;
    // Sessions of staff are none of the API's.
    if let LinkSubject::Staff(_) = link.subject {
        return Err(Rejection::SessionNotFound.into());
    }
    web.use_cases.end_session(&caller, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
