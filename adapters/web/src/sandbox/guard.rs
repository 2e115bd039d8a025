//! Who may see the sandbox: whoever sits at this machine.
//!
//! Apart from the page so that no route of it can forget to ask.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use magiclink_domain::ports::{SandboxChat, SandboxInbox};

use crate::Web;
use crate::state::is_loopback;

/// The sandbox, for a request that came from this machine without any proxy.
pub(super) struct Sandbox(pub(super) Arc<dyn SandboxInbox>);

impl FromRequestParts<Web> for Sandbox {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        web.sandbox.clone().filter(|_| is_here(parts, web)).map(Self).ok_or(StatusCode::NOT_FOUND)
    }
}

/// Its chat rooms, likewise.
pub(super) struct Rooms(pub(super) Arc<dyn SandboxChat>);

impl FromRequestParts<Web> for Rooms {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        web.sandbox_chat.clone().filter(|_| is_here(parts, web)).map(Self).ok_or(StatusCode::NOT_FOUND)
    }
}

fn is_here(parts: &Parts, web: &Web) -> bool {
    web.config.base_url.is_loopback() && asked_of_loopback(&parts.uri, &parts.headers)
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
}
