//! Asking for a link oneself.
//!
//! Apart from the code page because this one must not tell who is known: it answers before anybody is looked up.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::gate::Gate;
use super::notice::Notice;
use crate::Web;
use crate::http::browser::{Browser, PageNonce};
use crate::http::form::Posted;
use crate::http::limits;
use crate::http::page::{self, Frame};

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
    tag: &'a str,
    notice: &'static str,
}

#[derive(Template)]
#[template(path = "portal/sent.html")]
struct SentPage<'a> {
    frame: Frame<'a>,
    gate: &'a Gate,
}

/// `GET` of the sign-in page.
pub(super) async fn show(
    gate: &'static Gate, State(web): State<Web>, browser: Browser, Notice(notice): Notice,
) -> Response {
    form(&web, gate, &browser.nonce_or_new(&web), (StatusCode::OK, notice))
}

fn form(web: &Web, gate: &Gate, nonce: &PageNonce, (status, notice): (StatusCode, &'static str)) -> Response {
    let frame = Frame::new(&web.config, "portal.css");
    let tag = nonce.tag(web, gate.sign_in);
    nonce.keep(web, page::html(status, &SignInPage { frame, gate, tag: &tag, notice }))
}

/// `POST` of the sign-in page.
pub(super) async fn ask(gate: &'static Gate, State(web): State<Web>, posted: Posted) -> Response {
    if let Err(refused) = limits::sign_in_attempt(&web, posted.browser.client().ip) {
        return refused;
    }
    let typed = posted.fields.text("address").trim().to_owned();
    if typed.is_empty() {
        let hint =
            if gate.is_staffs() { "Type your e-mail address." } else { "Type your e-mail address or phone number." };
        return form(&web, gate, &posted.browser.nonce_or_new(&web), (StatusCode::UNPROCESSABLE_ENTITY, hint));
    }
    let (use_cases, staff) = (web.use_cases.clone(), gate.is_staffs());
    web.background.surely("own link", async move {
        if staff {
            use_cases.ask_for_staff_link(&typed, &posted.nonce).await
        } else {
            use_cases.ask_for_link(&typed).await
        }
    });
    page::html(StatusCode::OK, &SentPage { frame: Frame::new(&web.config, "portal.css"), gate })
}
