//! The first page of the console.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_projections::{DashboardView, LinkFilter};

use super::gate::Staff;
use super::links::{self, LinkRow};
use super::refused::Refused;
use super::shell::{Section, Shell};
use crate::Web;
use crate::http::page::html;

/// Links shown on the first page.
const LATEST: usize = 10;

#[derive(Template)]
#[template(path = "console/dashboard.html")]
struct DashboardPage<'a> {
    page: Shell<'a>,
    figures: DashboardView,
    links: Vec<LinkRow>,
}

pub(super) async fn show(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let figures = web.read_models.dashboard(&[]).await?;
    let latest = web.read_models.links(LinkFilter::default(), None, LATEST).await?;
    let page = Shell::of(&web, &staff, Section::Dashboard).await?;
    let links = links::rows(&web, &page, latest.items).await?;
    Ok(html(StatusCode::OK, &DashboardPage { page, figures, links }))
}
