//! Asking for a link oneself.
//!
//! Apart from the code page because this one must not tell who is known: it answers before anybody is looked up.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::time::Lifetime;

use super::gate::Gate;
use super::notice::Notice;
use crate::Web;
use crate::http::browser::Browser;
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
    /// How long link and code work.
    minutes: i64,
}

/// `GET` of the sign-in page.
pub(super) async fn show(
    gate: &'static Gate, State(web): State<Web>, browser: Browser, Notice(notice): Notice,
) -> Response {
    form(&web, gate, &browser, |page| SignInPage { notice, ..page })
}

fn form<'a>(
    web: &'a Web, gate: &'a Gate, browser: &Browser, change: impl FnOnce(SignInPage<'a>) -> SignInPage<'a>,
) -> Response {
    let nonce = browser.nonce_or_new(web);
    let (frame, tag) = (Frame::new(&web.config, browser.language(None)), nonce.tag(web, gate.sign_in));
    let page = change(SignInPage { frame, gate, tag: "", notice: "", empty: false });
    let status = if page.empty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage { tag: &tag, ..page };
    nonce.keep(web, page::html(status, &page))
}

/// `POST` of the sign-in page.
pub(super) async fn ask(gate: &'static Gate, State(web): State<Web>, posted: Posted) -> Response {
    if let Err(refused) = limits::sign_in_attempt(&web, posted.browser.client().ip) {
        return refused;
    }
    let typed = posted.fields.text("address").trim().to_owned();
    if typed.is_empty() {
        return form(&web, gate, &posted.browser, |page| SignInPage { empty: true, ..page });
    }
    let frame = Frame::new(&web.config, posted.browser.language(None));
    let (use_cases, staff) = (web.use_cases.clone(), gate.is_staffs());
    web.background.surely("own link", async move {
        if staff {
            use_cases.ask_for_staff_link(&typed, &posted.nonce).await
        } else {
            use_cases.ask_for_link(&typed).await
        }
    });
    page::html(StatusCode::OK, &SentPage { frame, gate, minutes: i64::try_from(LASTS.secs() / 60).unwrap_or_default() })
}
