//! What all pages and calls share: cookies, forms, headers, limits, and what happens when something goes wrong.
//!
//! Apart from the pages so that none of them can forget it.

pub(crate) mod assets;
pub(crate) mod brand;
pub(crate) mod browser;
pub(crate) mod client_ip;
pub(crate) mod colour;
pub(crate) mod compress;
pub(crate) mod cookies;
pub(crate) mod failure;
pub(crate) mod form;
pub(crate) mod guard;
pub(crate) mod headers;
pub mod limits;
pub(crate) mod origin;
pub(crate) mod page;
pub(crate) mod problem;
mod trace;
pub(crate) mod upload;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::Web;

/// The largest body that is read, in bytes.
pub(crate) const MOST_BODY: usize = 64 * 1024;
/// The longest time until an answer begins.
const LONGEST: Duration = Duration::from_secs(30);

/// The routes behind everything that holds for every request. The last layer is the outermost.
pub(crate) fn layered(routes: Router<Web>, web: &Web) -> Router<Web> {
    routes
        .fallback(failure::nothing_here)
        .layer(from_fn_with_state(web.clone(), limits::per_address))
        .layer(from_fn_with_state(web.clone(), client_ip::know_the_client))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn(guard::refuse_large_bodies))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(from_fn_with_state(guard::room(web), guard::shed_load))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(from_fn_with_state(web.clone(), failure::dress))
        .layer(from_fn_with_state(web.clone(), headers::secure))
        .layer(from_fn(trace::note))
}
