//! Calls about what a contact may see.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::id::ContactId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::PortalOffering;
use magiclink_domain::value::Slug;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::GrantView;
use crate::Web;
use crate::api::address::At;
use crate::api::body::MaybeBody;
use crate::api::fields::{Time, optional, time};
use crate::api::identity::Identity;
use crate::api::offerings::Kind;
use crate::api::problem::Problem;
use crate::api::query::Params;

/// Until when a contact may see an offering.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"until": "2026-12-31T23:00:00Z"}))]
pub(crate) struct GrantBody {
    /// Not from this instant on; left out or null = for good.
    #[schema(value_type = Option<Time>)]
    until: Option<String>,
}

/// As of when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOf {
    /// An earlier instant, RFC 3339; left out = now.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-05-01T15:00:00Z")]
    at: Option<String>,
}

/// What the portal shows to a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Portal, example = json!({
    "in_portal": true,
    "offerings": [{"slug": "founders-circle", "kind": "group", "title": "Founders' circle",
        "url": "https://groups.example.com/founders", "since": "2026-05-01T15:00:00Z", "until": null,
        "granted_by": "token:6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d"}]
}))]
pub(crate) struct PortalAnswer {
    /// They have at least one live grant.
    in_portal: bool,
    /// Courses first, each by title.
    offerings: Vec<PortalTile>,
}

/// One tile of the portal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortalTile {
    /// The offering's slug.
    slug: String,
    /// What sort of thing it is.
    kind: Kind,
    /// What it is called.
    title: String,
    /// Where its content lives.
    #[schema(required = true)]
    url: Option<String>,
    /// Granted since.
    since: Time,
    /// Not from this instant on; null = for good.
    #[schema(required = true)]
    until: Option<Time>,
    /// Who granted it, such as `staff:<id>`, `token:<id>` or `cli:<user>`.
    granted_by: String,
}

impl From<PortalOffering> for PortalTile {
    fn from(tile: PortalOffering) -> Self {
        Self {
            slug: tile.slug.to_string(),
            kind: tile.offering.kind.into(),
            title: tile.offering.title.to_string(),
            url: tile.offering.url.map(|url| url.to_string()),
            since: Time(tile.since),
            until: tile.until.map(Time),
            granted_by: tile.granted_by.to_string(),
        }
    }
}

/// Grant access
///
/// Idempotent: granting again changes at most until when.
#[utoipa::path(
    put, path = "/contacts/{id}/grants/{slug}", tag = "Contacts", operation_id = "grant_access",
    params(
        ("id" = String, Path, description = "The contact", format = Uuid),
        ("slug" = String, Path, description = "The offering", example = "founders-circle"),
    ),
    request_body(content = GrantBody, description = "May be left out"),
    responses((status = 200, description = "The grant", body = GrantView)),
    extensions(("x-errors" = json!([
        "forbidden", "contact_not_found", "offering_not_found", "offering_archived", "contact_erased"
    ]))),
)]
pub(crate) async fn grant(
    State(web): State<Web>, identity: Identity, At((contact, slug)): At<(ContactId, Slug)>,
    MaybeBody(body): MaybeBody<GrantBody>,
) -> Result<Json<GrantView>, Problem> {
    let until = optional(body.until.as_ref(), |text| time("until", text))?;
    let caller = identity.caller(&web);
    web.use_cases.grant_access(&caller, contact, slug.clone(), until).await?;
    let card = web.use_cases.contact_card(&caller, contact).await?;
    // Revoked by somebody else in the meantime.
    let grant = card.grants.into_iter().find(|grant| grant.slug == slug).ok_or(Rejection::OfferingNotFound)?;
    Ok(Json(grant.into()))
}

/// Revoke access
///
/// Idempotent.
#[utoipa::path(
    delete, path = "/contacts/{id}/grants/{slug}", tag = "Contacts", operation_id = "revoke_access",
    params(
        ("id" = String, Path, description = "The contact", format = Uuid),
        ("slug" = String, Path, description = "The offering", example = "founders-circle"),
    ),
    responses((status = 204, description = "Not granted any more")),
    extensions(("x-errors" = json!(["forbidden", "contact_not_found", "offering_not_found", "contact_erased"]))),
)]
pub(crate) async fn revoke(
    State(web): State<Web>, identity: Identity, At((contact, slug)): At<(ContactId, Slug)>,
) -> Result<StatusCode, Problem> {
    web.use_cases.revoke_access(&identity.caller(&web), contact, slug, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the portal shows
///
/// To this contact, now or at an earlier instant.
#[utoipa::path(
    get, path = "/contacts/{id}/portal", tag = "Contacts", operation_id = "get_portal",
    params(("id" = String, Path, description = "The contact", format = Uuid), AsOf),
    responses((status = 200, description = "What it shows, or showed", body = PortalAnswer)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field", "contact_not_found", "contact_erased"]))),
)]
pub(crate) async fn portal(
    State(web): State<Web>, identity: Identity, At(contact): At<ContactId>, Params(params): Params<AsOf>,
) -> Result<Json<PortalAnswer>, Problem> {
    let at = optional(params.at.as_ref(), |text| time("at", text))?;
    let view = web.use_cases.portal_view(&identity.caller(&web), contact, at).await?;
    let offerings = view.offerings.into_iter().map(PortalTile::from).collect();
    Ok(Json(PortalAnswer { in_portal: view.in_portal, offerings }))
}
