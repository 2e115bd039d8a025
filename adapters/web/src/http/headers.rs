//! The headers that every answer carries, errors included.
//!
//! Apart from the pages so that none goes out without them; a page that needs another policy sets it, and it stays.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::Web;

/// What a page may load: its own style sheet, script and images, and nothing from anywhere else.
pub(crate) const CONTENT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

const PERMISSIONS: &str = "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), \
     gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

const EVERYWHERE: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Two years, sub-domains too (OWASP ASVS 5.0, 3.4.1).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

pub(super) async fn secure(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        unless_set(headers, name, value);
    }
    let base_url = &web.config.base_url;
    if base_url.is_https() {
        unless_set(headers, header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    // Over plain http to another machine browsers send no `Sec-Fetch-Site`, and `no-referrer` would take the `Origin` of
    // our own forms away as well.
    let referrer = if base_url.is_https() || base_url.is_loopback() { "no-referrer" } else { "same-origin" };
    unless_set(headers, header::REFERRER_POLICY, HeaderValue::from_static(referrer));
    response
}

fn unless_set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
