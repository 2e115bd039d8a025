//! One line and one count per request, by route and never by path: paths carry tokens.
//!
//! Apart from the handlers so that no request goes uncounted and none is written down with its secrets.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

pub(super) async fn note(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = word(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = begun.elapsed();
    metrics::counter!("magiclink_http_requests_total", "route" => route.to_owned(), "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("magiclink_http_request_seconds", "route" => route.to_owned()).record(took.as_secs_f64());
    tracing::info!(target: "magiclink::http", method, route, status, ms = took.as_secs_f64() * 1_000.0, "answered");
    response
}

/// Methods that nobody defined are counted together, so that strangers can't invent labels.
fn word(method: &axum::http::Method) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}
