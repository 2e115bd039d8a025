//! Making a link, and asking beforehand whether that would work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::Act;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Caller, Failure, Issued};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{LinkRequest, of_contact, whom};
use super::view::{LinkView, discreet, status};
use crate::Web;
use crate::api::body::Body;
use crate::api::codes;
use crate::api::identity::Identity;
use crate::api::once::Key;
use crate::api::problem::{Problem, detail};

/// What would stop a link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkCheck, example = json!({"ok": false, "problems": [{
    "code": "contact_not_in_portal", "detail": "the contact is not in the portal: grant a course or group first",
    "remedy": "grant a course or group, in the same call with grants if you like"
}]}))]
pub(crate) struct Verdict {
    /// Nothing would stop it.
    ok: bool,
    /// What would.
    problems: Vec<Obstacle>,
}

/// One thing that would stop a link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkProblem)]
pub(crate) struct Obstacle {
    /// The stable word for programs, the one that POST /links would answer with.
    code: &'static str,
    /// What is wrong.
    detail: String,
    /// What to do about it.
    remedy: &'static str,
}

impl From<&Rejection> for Obstacle {
    fn from(rejection: &Rejection) -> Self {
        let code = rejection.code();
        Self { code, detail: detail(rejection), remedy: codes::find(code).map_or("", |code| code.remedy) }
    }
}

/// Make a magic link
///
/// Grants come first, then the link with its deliveries, all in one act: a retry under the same key completes what was
/// interrupted. The answer alone holds URL and code; keep them secret.
#[utoipa::path(
    post, path = "/links", tag = "Links", operation_id = "issue_link",
    params(("confirm" = Option<bool>, Query, description = "Says yes to what needs a confirmation: an agent's link that lives longer than 7 days")),
    request_body = LinkRequest,
    responses((status = 201, description = "The link", body = LinkView)),
    extensions(("x-errors" = json!([
        "forbidden", "confirmation_required", "contact_not_found", "offering_not_found", "contact_ambiguous",
        "contact_not_in_portal", "destination_not_granted", "too_many_live_links", "sms_opted_out",
        "offering_archived", "channel_not_configured", "contact_erased", "expires_in_too_long", "no_phone", "no_email",
        "country_not_allowed", "number_costs_extra", "reason_required", "issuing_stopped"
    ]))),
)]
pub(crate) async fn issue(
    State(web): State<Web>, identity: Identity, key: Key, Body(body): Body<LinkRequest>,
) -> Result<(StatusCode, Json<LinkView>), Problem> {
    let wanted = body.wanted()?;
    identity.may(&web, Act::ManageLinks)?;
    let caller = key.caller(&web, &identity, &body)?;
    let contact = whom(&web, &caller, &body.contact).await.map_err(of_contact)?;
    let request = wanted.of(contact);
    let lifetime = request.lifetime.unwrap_or(web.use_cases.policy().default_lifetime);
    let done = web.use_cases.issue_link(&caller, request).await.map_err(of_contact)?;
    let issued = done.value;
    let view = if done.position.is_some() {
        // Made just now: nothing need be read again.
        let issued_at = issued.link.expires_at.micros().saturating_sub(lifetime.micros());
        LinkView::new(issued.id, &issued.link, Timestamp::from_micros(issued_at), LinkStatus::Live)?
    } else {
        made_before(&web, &caller, &issued).await?
    };
    let (url, code) = (issued.url.map(|url| url.0), issued.code.map(|code| code.0));
    Ok((StatusCode::CREATED, Json(LinkView { url, code, ..view })))
}

async fn made_before(web: &Web, caller: &Caller, issued: &Issued) -> Result<LinkView, Problem> {
    let timeline = web.use_cases.link_timeline(caller, issued.id).await?;
    let issued_at = timeline.first().map(|entry| entry.meta.at).unwrap_or_default();
    let view = LinkView::new(issued.id, &issued.link, issued_at, status(web, issued.id).await?)?;
    Ok(discreet(web, caller, view).await?)
}

/// Will it work?
///
/// Takes the body of `POST /links`, names everything that would stop it, and makes nothing.
#[utoipa::path(
    post, path = "/links/check", tag = "Links", operation_id = "check_link",
    params(("confirm" = Option<bool>, Query, description = "Says yes to what needs a confirmation")),
    request_body = LinkRequest,
    responses((status = 200, description = "What would stop it", body = Verdict)),
    extensions(("x-errors" = json!(["forbidden"]))),
)]
pub(crate) async fn check(
    State(web): State<Web>, identity: Identity, _key: Key, Body(body): Body<LinkRequest>,
) -> Result<Json<Verdict>, Problem> {
    let wanted = body.wanted()?;
    identity.may(&web, Act::ManageLinks)?;
    let caller = identity.caller(&web);
    let found = match whom(&web, &caller, &body.contact).await {
        Ok(contact) => web.use_cases.check_link(&caller, &wanted.of(contact)).await,
        Err(failure) => Err(failure),
    };
    let problems = match found {
        Ok(problems) => problems,
        Err(Failure::Rejected(rejection)) => vec![rejection],
        Err(failure) => return Err(failure.into()),
    };
    Ok(Json(Verdict { ok: problems.is_empty(), problems: problems.iter().map(Obstacle::from).collect() }))
}
