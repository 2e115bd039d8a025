//! Signing in with the code that comes with every link.
//!
//! Apart from the sign-in page because it does sign in; what is wrong it never says.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::usecases::CodeAttempt;
use tokio::time::Instant;

use super::gate::Gate;
use super::press::let_in;
use super::session::{console_session, portal_session};
use crate::Web;
use crate::http::browser::Browser;
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::limits;
use crate::http::page::{self, Frame};

/// A wrong code is answered no sooner than this: how many people and links had to be looked at does not show in the time
/// (OWASP ASVS 5.0, 6.3.8).
const WRONG_AFTER: Duration = Duration::from_millis(100);

#[derive(Template)]
#[template(path = "portal/code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    tag: &'a str,
    paused: &'static str,
    wrong: bool,
}

/// `GET` of the code page.
pub(super) async fn show(
    gate: &'static Gate, State(web): State<Web>, browser: Browser,
) -> Result<Response, PageFailure> {
    form(&web, gate, &browser, false).await
}

async fn form(web: &Web, gate: &Gate, browser: &Browser, wrong: bool) -> Result<Response, PageFailure> {
    let paused = gate.paused(web.use_cases.stopped().await?);
    let nonce = browser.nonce_or_new(web);
    let frame = Frame::new(&web.config, browser.language(None));
    let tag = nonce.tag(web, gate.code);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(nonce.keep(web, page::html(status, &CodePage { frame, gate, tag: &tag, paused, wrong })))
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
    let answer_at = Instant::now() + WRONG_AFTER;
    let staff = console_session(&web, &browser).await?;
    let (previous, beside) = if gate.is_staffs() {
        (staff.map(|session| session.session), None)
    } else {
        let contact = portal_session(&web, &browser).await?;
        (contact.map(|session| session.session), staff.map(|session| session.staff))
    };
    let attempt = CodeAttempt {
        realm: gate.realm,
        address: fields.text("address").trim().to_owned(),
        code: fields.text("code").to_owned(),
        nonce,
        client,
        beside,
        previous,
    };
    if let Some(signed_in) = web.use_cases.sign_in_by_code(attempt).await? {
        return Ok(let_in(&web, gate, &signed_in));
    }
    tokio::time::sleep_until(answer_at).await;
    form(&web, gate, &browser, true).await
}
