//! Links, listed.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::time::Timestamp;
use magiclink_projections as projections;
use serde::Deserialize;
use utoipa::IntoParams;

use super::delivery::DeliveryView;
use super::request::about;
use super::view::LinkView;
use crate::Web;
use crate::api::fields::Time;
use crate::api::identity::Identity;
use crate::api::list::{Asked, Listing, Two, caught_up};
use crate::api::problem::Problem;
use crate::api::query::Params;

/// Which links.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LinksParams {
    /// Of this contact: id, external id, e-mail address or phone number.
    contact: Option<String>,
    /// In this state.
    #[param(value_type = Option<super::view::State>)]
    state: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer to the same query.
    after: Option<String>,
}

/// List links
///
/// Newest first.
#[utoipa::path(
    get, path = "/links", tag = "Links", operation_id = "list_links",
    params(LinksParams),
    responses((status = 200, description = "The links", body = Listing<LinkView>)),
    extensions(("x-errors" = json!([
        "invalid_field", "unknown_field", "contact_not_found", "contact_ambiguous", "contact_erased"
    ]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<LinksParams>,
) -> Result<Json<Listing<LinkView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let status = state(params.state.as_deref())?;
    let contact = about(&web, &identity.caller(&web), params.contact.as_ref()).await?;
    let list = format!("links {contact:?} {status:?}");
    let asked = Asked::read(&web, list, params.limit.as_deref(), params.after.as_deref())?;
    let cursor = |Two(issued_at, id)| projections::LinkCursor { issued_at: Timestamp::from_micros(issued_at), id };
    let (filter, after) = (projections::LinkFilter { contact, status }, asked.after.map(cursor));
    caught_up(&web).await?;
    let page = identity.lists(&web, Act::Read)?.links(filter, after, asked.limit).await?;
    let ids: Vec<_> = page.items.iter().map(|link| link.id).collect();
    let deliveries = identity.lists(&web, Act::Read)?.deliveries_of(&ids).await?;
    let items = page.items.iter().filter_map(|link| shown(link, &deliveries)).collect();
    Ok(Json(asked.listing(items, page.next.map(|next| Two(next.issued_at.micros(), next.id)))))
}

fn state(word: Option<&str>) -> Result<Option<LinkStatus>, Problem> {
    let Some(word) = word else { return Ok(None) };
    let all = [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];
    let found = all.into_iter().find(|status| status.as_str() == word);
    found.map(Some).ok_or_else(|| Problem::field("state", "a state is live, used, expired or revoked"))
}

fn shown(link: &projections::LinkView, deliveries: &[projections::DeliveryView]) -> Option<LinkView> {
    let of_this = deliveries.iter().filter(|delivery| delivery.link == link.id);
    Some(LinkView {
        id: link.id,
        url: None,
        code: None,
        contact_id: link.subject.contact()?,
        destination: link.destination.as_str().to_owned(),
        issued_at: Time(link.issued_at),
        expires_at: Time(link.expires_at),
        max_uses: link.max_uses,
        uses: link.uses,
        state: link.status.into(),
        deliveries: of_this.map(DeliveryView::of_row).collect(),
        next_action: None,
        timeline: None,
    })
}
