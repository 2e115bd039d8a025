//! A signed-in contact's look at a page of the portal: who they are, what is at its top, and what the answer must carry.
//!
//! Apart from the pages so that each of them has the same frame, and none forgets a cookie.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use super::SIGN_OUT;
use super::home::Viewer;
use super::session::{NotSignedIn, SignedIn, name};
use crate::Web;
use crate::http::browser::{Browser, PageNonce};
use crate::http::page::{self, Frame};
use crate::language::Language;

/// See the module.
pub(super) struct Visit {
    pub(super) signed_in: SignedIn,
    pub(super) nonce: PageNonce,
    /// Their language.
    pub(super) t: &'static Language,
    web: Web,
    name: String,
    sign_out: String,
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let signed_in =
            SignedIn::from_request_parts(parts, web).await.map_err(axum::response::IntoResponse::into_response)?;
        let Ok(browser) = Browser::from_request_parts(parts, web).await;
        let nonce = browser.nonce_or_new(web);
        let contact = web.use_cases.own_contact(&signed_in.session).await;
        let contact = contact.map_err(|failure| NotSignedIn::Failure(failure.into()).into_response())?;
        let details = contact.as_ref().and_then(|contact| contact.details.known());
        let t = browser.language(details.and_then(|details| details.locale.as_ref()));
        let (name, sign_out) = (name(contact.as_ref(), t), nonce.tag(web, SIGN_OUT));
        Ok(Self { signed_in, nonce, t, web: web.clone(), name, sign_out })
    }
}

impl Visit {
    /// Who looks.
    pub(super) fn viewer(&self) -> Viewer<'_> {
        Viewer { name: &self.name, sign_out: Some(&self.sign_out), back: "" }
    }

    /// What the page has in common with the others.
    pub(super) fn frame(&self) -> Frame<'_> {
        Frame::new(&self.web.config, self.t)
    }

    /// The page as an answer, with everything that has to be set on it.
    pub(super) fn answer(&self, page: &impl Template) -> Response {
        self.finish(page::html(StatusCode::OK, page))
    }

    /// The answer with everything that has to be set on it.
    pub(super) fn finish(&self, response: Response) -> Response {
        self.nonce.keep(&self.web, self.signed_in.keep(&self.web, response))
    }
}
