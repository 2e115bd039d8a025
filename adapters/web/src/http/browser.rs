//! The browser at the other end, as far as its cookies tell.
//!
//! Apart from the sessions because a browser has a nonce before anybody signs in.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use magiclink_domain::keys::Realm;
use magiclink_domain::link::Client;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::Locale;

use super::client_ip::ClientIp;
use super::cookies::{self, Name};
use super::failure::is_consoles;
use crate::Web;
use crate::language::{self, Language};

/// Characters of a nonce: base64url of 128 bits.
const NONCE_CHARS: usize = 22;
/// How long a browser keeps its nonce.
const NONCE_LASTS: Lifetime = Lifetime::from_days(30);
/// Characters of a user agent that are kept.
const MOST_AGENT: usize = 300;

/// What a request says about its browser.
#[derive(Clone)]
pub(crate) struct Browser {
    cookies: Vec<HeaderValue>,
    user_agent: Option<HeaderValue>,
    accepts: Option<HeaderValue>,
    console: bool,
    web: Web,
    ip: Option<std::net::IpAddr>,
}

impl Browser {
    /// The session cookie of a realm. A secret.
    pub(crate) fn session(&self, realm: Realm) -> Option<&str> {
        cookies::read(&self.cookies, &self.web.config.base_url, Name::Session(realm))
    }

    /// The nonce cookie, if it looks like one of ours.
    pub(crate) fn nonce(&self) -> Option<&str> {
        let shaped = |nonce: &&str| {
            nonce.len() == NONCE_CHARS && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        cookies::read(&self.cookies, &self.web.config.base_url, Name::Nonce).filter(shaped)
    }

    /// From where the request came, for the history.
    pub(crate) fn client(&self) -> Client {
        Client { ip: self.ip, user_agent: self.user_agent().chars().take(MOST_AGENT).collect() }
    }

    /// What the browser says of itself.
    pub(crate) fn user_agent(&self) -> &str {
        self.user_agent.as_ref().and_then(|agent| agent.to_str().ok()).unwrap_or_default()
    }

    /// The language of a page, for somebody whose own language is known or not. All of the console is in English, its
    /// doors too.
    pub(crate) fn language(&self, own: Option<&Locale>) -> &'static Language {
        if self.console {
            return Language::english();
        }
        language::choose(own, self.accepts.as_ref(), &self.web.config.locale)
    }

    /// The browser's nonce, or a fresh one that the answer has to set.
    pub(crate) fn nonce_or_new(&self, web: &Web) -> PageNonce {
        if let Some(nonce) = self.nonce() {
            return PageNonce { value: nonce.to_owned(), fresh: false };
        }
        let bits = web.use_cases.ports().ids.id();
        PageNonce { value: data_encoding::BASE64URL_NOPAD.encode(bits.as_bytes()), fresh: true }
    }
}

impl FromRequestParts<Web> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let ip = parts.extensions.get::<ClientIp>().and_then(|ip| ip.0);
        let cookies = parts.headers.get_all(header::COOKIE).into_iter().cloned().collect();
        Ok(Self {
            cookies,
            user_agent: parts.headers.get(header::USER_AGENT).cloned(),
            accepts: parts.headers.get(header::ACCEPT_LANGUAGE).cloned(),
            console: is_consoles(parts.uri.path()),
            web: web.clone(),
            ip,
        })
    }
}

/// The nonce that a page's forms are tagged with.
#[derive(Clone)]
pub(crate) struct PageNonce {
    value: String,
    fresh: bool,
}

impl PageNonce {
    /// The nonce itself. A secret.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// What a form that posts to `action` must carry in its hidden field `form`.
    pub(crate) fn tag(&self, web: &Web, action: &str) -> String {
        web.use_cases.ports().keys.keyring().form_tag(&self.value, action)
    }

    /// The answer, setting the nonce where the browser had none.
    pub(crate) fn keep(&self, web: &Web, mut response: Response) -> Response {
        if self.fresh
            && let Some(set) = cookies::set(&web.config.base_url, Name::Nonce, Some((&self.value, NONCE_LASTS)))
        {
            response.headers_mut().append(header::SET_COOKIE, set);
        }
        response
    }
}

/// Sets a realm's session cookie on an answer; `None` takes it away.
pub(crate) fn set_session(web: &Web, realm: Realm, cookie: Option<&str>, response: &mut Response) {
    let policy = web.use_cases.policy();
    let lasts = match realm {
        Realm::Portal => policy.contact_sessions.absolute,
        Realm::Console => policy.staff_sessions.absolute,
    };
    let value = cookie.map(|cookie| (cookie, lasts));
    if let Some(set) = cookies::set(&web.config.base_url, Name::Session(realm), value) {
        response.headers_mut().append(header::SET_COOKIE, set);
    }
}
