//! Everything that speaks HTTP: contact pages, staff console, API, sandbox, operations.
//!
//! Apart from the domain because this is where axum, HTML and cookies live; it changes things through the use cases alone
//! and reads lists from the read models.

mod api;
mod console;
mod hooks;
pub mod http;
mod language;
mod lists;
mod operations;
mod portal;
mod sandbox;
mod state;

pub use api::{ApiState, Identity, Problem, openapi_document, told};
pub use http::brand::{Brand, InvalidBrand};
pub use lists::Lists;
pub use operations::{CountedLog, CountedSender};
pub use state::{Background, BaseUrl, Draw, InvalidBaseUrl, LimitsConfig, Readiness, WebConfig, WebState};

use std::sync::Arc;

use axum::Router;

/// What handlers take as `State`.
pub(crate) type Web = Arc<WebState>;

/// Every route of one node, ready to be served. The server adds [`axum::extract::ConnectInfo`] of the peer's
/// `SocketAddr` to each request; without it nothing is limited by address and no forwarded header is believed.
pub fn router(state: Arc<WebState>) -> Router {
    let routes = Router::new()
        .merge(portal::routes())
        .merge(console::routes(&state))
        .merge(api::routes())
        .merge(operations::routes())
        .merge(sandbox::routes())
        .merge(hooks::routes())
        .merge(http::assets::routes());
    http::layered(routes, &state).with_state(state)
}

/// The routes of a node that has no pages: whether it is alive and ready, and its counts.
pub fn operations_router(state: Arc<WebState>) -> Router {
    http::layered(operations::routes(), &state).with_state(state)
}
