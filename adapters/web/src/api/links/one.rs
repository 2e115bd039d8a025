//! One link: its state and timeline, and making it unusable.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::id::LinkId;
use magiclink_domain::usecases::Caller;
use magiclink_domain::value::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::delivery::{DeliveryView, NextView};
use super::timeline::TimelineItem;
use super::view::{LinkView, contact, discreet};
use crate::Web;
use crate::api::address::At;
use crate::api::body::MaybeBody;
use crate::api::fields::optional;
use crate::api::identity::Identity;
use crate::api::once::Key;
use crate::api::problem::Problem;

/// Why a link is revoked.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "sent to the wrong address"}))]
pub(crate) struct Revocation {
    /// In your own words, at most 500 characters.
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Get a link
///
/// With everything that happened to it. URL and code are in the answer to POST alone.
#[utoipa::path(
    get, path = "/links/{id}", tag = "Links", operation_id = "get_link",
    params(("id" = String, Path, description = "The link", format = Uuid)),
    responses((status = 200, description = "The link with its timeline", body = LinkView)),
    extensions(("x-errors" = json!(["not_found"]))),
)]
pub(crate) async fn get_one(
    State(web): State<Web>, identity: Identity, At(link): At<LinkId>,
) -> Result<Json<LinkView>, Problem> {
    view(&web, &identity.caller(&web), link).await.map(Json)
}

/// Revoke a link
///
/// It can't be used from this moment on; sessions it began stay. Idempotent.
#[utoipa::path(
    post, path = "/links/{id}/revoke", tag = "Links", operation_id = "revoke_link",
    params(("id" = String, Path, description = "The link", format = Uuid)),
    request_body(content = Revocation, description = "May be left out"),
    responses((status = 200, description = "The link", body = LinkView)),
    extensions(("x-errors" = json!(["forbidden", "not_found", "contact_erased"]))),
)]
pub(crate) async fn revoke(
    State(web): State<Web>, identity: Identity, key: Key, At(link): At<LinkId>, MaybeBody(body): MaybeBody<Revocation>,
) -> Result<Json<LinkView>, Problem> {
    let reason = optional(body.reason.as_ref(), Reason::parse)?.flatten();
    identity.may(&web, Act::ManageLinks)?;
    let caller = key.caller(&web, &identity, &body)?;
    contact(&web.use_cases.link(&caller, link).await?)?;
    web.use_cases.revoke_link(&caller, link, reason).await?;
    view(&web, &caller, link).await.map(Json)
}

async fn view(web: &Web, caller: &Caller, id: LinkId) -> Result<LinkView, Problem> {
    let timeline = web.use_cases.link_timeline(caller, id).await?;
    let issued_at = timeline.first().map(|entry| entry.meta.at).unwrap_or_default();
    let link = web.use_cases.link(caller, id).await?;
    let card = web.use_cases.link_card(caller, id).await?;
    let mut view = LinkView::new(id, &link, issued_at, card.status)?;
    view.deliveries = card.deliveries.iter().map(|delivery| DeliveryView::of_card(&card, delivery)).collect();
    view.next_action = Some(NextView::new(&card, &card.next));
    let view = LinkView { timeline: Some(timeline.iter().map(TimelineItem::from).collect()), ..view };
    Ok(discreet(web, caller, view).await?)
}
