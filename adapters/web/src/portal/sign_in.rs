//! Asking for a link oneself.
//!
//! Apart from the code page because this one must not tell who is known: it answers before anybody is looked up.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::time::Lifetime;

use super::gate::Gate;
use super::link_page::waiting;
use super::notice::Notice;
use crate::Web;
use crate::http::browser::Browser;
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::limits;
use crate::http::page::{self, Frame};

/// A link that one asks for oneself works so long.
const LASTS: Lifetime = Lifetime::NOW;

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    tag: &'a str,
    /// Of the emergency switch.
    paused: &'static str,
    /// A key of the catalogue; empty where nothing happened before.
    notice: &'static str,
    /// The field was left empty.
    empty: bool,
}

#[derive(Template)]
#[template(path = "portal/sent.html")]
struct SentPage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    paused: &'static str,
    /// How long link and code work.
    minutes: i64,
}

/// What is said instead while no links are made.
#[derive(Template)]
#[template(path = "portal/paused.html")]
struct PausedPage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    paused: &'static str,
}

/// `GET` of the sign-in page.
pub(super) async fn show(
    gate: &'static Gate, State(web): State<Web>, browser: Browser, Notice(notice): Notice,
) -> Result<Response, PageFailure> {
    let paused = gate.paused(web.use_cases.stopped().await?);
    Ok(form(&web, gate, &browser, |page| SignInPage { paused, notice, ..page }))
}

fn form<'a>(
    web: &'a Web, gate: &'a Gate, browser: &Browser, change: impl FnOnce(SignInPage<'a>) -> SignInPage<'a>,
) -> Response {
    let nonce = browser.nonce_or_new(web);
    let (frame, tag) = (Frame::new(&web.config, browser.language(None)), nonce.tag(web, gate.sign_in));
    let page = change(SignInPage { frame, gate, tag: "", paused: "", notice: "", empty: false });
    let status = if page.empty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage { tag: &tag, ..page };
    nonce.keep(web, page::html(status, &page))
}

/// `POST` of the sign-in page.
pub(super) async fn ask(gate: &'static Gate, State(web): State<Web>, posted: Posted) -> Result<Response, PageFailure> {
    if let Err(refused) = limits::sign_in_attempt(&web, posted.browser.client().ip) {
        return Ok(refused);
    }
    let stopped = web.use_cases.stopped().await?;
    let paused = gate.paused(stopped);
    let typed = posted.fields.text("address").trim().to_owned();
    if typed.is_empty() {
        return Ok(form(&web, gate, &posted.browser, |page| SignInPage { paused, empty: true, ..page }));
    }
    let frame = Frame::new(&web.config, posted.browser.language(None));
    if stopped.issuing && !gate.is_staffs() {
        // The door's words stand for signing in, not for asking: what is paused is said by the page itself.
        let paused = if stopped.redeeming { paused } else { "" };
        let page = PausedPage { frame, gate, paused };
        return Ok(waiting(page::html(StatusCode::SERVICE_UNAVAILABLE, &page)));
    }
    send(&web, gate, typed, posted.nonce);
    let minutes = i64::try_from(LASTS.secs() / 60).unwrap_or_default();
    Ok(page::html(StatusCode::OK, &SentPage { frame, gate, paused, minutes }))
}

/// Sends the link, after the answer.
fn send(web: &Web, gate: &Gate, typed: String, nonce: String) {
    let (use_cases, staff) = (web.use_cases.clone(), gate.is_staffs());
    web.background.surely("own link", async move {
        if staff { use_cases.ask_for_staff_link(&typed, &nonce).await } else { use_cases.ask_for_link(&typed).await }
    });
}
