//! Signing in with the code that comes with every link.
//!
//! Apart from the sign-in page because it does sign in; what is wrong it never says.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::usecases::CodeAttempt;

use super::gate::Gate;
use super::press::let_in;
use super::session::{console_session, portal_session};
use crate::Web;
use crate::http::browser::{Browser, PageNonce};
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::limits;
use crate::http::page::{self, Frame};

#[derive(Template)]
#[template(path = "portal/code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    tag: &'a str,
    wrong: bool,
}

/// `GET` of the code page.
pub(super) async fn show(gate: &'static Gate, State(web): State<Web>, browser: Browser) -> Response {
    form(&web, gate, &browser.nonce_or_new(&web), false)
}

fn form(web: &Web, gate: &Gate, nonce: &PageNonce, wrong: bool) -> Response {
    let frame = Frame::new(&web.config, "portal.css");
    let tag = nonce.tag(web, gate.code);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    nonce.keep(web, page::html(status, &CodePage { frame, gate, tag: &tag, wrong }))
}

/// `POST` of the code page.
pub(super) async fn try_it(
    gate: &'static Gate, State(web): State<Web>, posted: Posted,
) -> Result<Response, PageFailure> {
    let Posted { fields, nonce, browser } = posted;
    let client = browser.client();
    if let Err(refused) = limits::sign_in_attempt(&web, client.ip) {
        return Ok(refused);
    }
    let previous = if gate.is_staffs() {
        console_session(&web, &browser).await?.map(|session| session.session)
    } else {
        portal_session(&web, &browser).await?.map(|session| session.session)
    };
    let attempt = CodeAttempt {
        realm: gate.realm,
        address: fields.text("address").trim().to_owned(),
        code: fields.text("code").to_owned(),
        nonce,
        client,
        previous,
    };
    Ok(match web.use_cases.sign_in_by_code(attempt).await? {
        Some(signed_in) => let_in(&web, gate, &signed_in),
        None => form(&web, gate, &browser.nonce_or_new(&web), true),
    })
}
