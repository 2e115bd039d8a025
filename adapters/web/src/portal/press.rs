//! Pressing the button: the one request that uses a link.
//!
//! Apart from looking at it because everything here happens only after the browser has proved that our page sent it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::id::{LinkId, SessionId};
use magiclink_domain::link::Method;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Door, Failure, PressRequest, SignedIn};

use super::door::{Company, Own, Visit};
use super::gate::{Gate, RawToken};
use super::link_page::{self, Note};
use crate::Web;
use crate::http::browser::{Browser, set_session};
use crate::http::failure::PageFailure;
use crate::http::form::{Posted, Unposted};
use crate::http::page;

/// `POST` of a link's address.
pub(super) async fn press(
    gate: &'static Gate, State(web): State<Web>, RawToken(token): RawToken, browser: Browser,
    posted: Result<Posted, Unposted>,
) -> Result<Response, PageFailure> {
    let nonce = browser.nonce_or_new(&web);
    let Some(id) = web.use_cases.verify_token(gate.kind, &token) else {
        return Ok(link_page::unknown(&web, gate, &browser, &nonce));
    };
    let visit = Visit::new(&web, gate, &browser, &nonce, &token);
    match posted {
        Ok(posted) => visit.take(id, &posted).await,
        // The page again, with a cookie this time; nothing is spent.
        Err(Unposted::NoCookie | Unposted::BadTag) => match visit.door(id).await? {
            Some(door) => visit.page(&door, StatusCode::FORBIDDEN, Some(Note::OnceMore)).await,
            None => Ok(link_page::unknown(&web, gate, &browser, &nonce)),
        },
        Err(
            refused @ (Unposted::CrossSite | Unposted::TooLarge | Unposted::NoForm | Unposted::Cut | Unposted::Slow),
        ) => Ok(refused.into_response()),
    }
}

impl Visit<'_> {
    async fn take(&self, id: LinkId, posted: &Posted) -> Result<Response, PageFailure> {
        let company = self.company().await?;
        if !matches!(company.own, Own::Nobody)
            && posted.fields.text("switch") != "yes"
            && let Some(question) = self.question(id, &company).await?
        {
            return Ok(question);
        }
        let request = PressRequest {
            link: id,
            method: Method::Link,
            nonce: posted.nonce.clone(),
            client: self.browser.client(),
            beside: company.staff.as_ref().map(|staff| staff.staff),
            previous: previous(&company.own),
        };
        match self.web.use_cases.redeem(request).await {
            Ok(signed_in) => Ok(let_in(self.web, self.gate, &signed_in)),
            Err(failure) => self.refuse(id, failure).await,
        }
    }

    /// The page that asks whether somebody else is to be signed in; `None` where nothing needs asking, or where the link
    /// would not work anyway.
    async fn question(&self, id: LinkId, company: &Company) -> Result<Option<Response>, PageFailure> {
        let Some(door) = self.door(id).await? else { return Ok(None) };
        let (Door::Ready(link) | Door::Again(link)) = &door else { return Ok(None) };
        match self.somebody_else(link, &company.own).await? {
            Some(name) => self.page(&door, StatusCode::CONFLICT, Some(Note::SomebodyElse(name))).await.map(Some),
            None => Ok(None),
        }
    }

    async fn refuse(&self, id: LinkId, failure: Failure) -> Result<Response, PageFailure> {
        match failure.rejection() {
            Some(Rejection::Refused(why)) => {
                let door = self.web.use_cases.door(id, None).await?;
                Ok(link_page::refused(self, *why, door.link()))
            }
            Some(Rejection::RedeemingStopped) => Ok(link_page::stopped(self.web, self.t)),
            Some(Rejection::LinkNotFound) => Ok(link_page::unknown(self.web, self.gate, self.browser, self.nonce)),
            Some(_) | None => Err(failure.into()),
        }
    }
}

fn previous(own: &Own) -> Option<SessionId> {
    match own {
        Own::Nobody => None,
        Own::Contact(session) => Some(session.session),
        Own::Staff(session) => Some(session.session),
    }
}

/// 303 to where the link leads, with the session's cookie. Whatever cookie the browser brought, it gets a new one.
pub(super) fn let_in(web: &Web, gate: &Gate, signed_in: &SignedIn) -> Response {
    let path = match &signed_in.offering {
        Some(slug) => format!("/portal/offerings/{slug}"),
        None if signed_in.destination_ended => format!("{}?notice=destination", gate.home),
        None => gate.home.to_owned(),
    };
    let mut response = page::see_other(&path);
    set_session(web, gate.realm, Some(&signed_in.cookie.0), &mut response);
    response
}
