//! The catalogue of courses and groups.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::value::{OfferingUrl, Slug, Title};
use magiclink_projections::OfferingView;

use super::asked::{Asked, on_to};
use super::contacts::filled;
use super::flash::Flash;
use super::gate::Staff;
use super::refused::Refused;
use super::shell::{Section, Shell};
use crate::Web;
use crate::http::page::html;

/// An offering as listed.
struct OfferingRow {
    slug: String,
    title: String,
    kind: &'static str,
    url: String,
    people: u64,
    archived: bool,
}

#[derive(Template)]
#[template(path = "console/offerings.html")]
struct OfferingsPage<'a> {
    page: Shell<'a>,
    rows: Vec<OfferingRow>,
}

const HERE: &str = "/console/offerings";

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let offerings = web.read_models.offerings().await?;
    let page = Shell::of(&web, &staff, Section::Offerings).await?;
    let mut rows: Vec<OfferingRow> = offerings.iter().map(row).collect();
    rows.sort_by_key(|row| row.archived);
    Ok(html(StatusCode::OK, &OfferingsPage { page, rows }))
}

fn row(view: &OfferingView) -> OfferingRow {
    OfferingRow {
        slug: view.slug.to_string(),
        title: view.title.to_string(),
        kind: match view.kind {
            OfferingKind::Course => "Course",
            OfferingKind::Group => "Group",
        },
        url: view.url.as_ref().map(ToString::to_string).unwrap_or_default(),
        people: view.people,
        archived: view.archived_at.is_some(),
    }
}

pub(super) async fn add(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let fields = &asked.fields;
    let slug = Slug::parse(fields.text("slug").trim()).map_err(Rejection::from)?;
    let kind: OfferingKind = fields.text("kind").parse().map_err(Rejection::Invalid)?;
    let title = Title::parse(fields.text("title")).map_err(Rejection::from)?;
    let url = filled(fields.text("url"), OfferingUrl::parse).map_err(Rejection::from)?;
    let done = web.use_cases.add_offering(&asked.caller, slug, kind, title, url).await?;
    Ok(on_to(&web, &done, HERE, Flash::OfferingAdded).await)
}

pub(super) async fn change(
    State(web): State<Web>, Path(slug): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let slug = Slug::parse(&slug).map_err(|_| Rejection::OfferingNotFound)?;
    let title = Title::parse(asked.fields.text("title")).map_err(Rejection::from)?;
    let url = filled(asked.fields.text("url"), OfferingUrl::parse).map_err(Rejection::from)?;
    let done = web.use_cases.change_offering(&asked.caller, slug, Some(title), Some(url)).await?;
    Ok(on_to(&web, &done, HERE, Flash::OfferingChanged).await)
}

pub(super) async fn archive(
    State(web): State<Web>, Path(slug): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let slug = Slug::parse(&slug).map_err(|_| Rejection::OfferingNotFound)?;
    let done = web.use_cases.archive_offering(&asked.caller, slug).await?;
    Ok(on_to(&web, &done, HERE, Flash::OfferingArchived).await)
}
