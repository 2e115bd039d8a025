//! What every handler can reach, and the configuration of the interfaces.
//!
//! Apart from the handlers so that the composition root sees in one place what it must bring.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use chrono_tz::Tz;
use ipnet::IpNet;
use magiclink_domain::ports::{SandboxChat, SandboxInbox, SmsHooks};
use magiclink_domain::usecases::{Failure, UseCases};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::api::ApiState;
use crate::http::brand::Brand;
use crate::http::limits::Limits;
use crate::lists::Lists;

/// What the interfaces of one node share.
pub struct WebState {
    /// The only way to change anything.
    pub use_cases: Arc<UseCases>,
    /// Lists and titles; never rights.
    pub lists: Lists,
    /// Configuration.
    pub config: WebConfig,
    /// What the API remembers.
    pub api: ApiState,
    /// Per-address and per-token limits of this node.
    pub limits: Limits,
    /// Work that goes on after an answer.
    pub background: Background,
    /// The sandbox's phones and mailboxes, where messages go to the sandbox.
    pub sandbox: Option<Arc<dyn SandboxInbox>>,
    /// The sandbox's chat rooms, of the platforms that are not configured.
    pub sandbox_chat: Option<Arc<dyn SandboxChat>>,
    /// What reads the SMS vendor's calls, where there is a vendor.
    pub sms_hooks: Option<Arc<dyn SmsHooks>>,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Draw,
    /// Whether this node can serve.
    pub readiness: Arc<dyn Readiness>,
}

/// Draws a page of text from what it holds.
pub type Draw = Arc<dyn Fn() -> String + Send + Sync>;

/// Whether the node can serve: database, projection lag.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// `Ok`, or in plain words what is not ready.
    async fn ready(&self) -> Result<(), String>;
}

/// Configuration of the interfaces.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Where this deployment is reached, the only source of links and of the expected `Origin`.
    pub base_url: BaseUrl,
    /// The portal's name on every page.
    pub portal_name: String,
    /// Accent and logo, ready to be served.
    pub brand: Brand,
    /// Where the logo was taken from, as the operator wrote it.
    pub logo: Option<String>,
    /// Whom contacts can turn to, in plain text.
    pub support_contact: Option<String>,
    /// The zone in which times are shown.
    pub time_zone: Tz,
    /// Language of the pages, BCP 47.
    pub locale: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Limits of this node.
    pub limits: LimitsConfig,
    /// Requests being answered at a time; more are shed with 503.
    pub most_in_flight: usize,
}

impl Default for WebConfig {
    /// The defaults of the configuration reference.
    fn default() -> Self {
        Self {
            base_url: BaseUrl::default(),
            portal_name: "Client portal".to_owned(),
            brand: Brand::default(),
            logo: None,
            support_contact: None,
            time_zone: Tz::UTC,
            locale: "en".to_owned(),
            trusted_proxies: vec![],
            limits: LimitsConfig::default(),
            most_in_flight: 1_024,
        }
    }
}

/// Requests a minute; 0 switches a limit off.
#[derive(Clone, Copy, Debug)]
pub struct LimitsConfig {
    /// Per address, API calls left out.
    pub ip: u32,
    /// Per address, asking for links and typing codes.
    pub ip_sign_in: u32,
    /// Per API token.
    pub token_requests: u32,
}

impl Default for LimitsConfig {
    /// The defaults of the configuration reference.
    fn default() -> Self {
        Self { ip: 120, ip_sign_in: 10, token_requests: 6_000 }
    }
}

/// Scheme, host and port at which the deployment is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

/// The text can't be a base URL.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a base URL such as https://portal.example.com (http or https, no path): {0:?}")]
pub struct InvalidBaseUrl(String);

impl BaseUrl {
    /// Validates: http or https, a host, nothing behind the port.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        let invalid = || InvalidBaseUrl(text.to_owned());
        let url = Url::parse(text).map_err(|_| invalid())?;
        let https = url.scheme() == "https";
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        let host = url.host_str().ok_or_else(invalid)?;
        if !(https || url.scheme() == "http") || !bare || !anonymous {
            return Err(invalid());
        }
        Ok(Self { origin: url.origin().ascii_serialization(), https, loopback: is_loopback(host) })
    }

    /// Without a slash at the end; also what browsers send as `Origin`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether cookies can be `Secure` and HSTS is sent.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is this machine's own.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self { origin: "http://localhost:8080".to_owned(), https: false, loopback: true }
    }
}

/// Whether a host name or address (IPv6 in brackets or not, no port) is this machine's own.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Work that goes on after the answer was sent; a graceful stop waits for it.
#[derive(Clone, Debug)]
pub struct Background {
    tasks: TaskTracker,
    room: Arc<Semaphore>,
}

/// Tasks at work at a time.
const ROOM: usize = 64;

impl Default for Background {
    fn default() -> Self {
        Self { tasks: TaskTracker::new(), room: Arc::new(Semaphore::new(ROOM)) }
    }
}

impl Background {
    /// Does this as soon as there is room.
    pub fn surely(&self, what: &'static str, work: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        let room = Arc::clone(&self.room);
        self.tasks.spawn(async move {
            let _permit = room.acquire_owned().await;
            report(what, work.await);
        });
    }

    /// Does this if there is room now, else not at all.
    pub fn perhaps(&self, what: &'static str, work: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else { return };
        self.tasks.spawn(async move {
            report(what, work.await);
            drop(permit);
        });
    }

    /// Waits until everything begun is done.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A rule's no is an answer; only faults are worth a line.
fn report(what: &'static str, result: Result<(), Failure>) {
    if let Err(failure) = result
        && failure.rejection().is_none()
    {
        tracing::warn!(what, error = &failure as &dyn std::error::Error, "work after an answer failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_scheme_host_and_port_alone() {
        for (text, origin, https, loopback) in [
            ("https://Portal.example.com/", "https://portal.example.com", true, false),
            ("https://portal.example.com:443", "https://portal.example.com", true, false),
            ("http://localhost:8080", "http://localhost:8080", false, true),
            ("http://127.0.0.1:1", "http://127.0.0.1:1", false, true),
            ("http://[::1]:1", "http://[::1]:1", false, true),
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!((base.as_str(), base.is_https(), base.is_loopback()), (origin, https, loopback), "{text}");
        }
        for text in ["", "portal.example.com", "ftp://a.b", "https://a.b/portal", "https://a.b/?q", "https://u@a.b"] {
            assert_eq!(BaseUrl::parse(text), Err(InvalidBaseUrl(text.to_owned())));
        }
    }

    #[test]
    fn names_that_only_look_like_this_machine_are_others() {
        for host in ["localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "[::2]", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[tokio::test]
    async fn what_must_be_done_waits_for_room_and_what_may_be_done_does_not() {
        let background = Background::default();
        let (open, gate) = tokio::sync::watch::channel(false);
        let done = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let work = || {
            let (mut gate, done) = (gate.clone(), Arc::clone(&done));
            async move {
                let _closed = gate.wait_for(|open| *open).await;
                done.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                Ok(())
            }
        };
        for _ in 0..=ROOM {
            background.perhaps("test", work());
        }
        background.surely("test", work());
        open.send_replace(true);
        background.finish().await;
        assert_eq!(done.load(std::sync::atomic::Ordering::SeqCst), ROOM + 1);
    }
}
