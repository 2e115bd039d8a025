//! What is open to a contact: tiles of courses and groups, and each one's own page.
//!
//! Apart from the account because staff who preview the portal see these pages too, and nothing of the account.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::id::ContactId;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::usecases::{Caller, PortalOffering, PortalSession, PortalView};
use magiclink_domain::value::Slug;

use super::notice::Notice;
use super::session::name;
use super::time::{Shown, day, instant};
use super::visit::Visit;
use crate::Web;
use crate::http::failure::{self, PageFailure, Words};
use crate::http::page::{self, Frame};

/// Who looks at a portal page, and what they can do at its top.
pub(crate) struct Viewer<'a> {
    /// The contact's name.
    pub(crate) name: &'a str,
    /// The tag of the sign-out form; `None` in a preview.
    pub(crate) sign_out: Option<&'a str>,
    /// Where a preview leads back to; empty otherwise.
    pub(crate) back: &'a str,
}

#[derive(Template)]
#[template(path = "portal/tiles.html")]
struct TilesPage<'a> {
    frame: Frame<'a>,
    viewer: Viewer<'a>,
    here: &'static str,
    notice: &'static str,
    view: &'a PortalView,
    courses: Vec<Tile<'a>>,
    groups: Vec<Tile<'a>>,
}

struct Tile<'a> {
    offering: &'a PortalOffering,
    until: Option<Shown>,
}

#[derive(Template)]
#[template(path = "portal/offering.html")]
struct OfferingPage<'a> {
    frame: Frame<'a>,
    viewer: Viewer<'a>,
    here: &'static str,
    offering: &'a PortalOffering,
    kind: &'static str,
    since: Shown,
    until: Option<Shown>,
}

/// `GET /portal`.
pub(super) async fn tiles(
    State(web): State<Web>, visit: Visit, Notice(notice): Notice,
) -> Result<Response, PageFailure> {
    let view = web.use_cases.own_portal(&visit.signed_in.session).await?;
    Ok(visit.finish(tiles_page(&web, visit.viewer(), &view, notice)))
}

/// The portal as a contact sees it, for staff who preview it: without the ways to the account and out.
pub(crate) async fn preview(
    web: &Web, caller: &Caller, contact: ContactId, view: &PortalView,
) -> Result<Response, PageFailure> {
    let name = name(web.use_cases.contact_state(caller, contact).await?.present());
    let back = format!("/console/contacts/{contact}");
    Ok(tiles_page(web, Viewer { name: &name, sign_out: None, back: &back }, view, ""))
}

fn tiles_page(web: &Web, viewer: Viewer<'_>, view: &PortalView, notice: &'static str) -> Response {
    let zone = web.config.time_zone;
    let tiles = |kind| {
        let of_kind = view.offerings.iter().filter(move |offering| offering.offering.kind == kind);
        of_kind.map(|offering| Tile { offering, until: offering.until.map(|until| day(until, zone)) }).collect()
    };
    let frame = Frame::new(&web.config, "portal.css");
    let (courses, groups) = (tiles(OfferingKind::Course), tiles(OfferingKind::Group));
    page::html(StatusCode::OK, &TilesPage { frame, viewer, here: "home", notice, view, courses, groups })
}

/// `GET /portal/offerings/{slug}`.
pub(super) async fn offering(
    State(web): State<Web>, Path(slug): Path<String>, visit: Visit,
) -> Result<Response, PageFailure> {
    let view = web.use_cases.own_portal(&visit.signed_in.session).await?;
    let Some(offering) = view.offerings.iter().find(|offering| offering.slug.as_str() == slug) else {
        return not_open(&web, &visit.signed_in.session, &slug).await;
    };
    let zone = web.config.time_zone;
    Ok(visit.answer(&OfferingPage {
        frame: visit.frame(),
        viewer: visit.viewer(),
        here: "",
        offering,
        kind: kind(offering.offering.kind),
        since: day(offering.since, zone),
        until: offering.until.map(|until| instant(until, zone)),
    }))
}

const fn kind(kind: OfferingKind) -> &'static str {
    match kind {
        OfferingKind::Course => "Course",
        OfferingKind::Group => "Group",
    }
}

async fn not_open(web: &Web, session: &PortalSession, slug: &str) -> Result<Response, PageFailure> {
    let Ok(slug) = Slug::parse(slug) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    if !web.use_cases.is_offering(session, &slug).await? {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    Ok(failure::page(
        StatusCode::FORBIDDEN,
        &Words {
            title: "This is not open to you",
            text: "It may have been, and ended, or it was never part of what you have. If you think it should be open, ask whoever invited you.",
        },
    ))
}
