//! `/sandbox`: a phone and a mailbox that show what a vendor would have been handed, byte by byte.
//!
//! Apart from the portal because it holds everybody's links: it answers this machine alone.

mod chat;
mod guard;
mod room;
mod view;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::Web;
use crate::http::browser::Browser;
use crate::http::form::Posted;
use crate::http::headers::CONTENT;
use crate::http::page::{self, Frame};
use crate::language::Language;
use guard::Sandbox;
use view::{CODES, Mail, Piece, Text};

const PATH: &str = "/sandbox";
/// Characters of a text message that are taken.
const MOST_TEXT: usize = 1_600;
/// A mail is somebody else's page: it runs nothing, loads nothing, and stands in a frame of ours alone.
const MAIL: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'",
);

pub(crate) fn routes() -> Router<Web> {
    // What nobody but this machine hears may be compressed: the page grows with every message.
    let page = get(show).post(act).layer(CompressionLayer::new());
    Router::new().route(PATH, page).route("/sandbox/mail/{nth}", get(mail)).merge(chat::routes())
}

#[derive(Template)]
#[template(path = "portal/sandbox.html")]
struct SandboxPage<'a> {
    frame: Frame<'a>,
    tag: String,
    /// There are chat rooms, too.
    chat: bool,
    problem: Option<String>,
    numbers: Vec<String>,
    fate: String,
    mail_answer: String,
    codes: [(u32, &'static str); 4],
    texts: Vec<Text>,
    mails: Vec<Mail>,
}

async fn show(State(web): State<Web>, sandbox: Sandbox, browser: Browser) -> Response {
    page(&web, &sandbox, &browser, None)
}

fn page(web: &Web, Sandbox(sandbox): &Sandbox, browser: &Browser, problem: Option<String>) -> Response {
    let nonce = browser.nonce_or_new(web);
    let texts: Vec<Text> = sandbox.texts().into_iter().map(|text| Text::of(text, &web.config)).collect();
    let mut numbers: Vec<String> = vec![];
    for text in &texts {
        if !numbers.contains(&text.phone) {
            numbers.push(text.phone.clone());
        }
    }
    let frame = Frame::new(&web.config, Language::english());
    let tag = nonce.tag(web, PATH);
    let mails = sandbox.mails().into_iter().map(|mail| Mail::of(mail, &web.config)).collect();
    let (fate, mail_answer) = (view::word(sandbox.fate()), view::mail_word(sandbox.mail_answer()).to_owned());
    let status = if problem.is_some() { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
    let page = SandboxPage {
        frame,
        tag,
        chat: web.sandbox_chat.is_some(),
        problem,
        numbers,
        fate,
        mail_answer,
        codes: CODES,
        texts,
        mails,
    };
    let mut answer = nonce.keep(web, page::html(status, &page));
    if let Ok(policy) = HeaderValue::from_str(&format!("{CONTENT}; frame-src 'self'")) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// The HTML of a mail.
async fn mail(Sandbox(sandbox): Sandbox, Path(nth): Path<u64>) -> Response {
    let html = sandbox.mails().into_iter().find(|mail| mail.nth == nth).and_then(|mail| mail.html);
    let Some(html) = html else { return StatusCode::NOT_FOUND.into_response() };
    let mut answer = page::answer(StatusCode::OK, html);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, MAIL);
    answer
}

/// What somebody does with the phone, or as its carrier.
async fn act(State(web): State<Web>, sandbox: Sandbox, posted: Posted) -> Response {
    let field = |name| posted.fields.text(name).trim();
    let done = match (field("settle"), field("next")) {
        ("", "") if !field("mails").is_empty() => view::mail_answer(field("mails"))
            .map(|answer| sandbox.0.answer_mails(answer))
            .ok_or("that can't become of mails".to_owned()),
        ("", "") => {
            let text: String = posted.fields.text("text").chars().take(MOST_TEXT).collect();
            let text = if field("word").is_empty() { text.as_str() } else { field("word") };
            sandbox.0.text_us(field("from"), text).await
        }
        (word, "") => match view::fate(word) {
            Some(fate) => sandbox.0.settle(field("id"), fate).await,
            None => Err("that can't become of a message".to_owned()),
        },
        (_, word) => {
            view::fate(word).map(|fate| sandbox.0.decide(fate)).ok_or("that can't become of messages".to_owned())
        }
    };
    match done {
        Ok(()) => page::see_other(PATH),
        Err(problem) => page(&web, &sandbox, &posted.browser, Some(problem)),
    }
}
