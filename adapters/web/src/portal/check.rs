//! For a proxy in front of a course or community site on the portal's domain: is this browser's contact let in there?
//!
//! Apart from the pages because a program asks: status and `Remote-User`, nothing else.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use magiclink_domain::value::Slug;

use super::session::{note_seen, portal_session};
use crate::Web;
use crate::http::browser::Browser;
use crate::http::failure::{Bare, PageFailure};

/// 204 with the contact's id, 401 not signed in, 403 not granted.
pub(super) async fn check(
    State(web): State<Web>, Path(slug): Path<String>, browser: Browser,
) -> Result<Response, PageFailure> {
    let Some(session) = portal_session(&web, &browser).await? else { return Ok(bare(StatusCode::UNAUTHORIZED)) };
    note_seen(&web, &session);
    let contact = web.use_cases.own_contact(&session).await?;
    let now = web.use_cases.ports().clock.now();
    let granted =
        Slug::parse(&slug).is_ok_and(|slug| contact.as_ref().is_some_and(|contact| contact.may_see(&slug, now)));
    if !granted {
        return Ok(bare(StatusCode::FORBIDDEN));
    }
    let mut response = bare(StatusCode::NO_CONTENT);
    if let Ok(user) = HeaderValue::from_str(&session.contact.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("remote-user"), user);
    }
    Ok(response)
}

fn bare(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Bare);
    response
}
