//! What is open to a contact: tiles of courses and groups, and each one's own page.
//!
//! Apart from the account because staff who preview the portal see these pages too, and nothing of the account.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use magiclink_domain::id::ContactId;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Caller, PortalOffering, PortalSession, PortalView};
use magiclink_domain::value::Slug;

use super::notice::Notice;
use super::session::name;
use super::visit::Visit;
use crate::Web;
use crate::http::failure::{self, PageFailure};
use crate::http::page::{self, Frame};
use crate::language::{self, Language, Shown};

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
    /// A key of the catalogue; empty where nothing happened before.
    notice: &'static str,
    count: i64,
    courses: Vec<Tile<'a>>,
    groups: Vec<Tile<'a>>,
}

struct Tile<'a> {
    offering: &'a PortalOffering,
    until: Option<Until>,
}

/// The end of somebody's access.
struct Until {
    /// The last day.
    day: Shown,
    /// Days that are left, where there are few.
    left: Option<i64>,
}

/// So many days before the end, a tile counts them.
const FEW: i64 = 14;

#[derive(Template)]
#[template(path = "portal/offering.html")]
struct OfferingPage<'a> {
    frame: Frame<'a>,
    viewer: Viewer<'a>,
    here: &'static str,
    offering: &'a PortalOffering,
    course: bool,
    since: Shown,
    until: Option<Shown>,
}

/// `GET /portal`.
pub(super) async fn tiles(
    State(web): State<Web>, visit: Visit, Notice(notice): Notice,
) -> Result<Response, PageFailure> {
    let view = web.use_cases.own_portal(&visit.signed_in.session).await?;
    Ok(visit.finish(tiles_page(&web, (visit.viewer(), visit.t), &view, notice)))
}

/// The portal as a contact sees it, for staff who preview it: without the ways to the account and out. In the contact's
/// language, but for what is said to staff.
pub(crate) async fn preview(
    web: &Web, caller: &Caller, contact: ContactId, view: &PortalView,
) -> Result<Response, PageFailure> {
    let state = web.use_cases.contact_state(caller, contact).await?;
    let details = state.present().and_then(|contact| contact.details.known());
    let t = language::choose(details.and_then(|details| details.locale.as_ref()), None, &web.config.locale);
    let name = name(state.present(), t);
    let back = format!("/console/contacts/{contact}");
    Ok(tiles_page(web, (Viewer { name: &name, sign_out: None, back: &back }, t), view, ""))
}

fn tiles_page(
    web: &Web, (viewer, t): (Viewer<'_>, &'static Language), view: &PortalView, notice: &'static str,
) -> Response {
    let (zone, now) = (web.config.time_zone, web.use_cases.ports().clock.now());
    let until = |until| Until { day: t.day(until, zone), left: left(now, until, zone) };
    let tiles = |kind| -> Vec<Tile<'_>> {
        let of_kind = view.offerings.iter().filter(move |offering| offering.offering.kind == kind);
        of_kind.map(|offering| Tile { offering, until: offering.until.map(until) }).collect()
    };
    let frame = Frame::new(&web.config, t);
    let (courses, groups) = (tiles(OfferingKind::Course), tiles(OfferingKind::Group));
    let count = if view.in_portal { i64::try_from(courses.len() + groups.len()).unwrap_or(i64::MAX) } else { 0 };
    page::html(StatusCode::OK, &TilesPage { frame, viewer, here: "home", notice, count, courses, groups })
}

/// Days that are left until access ends, by the portal's calendar; none where there are many.
fn left(now: Timestamp, until: Timestamp, zone: Tz) -> Option<i64> {
    let date = |at: Timestamp| at.to_datetime().with_timezone(&zone).date_naive();
    let days = (date(until) - date(now)).num_days();
    (days <= FEW).then_some(days)
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
        course: offering.offering.kind == OfferingKind::Course,
        since: visit.t.day(offering.since, zone),
        until: offering.until.map(|until| visit.t.instant(until, zone)),
    }))
}

async fn not_open(web: &Web, session: &PortalSession, slug: &str) -> Result<Response, PageFailure> {
    let Ok(slug) = Slug::parse(slug) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    if !web.use_cases.is_offering(session, &slug).await? {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    Ok(failure::page(StatusCode::FORBIDDEN, "failure-not-open"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_that_are_left_are_counted_by_the_portals_calendar() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let left = |now: &str, until: &str, zone| super::left(at(now), at(until), zone);
        assert_eq!(left("2026-05-01T12:00:00Z", "2026-05-01T23:00:00Z", Tz::UTC), Some(0));
        assert_eq!(left("2026-05-01T12:00:00Z", "2026-05-01T23:00:00Z", Tz::Europe__Berlin), Some(1));
        assert_eq!(left("2026-05-01T23:59:59Z", "2026-05-02T00:00:01Z", Tz::UTC), Some(1));
        assert_eq!(left("2026-05-01T00:00:00Z", "2026-05-15T23:59:59Z", Tz::UTC), Some(14));
        assert_eq!(left("2026-05-01T23:59:59Z", "2026-05-16T00:00:00Z", Tz::UTC), None);
    }
}
