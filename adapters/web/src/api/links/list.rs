//! Links, listed.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::personal::Personal;
use magiclink_domain::time::Timestamp;
use magiclink_projections as projections;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::about;
use super::view::{DeliveryView, LinkView};
use crate::Web;
use crate::api::fields::Time;
use crate::api::identity::Identity;
use crate::api::list::{Listing, caught_up, cursor, limit, place};
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
    let limit = limit(params.limit.as_deref())?;
    let status = state(params.state.as_deref())?;
    let contact = about(&web, params.contact.as_ref()).await?;
    let keyring = web.use_cases.ports().keys.keyring();
    let list = format!("links {contact:?} {status:?}");
    let after = params.after.as_deref().map(|after| last(&place(&keyring, &list, after)?)).transpose()?;
    caught_up(&web).await?;
    let page = web.read_models.links(projections::LinkFilter { contact, status }, after, limit).await?;
    let ids: Vec<_> = page.items.iter().map(|link| link.id).collect();
    let deliveries = web.read_models.deliveries_of(&ids).await?;
    let next = page.next.map(|next| cursor(&keyring, &list, &format!("{} {}", next.issued_at.micros(), next.id)));
    let items = page.items.iter().filter_map(|link| shown(link, &deliveries)).collect();
    Ok(Json(Listing { items, next }))
}

fn state(word: Option<&str>) -> Result<Option<LinkStatus>, Problem> {
    let Some(word) = word else { return Ok(None) };
    let all = [LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];
    let found = all.into_iter().find(|status| status.as_str() == word);
    found.map(Some).ok_or_else(|| Problem::field("state", "a state is live, used, expired or revoked"))
}

/// Reads the place in one of our own cursors.
fn last(place: &str) -> Result<projections::LinkCursor, Problem> {
    let read = || {
        let (issued_at, id) = place.split_once(' ')?;
        let issued_at = Timestamp::from_micros(issued_at.parse().ok()?);
        Some(projections::LinkCursor { issued_at, id: id.parse().ok()? })
    };
    read().ok_or_else(|| Problem::field("after", "this cursor is of another version: start again without it"))
}

fn shown(link: &projections::LinkView, deliveries: &[projections::DeliveryView]) -> Option<LinkView> {
    let of_this = deliveries.iter().filter(|delivery| delivery.link == link.id);
    let deliveries = of_this.map(|delivery| DeliveryView {
        id: delivery.id,
        channel: delivery.channel.into(),
        to: match &delivery.to {
            Personal::Known(to) => Some(to.clone()),
            Personal::Erased => None,
        },
        state: delivery.state.clone(),
    });
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
        deliveries: deliveries.collect(),
        timeline: None,
    })
}
