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

use super::device::device;
use super::history::{self, Line};
use super::home::Viewer;
use super::notice::Notice;
use super::session::SignedIn;
use super::time::{Shown, day, instant};
use super::visit::Visit;
use crate::Web;
use crate::http::browser::{PageNonce, set_session};
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::page::{self, Frame};

/// Where *sign out everywhere* is posted.
const EVERYWHERE: &str = "/portal/account/sign-out-everywhere";

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage<'a> {
    frame: Frame<'a>,
    viewer: Viewer<'a>,
    here: &'static str,
    notice: &'static str,
    devices: Vec<Device>,
    history: Vec<Line>,
    everywhere: &'a str,
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
    let contact = visit.signed_in.contact();
    Ok(visit.answer(&AccountPage {
        frame: visit.frame(),
        viewer: visit.viewer(),
        here: "account",
        notice,
        devices: devices(&web, &visit.signed_in, &visit.nonce).await?,
        history: history::own(&web, contact).await?,
        everywhere: EVERYWHERE,
        tag: visit.nonce.tag(&web, EVERYWHERE),
    }))
}

async fn devices(web: &Web, signed_in: &SignedIn, nonce: &PageNonce) -> Result<Vec<Device>, PageFailure> {
    let zone = web.config.time_zone;
    let device = |session: SessionView| {
        let client = session.client.known();
        let end = format!("/portal/sessions/{}/end", session.id);
        Device {
            this: session.id == signed_in.session.session,
            name: device(client.map_or("", |client| &client.user_agent)),
            address: client.and_then(|client| client.ip).map(|ip| ip.to_string()),
            since: instant(session.since, zone),
            seen: day(session.last_seen, zone),
            tag: nonce.tag(web, &end),
            end,
        }
    };
    Ok(web.read_models.sessions(signed_in.contact()).await?.into_iter().map(device).collect())
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
        web.read_models.passed(position).await?;
    }
    Ok(page::see_other("/portal/account?notice=ended"))
}

/// `POST /portal/sign-out`: this device.
pub(super) async fn sign_out(State(web): State<Web>, signed_in: SignedIn, _: Posted) -> Result<Response, PageFailure> {
    web.use_cases.sign_out(&signed_in.caller(&web), signed_in.session.session).await?;
    Ok(out(&web, "/portal/sign-in?notice=signed-out"))
}

/// *Sign out everywhere*, and *this was not me*.
pub(super) async fn sign_out_everywhere(
    State(web): State<Web>, signed_in: SignedIn, _: Posted,
) -> Result<Response, PageFailure> {
    web.use_cases.sign_out_everywhere(&signed_in.caller(&web), signed_in.contact()).await?;
    Ok(out(&web, "/portal/sign-in?notice=everywhere"))
}

/// To the sign-in page, the session's cookie taken away.
fn out(web: &Web, path: &str) -> Response {
    let mut response = page::see_other(path);
    set_session(web, Realm::Portal, None, &mut response);
    response
}
