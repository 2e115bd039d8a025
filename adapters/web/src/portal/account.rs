//! A contact's own devices and history, and the ways out.
//!
//! Apart from the tiles because everything that can be done here ends something.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use magiclink_domain::id::SessionId;
use magiclink_domain::keys::Realm;
use magiclink_domain::rejection::Rejection;
use magiclink_projections::SessionView;

use super::device::spoken;
use super::history::{self, Line};
use super::home::Viewer;
use super::notice::Notice;
use super::session::SignedIn;
use super::visit::Visit;
use crate::Web;
use crate::api::list::caught_up;
use crate::http::browser::set_session;
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::page::{self, Frame};
use crate::language::Shown;

/// Where *sign out everywhere* is posted.
const EVERYWHERE: &str = "/portal/account/sign-out-everywhere";
/// Where *this was not me* is posted.
const NOT_ME: &str = "/portal/account/not-me";

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage<'a> {
    frame: Frame<'a>,
    viewer: Viewer<'a>,
    here: &'static str,
    /// A key of the catalogue; empty where nothing happened before.
    notice: &'static str,
    devices: Vec<Device>,
    history: Vec<Line>,
    everywhere: Form,
    not_me: Form,
}

/// Where a form goes, and its tag.
struct Form {
    action: &'static str,
    tag: String,
}

/// One signed-in browser.
struct Device {
    this: bool,
    name: String,
    address: Option<String>,
    since: Shown,
    seen: Shown,
    end: String,
    tag: String,
}

/// `GET /portal/account`.
pub(super) async fn show(
    State(web): State<Web>, visit: Visit, Notice(notice): Notice,
) -> Result<Response, PageFailure> {
    let t = visit.t;
    // This very sign-in is among the devices, and in the history, unless that takes long.
    if let Err(failure) = caught_up(&web).await {
        tracing::warn!(error = &failure as &dyn std::error::Error, "an account is shown as it stood before");
    }
    let form = |action| Form { action, tag: visit.nonce.tag(&web, action) };
    Ok(visit.answer(&AccountPage {
        frame: visit.frame(),
        viewer: visit.viewer(),
        here: "account",
        notice,
        devices: devices(&web, &visit).await?,
        history: history::own(&web, &visit.signed_in.session, t).await?,
        everywhere: form(EVERYWHERE),
        not_me: form(NOT_ME),
    }))
}

async fn devices(web: &Web, visit: &Visit) -> Result<Vec<Device>, PageFailure> {
    let (zone, t, own) = (web.config.time_zone, visit.t, &visit.signed_in);
    let device = |session: SessionView| {
        let client = session.client.known();
        let end = format!("/portal/sessions/{}/end", session.id);
        Device {
            this: session.id == own.session.session,
            name: spoken(client.map_or("", |client| &client.user_agent), t),
            address: client.and_then(|client| client.ip).map(|ip| ip.to_string()),
            since: t.instant(session.since, zone),
            seen: t.day(session.last_seen, zone),
            tag: visit.nonce.tag(web, &end),
            end,
        }
    };
    let mut devices: Vec<_> = web.lists.own(&own.session).sessions().await?.into_iter().map(device).collect();
    devices.sort_by_key(|device| !device.this);
    Ok(devices)
}

/// `POST /portal/sessions/{id}/end`: another device, or this one.
pub(super) async fn end_session(
    State(web): State<Web>, Path(id): Path<String>, signed_in: SignedIn, _: Posted,
) -> Result<Response, PageFailure> {
    let session: SessionId = id.parse().map_err(|_| Rejection::SessionNotFound)?;
    let done = web.use_cases.end_session(&signed_in.caller(&web), session).await?;
    if session == signed_in.session.session {
        return Ok(out(&web, "/portal/sign-in?notice=signed-out"));
    }
    if let Some(position) = done.position {
        web.lists.passed(position).await?;
    }
    Ok(page::see_other("/portal/account?notice=ended"))
}

/// `POST /portal/sign-out`: this device.
pub(super) async fn sign_out(State(web): State<Web>, signed_in: SignedIn, _: Posted) -> Result<Response, PageFailure> {
    web.use_cases.sign_out(&signed_in.caller(&web), signed_in.session.session).await?;
    Ok(out(&web, "/portal/sign-in?notice=signed-out"))
}

/// *Sign out everywhere*.
pub(super) async fn sign_out_everywhere(
    State(web): State<Web>, signed_in: SignedIn, _: Posted,
) -> Result<Response, PageFailure> {
    web.use_cases.sign_out_everywhere(&signed_in.caller(&web), signed_in.contact()).await?;
    Ok(out(&web, "/portal/sign-in?notice=everywhere"))
}

/// *This was not me*: everything ends, and staff learn of it.
pub(super) async fn not_me(State(web): State<Web>, signed_in: SignedIn, _: Posted) -> Result<Response, PageFailure> {
    web.use_cases.dispute_sign_in(&signed_in.caller(&web), signed_in.contact()).await?;
    Ok(out(&web, "/portal/sign-in?notice=not-me"))
}

/// To the sign-in page, the session's cookie taken away.
fn out(web: &Web, path: &str) -> Response {
    let mut response = page::see_other(path);
    set_session(web, Realm::Portal, None, &mut response);
    response
}
