//! How often one address, or one API token, may ask this node.
//!
//! Apart from the budgets of the domain because these protect the node: they are local, in memory, and forgotten at a stop.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use magiclink_domain::id::TokenId;

use super::client_ip::ClientIp;
use crate::Web;
use crate::state::LimitsConfig;

/// The limits of one node.
pub struct Limits {
    /// Every request but API calls.
    pub(crate) ip: Limit<IpAddr>,
    /// Asking for links and typing codes.
    pub(crate) ip_sign_in: Limit<IpAddr>,
    /// API calls.
    pub(crate) tokens: Limit<TokenId>,
}

impl Limits {
    /// The limits that the configuration names.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        Self {
            ip: Limit::per_minute(config.ip),
            ip_sign_in: Limit::per_minute(config.ip_sign_in),
            tokens: Limit::per_minute(config.token_requests),
        }
    }
}

/// One limit: a bucket per key that holds a minute's worth.
pub(crate) struct Limit<K: Hash + Eq + Clone> {
    buckets: Option<DefaultKeyedRateLimiter<K>>,
    asked: AtomicU32,
}

/// Full buckets are forgotten whenever this many requests were counted.
const SWEEP: u32 = 1 << 16;

impl<K: Hash + Eq + Clone> Limit<K> {
    fn per_minute(most: u32) -> Self {
        let buckets = NonZeroU32::new(most).map(|most| RateLimiter::keyed(Quota::per_minute(most)));
        Self { buckets, asked: AtomicU32::new(0) }
    }

    /// Takes one.
    ///
    /// # Errors
    /// The answer to give when nothing is left.
    #[expect(clippy::result_large_err, reason = "the error is the answer itself and is sent at once")]
    pub(crate) fn take(&self, key: &K) -> Result<(), Response> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
        buckets.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            too_many(wait.as_secs() + 1)
        })
    }
}

/// 429, to be tried again in `seconds`.
pub(crate) fn too_many(seconds: u64) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response()
}

/// Addresses that share one subscriber: an IPv6 customer has at least a /64.
fn subscriber(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Programs are limited by their token, vendors that call us by their signature and their own room, and what watches the
/// node not at all; `/portal/check` is asked once for every file of a course site, and some of the console at every key.
fn is_free(path: &str) -> bool {
    const FREE: [&str; 7] = ["/api/v1", "/assets", "/hooks", "/portal/check", "/healthz", "/readyz", "/metrics"];
    const TYPED: [&str; 2] = ["/console/contacts/found", "/console/contacts/check"];
    let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    FREE.into_iter().chain(TYPED).any(under)
}

pub(super) async fn per_address(State(web): State<Web>, request: Request, next: Next) -> Response {
    let client = request.extensions().get::<ClientIp>().and_then(|ip| ip.0);
    if let Some(ip) = client.filter(|_| !is_free(request.uri().path()))
        && let Err(refused) = web.limits.ip.take(&subscriber(ip))
    {
        return refused;
    }
    next.run(request).await
}

/// Takes one attempt to sign in, or to be sent a link, for this address.
///
/// # Errors
/// The answer to give when nothing is left.
#[expect(clippy::result_large_err, reason = "the error is the answer itself and is sent at once")]
pub(crate) fn sign_in_attempt(web: &Web, client: Option<IpAddr>) -> Result<(), Response> {
    client.map_or(Ok(()), |ip| web.limits.ip_sign_in.take(&subscriber(ip)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_can_be_taken_at_once_and_no_more() {
        let limit = Limit::per_minute(3);
        for _ in 0..3 {
            assert!(limit.take(&1).is_ok());
        }
        let refused = limit.take(&1).unwrap_err();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "20");
        assert!(limit.take(&2).is_ok(), "another key has its own");
    }

    #[test]
    fn zero_switches_a_limit_off() {
        let limit = Limit::per_minute(0);
        assert!((0..1_000).all(|_| limit.take(&1).is_ok()));
    }

    #[test]
    fn one_ipv6_subscriber_has_one_bucket() {
        let same = |a: &str, b: &str| subscriber(a.parse().unwrap()) == subscriber(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1:2:3"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn only_whole_path_segments_are_free() {
        assert!(is_free("/api/v1/links") && is_free("/healthz") && is_free("/assets/x.css"));
        assert!(is_free("/console/contacts/found") && !is_free("/console/contacts"));
        assert!(!is_free("/api/v1x") && !is_free("/healthzz") && !is_free("/portal") && !is_free("/"));
    }
}
