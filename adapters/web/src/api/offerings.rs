//! Calls about the catalogue.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::Act;
use magiclink_domain::offering::{Offering, OfferingKind, OfferingState};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Caller;
use magiclink_domain::value::{OfferingUrl, Slug, Title};
use magiclink_projections as projections;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::address::At;
use super::body::Body;
use super::fields::{Becomes, becomes, change, optional};
use super::identity::Identity;
use super::list::{Asked, Listing, caught_up};
use super::once::Key;
use super::problem::Problem;
use super::query::Params;
use crate::Web;

/// A course or group that the portal gives access to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offering, example = json!({
    "slug": "founders-circle", "kind": "group", "title": "Founders' circle", "url": "https://groups.example.com/founders",
    "archived": false
}))]
pub(crate) struct OfferingView {
    /// Its name in URLs and imports.
    slug: String,
    /// What sort of thing it is.
    kind: Kind,
    /// What it is called.
    title: String,
    /// Where its content lives.
    #[schema(required = true)]
    url: Option<String>,
    /// Takes no new grants.
    archived: bool,
}

/// What sort of thing an offering is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A course.
    Course,
    /// A community group.
    Group,
}

impl From<OfferingKind> for Kind {
    fn from(kind: OfferingKind) -> Self {
        match kind {
            OfferingKind::Course => Self::Course,
            OfferingKind::Group => Self::Group,
        }
    }
}

impl From<Kind> for OfferingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Course => Self::Course,
            Kind::Group => Self::Group,
        }
    }
}

impl OfferingView {
    pub(crate) fn new(slug: &Slug, offering: &Offering, archived: bool) -> Self {
        Self {
            slug: slug.to_string(),
            kind: offering.kind.into(),
            title: offering.title.to_string(),
            url: offering.url.as_ref().map(ToString::to_string),
            archived,
        }
    }
}

impl From<projections::OfferingView> for OfferingView {
    fn from(view: projections::OfferingView) -> Self {
        let offering = Offering { kind: view.kind, title: view.title, url: view.url };
        Self::new(&view.slug, &offering, view.archived_at.is_some())
    }
}

/// An offering to be added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slug": "founders-circle", "kind": "group", "title": "Founders' circle"}))]
pub(crate) struct NewOffering {
    /// 1 to 64 of a-z, 0-9 and single inner hyphens; `home` is taken.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: String,
    /// What sort of thing it is; never changes.
    kind: Kind,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// An http(s) address of at most 500 characters.
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// What is to be different about an offering.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Founders' circle 2026", "url": null}))]
pub(crate) struct OfferingChange {
    /// Another title.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Another address; null removes it.
    #[serde(default, deserialize_with = "becomes")]
    #[schema(value_type = Option<String>, max_length = 500)]
    url: Option<Becomes>,
}

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfferingsParams {
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer.
    after: Option<String>,
}

/// List offerings
///
/// By slug, archived ones too.
#[utoipa::path(
    get, path = "/offerings", tag = "Offerings", operation_id = "list_offerings",
    params(OfferingsParams),
    responses((status = 200, description = "The offerings", body = Listing<OfferingView>)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field"]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<OfferingsParams>,
) -> Result<Json<Listing<OfferingView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let asked = Asked::<String>::read(&web, "offerings", params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    // A catalogue is small, so it is cut here.
    let mut all = identity.lists(&web, Act::Read)?.offerings().await?;
    all.sort_by(|a, b| a.slug.cmp(&b.slug));
    all.retain(|offering| asked.after.as_deref().is_none_or(|after| offering.slug.as_str() > after));
    let next = asked.cut(&mut all, |last| last.slug.to_string());
    Ok(Json(asked.listing(all.into_iter().map(OfferingView::from).collect(), next)))
}

/// Add an offering
///
/// Adding an equal one again changes nothing.
#[utoipa::path(
    post, path = "/offerings", tag = "Offerings", operation_id = "add_offering",
    request_body = NewOffering,
    responses((status = 201, description = "The offering", body = OfferingView)),
    extensions(("x-errors" = json!(["forbidden", "slug_taken"]))),
)]
pub(crate) async fn add(
    State(web): State<Web>, identity: Identity, key: Key, Body(new): Body<NewOffering>,
) -> Result<(StatusCode, Json<OfferingView>), Problem> {
    let (slug, title) = (Slug::parse(&new.slug)?, Title::parse(&new.title)?);
    let url = optional(new.url.as_ref(), OfferingUrl::parse)?;
    let caller = key.caller(&web, &identity, &new)?;
    let done = web.use_cases.add_offering(&caller, slug, new.kind.into(), title, url).await?;
    Ok((StatusCode::CREATED, Json(view(&web, &caller, &done.value).await?)))
}

/// Change an offering
#[utoipa::path(
    patch, path = "/offerings/{slug}", tag = "Offerings", operation_id = "change_offering",
    params(("slug" = String, Path, description = "The offering", example = "founders-circle")),
    request_body = OfferingChange,
    responses((status = 200, description = "The offering", body = OfferingView)),
    extensions(("x-errors" = json!(["forbidden", "offering_not_found"]))),
)]
pub(crate) async fn change_one(
    State(web): State<Web>, identity: Identity, At(slug): At<Slug>, Body(body): Body<OfferingChange>,
) -> Result<Json<OfferingView>, Problem> {
    let title = optional(body.title.as_ref(), Title::parse)?;
    let url = change(body.url.as_ref(), OfferingUrl::parse)?;
    let caller = identity.caller(&web);
    let done = web.use_cases.change_offering(&caller, slug, title, url).await?;
    Ok(Json(view(&web, &caller, &done.value).await?))
}

/// Archive an offering
///
/// It takes no new grants; existing ones stay until revoked. Idempotent.
#[utoipa::path(
    delete, path = "/offerings/{slug}", tag = "Offerings", operation_id = "archive_offering",
    params(("slug" = String, Path, description = "The offering", example = "founders-circle")),
    responses((status = 204, description = "Archived")),
    extensions(("x-errors" = json!(["forbidden", "offering_not_found"]))),
)]
pub(crate) async fn archive(
    State(web): State<Web>, identity: Identity, At(slug): At<Slug>,
) -> Result<StatusCode, Problem> {
    web.use_cases.archive_offering(&identity.caller(&web), slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(web: &Web, caller: &Caller, slug: &Slug) -> Result<OfferingView, Problem> {
    match web.use_cases.offering_state(caller, slug).await? {
        OfferingState::Present(offering) => Ok(OfferingView::new(slug, &offering, false)),
        OfferingState::Archived(offering) => Ok(OfferingView::new(slug, &offering, true)),
        OfferingState::Absent => Err(Rejection::OfferingNotFound.into()),
    }
}
