//! The gate before every page of the console: who is it, may they, and what goes out with the answer.
//!
//! Apart from the handlers so that each is reached only by somebody known, by the log, at this request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Act, Authority, Permission, Role, permission};
use magiclink_domain::id::CommandId;
use magiclink_domain::keys::Realm;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, StaffSession};
use magiclink_projections::ReadModels;

use super::flash::Flash;
use super::refused::{self, Refused};
use crate::Web;
use crate::http::browser::{Browser, PageNonce, set_session};
use crate::http::failure::PageFailure;
use crate::http::form::Fields;
use crate::http::page::see_other;

/// What a route needs of whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A role to which the table does not say no.
    May(Act),
    /// The same, by a script that goes on asking: no sign that somebody is there.
    Watch(Act),
    /// Somebody with a name.
    SignedIn,
    /// Somebody who has none yet.
    Nameless,
    /// Somebody, named or not.
    Anyhow,
}

/// One route's gate.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) web: Web,
    pub(super) need: Need,
}

/// The staff member who asks, and what the answer's page needs to know of them.
#[derive(Clone)]
pub(super) struct Staff {
    pub(super) session: StaffSession,
    pub(super) name: Option<String>,
    pub(super) nonce: PageNonce,
    pub(super) flash: Option<Flash>,
    path: String,
    posted: Arc<Mutex<Option<Fields>>>,
}

impl Staff {
    /// Whether the table allows `act`, perhaps after a question.
    pub(super) fn may(&self, act: Act) -> bool {
        permits(self.session.role, act)
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Staff(self.session.staff)
    }

    pub(super) fn authority(&self, confirmed: bool) -> Authority {
        let StaffSession { role, signed_in_at, .. } = self.session;
        Authority::Role { role, signed_in_at: Some(signed_in_at), confirmed, token: false }
    }

    /// The lists, if the table allows `act`.
    pub(super) fn lists<'a>(&self, web: &'a Web, act: Act) -> Result<&'a ReadModels, Rejection> {
        web.lists(&self.reader(web), act)
    }

    /// Asks to see something; changes nothing.
    pub(super) fn reader(&self, web: &Web) -> Caller {
        let command = CommandId::from_uuid(web.use_cases.ports().ids.id());
        Caller {
            actor: self.actor(),
            origin: Origin::Console,
            authority: self.authority(false),
            command,
            correlation: command,
            fingerprint: None,
        }
    }

    /// The path that was asked for.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Keeps what was posted, should the gate have to ask for it once more.
    pub(super) fn keep(&self, fields: &Fields) {
        *self.posted.lock().unwrap_or_else(PoisonError::into_inner) = Some(fields.clone());
    }

    /// What was posted.
    pub(super) fn kept(&self) -> Fields {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }
}

impl FromRequestParts<Web> for Staff {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Whether the table allows `act` to a role, perhaps after a question.
pub(super) fn permits(role: Role, act: Act) -> bool {
    permission(role, act) != Permission::No
}

/// Lets pass whom the route is for, and dresses the answer.
pub(super) async fn stand(State(Gate { web, need }): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(browser) = Browser::from_request_parts(&mut parts, &web).await;
    let nonce = browser.nonce_or_new(&web);
    let staff = match known(&web, &browser, &nonce, &parts.uri).await {
        Ok(Some(staff)) => staff,
        Ok(None) => return nonce.keep(&web, see_other("/console/sign-in")),
        Err(failure) => return failure.into_response(),
    };
    let mut response = match turned_away(need, &staff) {
        Some(Turn::To(path)) => see_other(path),
        Some(Turn::Away) => Refused::from(Rejection::Forbidden).into_response(),
        None => {
            parts.extensions.insert(staff.clone());
            next.run(Request::from_parts(parts, body)).await
        }
    };
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        response = refused::page(&web, &staff, &refused).await;
    }
    if let Some(cookie) = staff.session.cookie.as_ref().filter(|_| is_sign_of_life(need)) {
        set_session(&web, Realm::Console, Some(&cookie.0), &mut response);
    }
    if is_sign_of_life(need) {
        note_seen(&web, &staff);
    }
    nonce.keep(&web, response)
}

/// Whether a request makes the session's idle time begin anew.
const fn is_sign_of_life(need: Need) -> bool {
    match need {
        Need::May(_) | Need::SignedIn | Need::Nameless => true,
        Need::Watch(_) | Need::Anyhow => false,
    }
}

/// Who it is, from the cookie and the log.
async fn known(web: &Web, browser: &Browser, nonce: &PageNonce, uri: &Uri) -> Result<Option<Staff>, PageFailure> {
    let Some(cookie) = browser.session(Realm::Console) else { return Ok(None) };
    let Some(session) = web.use_cases.staff_session(cookie).await? else { return Ok(None) };
    let name = web.use_cases.own_name(&session).await?;
    let flash = uri.query().and_then(Flash::of_query);
    let (path, nonce) = (uri.path().to_owned(), nonce.clone());
    Ok(Some(Staff { session, name, nonce, flash, path, posted: Arc::default() }))
}

enum Turn {
    To(&'static str),
    Away,
}

fn turned_away(need: Need, staff: &Staff) -> Option<Turn> {
    match (need, staff.session.nameless) {
        (Need::Anyhow, _) | (Need::Nameless, true) | (Need::SignedIn, false) => None,
        (Need::May(_) | Need::Watch(_) | Need::SignedIn, true) => Some(Turn::To("/console/welcome")),
        (Need::Nameless, false) => Some(Turn::To("/console")),
        (Need::May(act) | Need::Watch(act), false) => (!staff.may(act)).then_some(Turn::Away),
    }
}

fn note_seen(web: &Web, staff: &Staff) {
    if staff.session.sight_due {
        let (use_cases, session) = (Arc::clone(&web.use_cases), staff.session.session);
        web.background.perhaps("noting a session", async move { use_cases.note_seen(session).await });
    }
}
