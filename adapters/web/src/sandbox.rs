//! `/sandbox`: a phone and a mailbox that show what a vendor would have been handed, byte by byte.
//!
//! Apart from the portal because it holds everybody's links: it answers this machine alone.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use magiclink_domain::link::Channel;
use magiclink_domain::ports::{IncomingSms, SandboxInbox, SandboxItem};

use crate::Web;
use crate::http::browser::Browser;
use crate::http::failure::PageFailure;
use crate::http::form::Posted;
use crate::http::page::{self, Frame};
use crate::portal::time::{Shown, instant};
use crate::state::is_loopback;

const PATH: &str = "/sandbox";
/// Characters of a text message that are taken.
const MOST_TEXT: usize = 1_600;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(reply))
}

/// The sandbox, for a request that came from this machine without any proxy.
struct Sandbox(std::sync::Arc<dyn SandboxInbox>);

impl FromRequestParts<Web> for Sandbox {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        let here = web.config.base_url.is_loopback() && asked_of_loopback(&parts.uri, &parts.headers);
        match &web.sandbox {
            Some(sandbox) if here => Ok(Self(sandbox.clone())),
            Some(_) | None => Err(StatusCode::NOT_FOUND),
        }
    }
}

/// Whether the request names this machine as its host, and no proxy says that it passed it on.
fn asked_of_loopback(uri: &Uri, headers: &HeaderMap) -> bool {
    let forwarded = |name: &str| {
        matches!(name, "forwarded" | "via" | "x-real-ip" | "true-client-ip" | "cf-connecting-ip" | "x-client-ip")
            || name.starts_with("x-forwarded")
    };
    let named = uri.authority().map(ToString::to_string).or_else(|| {
        let mut hosts = headers.get_all(header::HOST).into_iter();
        let host = hosts.next()?.to_str().ok()?.to_owned();
        hosts.next().is_none().then_some(host)
    });
    let host = named.and_then(|host| Some(host.parse::<axum::http::uri::Authority>().ok()?.host().to_owned()));
    host.is_some_and(|host| is_loopback(&host)) && !headers.keys().any(|name| forwarded(name.as_str()))
}

#[derive(Template)]
#[template(path = "portal/sandbox.html")]
struct SandboxPage<'a> {
    frame: Frame<'a>,
    tag: String,
    numbers: Vec<String>,
    texts: Vec<Shows>,
    mails: Vec<Shows>,
}

/// One message as it is shown.
struct Shows {
    /// The other end.
    address: String,
    /// It came from the phone.
    outgoing: bool,
    at: Shown,
    subject: Option<String>,
    pieces: Vec<Piece>,
}

/// A stretch of text; addresses of this deployment can be clicked.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Link(String),
}

async fn show(State(web): State<Web>, Sandbox(sandbox): Sandbox, browser: Browser) -> Response {
    let nonce = browser.nonce_or_new(&web);
    let (mut texts, mut mails, mut numbers) = (vec![], vec![], vec![]);
    for item in sandbox.items() {
        let mail = is_mail(&item);
        let shown = shows(&web, item);
        if mail {
            mails.push(shown);
        } else {
            if !numbers.contains(&shown.address) {
                numbers.push(shown.address.clone());
            }
            texts.push(shown);
        }
    }
    let frame = Frame::new(&web.config, "portal.css");
    let tag = nonce.tag(&web, PATH);
    nonce.keep(&web, page::html(StatusCode::OK, &SandboxPage { frame, tag, numbers, texts, mails }))
}

fn is_mail(item: &SandboxItem) -> bool {
    match item {
        SandboxItem::Sent { message, .. } => message.channel == Channel::Email,
        SandboxItem::Reply { .. } => false,
    }
}

fn shows(web: &Web, item: SandboxItem) -> Shows {
    let (zone, base) = (web.config.time_zone, web.config.base_url.as_str());
    match item {
        SandboxItem::Sent { message, at } => Shows {
            pieces: pieces(&message.text(), base),
            address: message.to,
            outgoing: false,
            at: instant(at, zone),
            subject: message.subject,
        },
        SandboxItem::Reply { from, text, at } => Shows {
            address: from,
            outgoing: true,
            at: instant(at, zone),
            subject: None,
            pieces: vec![Piece::Text(text)],
        },
    }
}

fn pieces(text: &str, base: &str) -> Vec<Piece> {
    let mut pieces = vec![];
    let mut rest = text;
    while let Some(start) = rest.find(base) {
        let (before, link) = rest.split_at(start);
        let end = link.find(char::is_whitespace).unwrap_or(link.len());
        let (link, after) = link.split_at(end);
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Link(link.to_owned()));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// A text message from the phone to us.
async fn reply(State(web): State<Web>, Sandbox(sandbox): Sandbox, posted: Posted) -> Result<Response, PageFailure> {
    let from = posted.fields.text("from").trim().to_owned();
    let text: String = posted.fields.text("text").chars().take(MOST_TEXT).collect();
    sandbox.keep_reply(&from, &text);
    let id = web.use_cases.ports().ids.id().to_string();
    web.use_cases.receive_sms(&IncomingSms { id, from, text, understood: None }).await?;
    Ok(page::see_other(PATH).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, more: &[(&str, &str)]) -> bool {
        let mut headers: HeaderMap =
            more.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        headers.insert(header::HOST, host.parse().unwrap());
        asked_of_loopback(&Uri::from_static("/sandbox"), &headers)
    }

    #[test]
    fn only_this_machine_by_its_own_name_is_answered() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "127.8.9.1", "[::1]:8080", "LOCALHOST:1"] {
            assert!(asked(host, &[]), "{host}");
        }
        for host in ["portal.example.com", "localhost.example.com", "10.0.0.1:8080", "[::2]", "", "a@localhost.evil"] {
            assert!(!asked(host, &[]), "{host}");
        }
        assert!(!asked_of_loopback(&Uri::from_static("/sandbox"), &HeaderMap::new()), "no host at all");
        assert!(!asked_of_loopback(&Uri::from_static("http://evil.example/sandbox"), &HeaderMap::new()));
        let mut two = HeaderMap::new();
        two.append(header::HOST, "localhost".parse().unwrap());
        two.append(header::HOST, "evil.example".parse().unwrap());
        assert!(!asked_of_loopback(&Uri::from_static("/sandbox"), &two));
    }

    #[test]
    fn a_forwarding_header_shows_a_proxy() {
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via", "x-real-ip"] {
            assert!(!asked("localhost", &[(name, "x")]), "{name}");
        }
    }

    #[test]
    fn only_our_own_addresses_can_be_clicked_and_every_byte_is_there() {
        let text = "P: http://localhost:8080/m/AQ-_ or http://evil.example <b>\nend";
        let found = pieces(text, "http://localhost:8080");
        assert_eq!(
            found,
            [
                Piece::Text("P: ".into()),
                Piece::Link("http://localhost:8080/m/AQ-_".into()),
                Piece::Text(" or http://evil.example <b>\nend".into()),
            ]
        );
    }
}
