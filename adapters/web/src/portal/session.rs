//! The contact who is signed in to the portal in this browser.
//!
//! Apart from the pages so that each of them asks the log anew, and none forgets the newer cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use magiclink_domain::contact::Contact;
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::keys::Realm;
use magiclink_domain::usecases::{Caller, PortalSession, StaffSession};

use super::gate::PORTAL;
use crate::Web;
use crate::http::browser::{Browser, set_session};
use crate::http::failure::PageFailure;
use crate::http::page;
use crate::language::Language;

/// A signed-in contact. Without one, the request is answered with the way to the sign-in page.
pub(super) struct SignedIn {
    pub(super) session: PortalSession,
}

/// Nobody is signed in, or it can't be told.
pub(super) enum NotSignedIn {
    /// To the sign-in page.
    Nobody,
    /// The log is out of reach.
    Failure(PageFailure),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::Nobody => page::see_other(PORTAL.sign_in),
            Self::Failure(failure) => failure.into_response(),
        }
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, NotSignedIn> {
        let Ok(browser) = Browser::from_request_parts(parts, web).await;
        match portal_session(web, &browser).await {
            Ok(Some(session)) => Ok(Self { session }),
            Ok(None) => Err(NotSignedIn::Nobody),
            Err(failure) => Err(NotSignedIn::Failure(failure)),
        }
    }
}

impl SignedIn {
    /// Whose session it is.
    pub(super) fn contact(&self) -> ContactId {
        self.session.contact
    }

    /// The contact, acting for themselves under a fresh command.
    pub(super) fn caller(&self, web: &Web) -> Caller {
        Caller::contact(self.contact(), CommandId::from_uuid(web.use_cases.ports().ids.id()))
    }

    /// The answer with a newer cookie where one is due; that the session was used is noted after the answer.
    pub(super) fn keep(&self, web: &Web, mut response: Response) -> Response {
        if let Some(cookie) = &self.session.cookie {
            set_session(web, Realm::Portal, Some(&cookie.0), &mut response);
        }
        note_seen(web, &self.session);
        response
    }
}

/// Notes after the answer that the session was used, where that is due.
pub(super) fn note_seen(web: &Web, session: &PortalSession) {
    if session.sight_due {
        let (use_cases, session) = (web.use_cases.clone(), session.session);
        web.background.perhaps("session seen", async move { use_cases.note_seen(session).await });
    }
}

/// Who is signed in to the portal in this browser.
pub(super) async fn portal_session(web: &Web, browser: &Browser) -> Result<Option<PortalSession>, PageFailure> {
    match browser.session(Realm::Portal) {
        Some(cookie) => Ok(web.use_cases.portal_session(cookie).await?),
        None => Ok(None),
    }
}

/// Who is signed in to the console in this browser.
pub(super) async fn console_session(web: &Web, browser: &Browser) -> Result<Option<StaffSession>, PageFailure> {
    match browser.session(Realm::Console) {
        Some(cookie) => Ok(web.use_cases.staff_session(cookie).await?),
        None => Ok(None),
    }
}

/// The contact's own name.
pub(super) async fn own_name(web: &Web, session: &PortalSession, t: &Language) -> Result<String, PageFailure> {
    Ok(name(web.use_cases.own_contact(session).await?.as_ref(), t))
}

/// What to call a contact.
pub(super) fn name(contact: Option<&Contact>, t: &Language) -> String {
    let details = contact.and_then(|contact| contact.details.known());
    details.map_or_else(|| t.say("somebody").into_owned(), |details| details.name.to_string())
}
