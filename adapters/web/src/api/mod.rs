//! The HTTP API: `/api/v1`, its document and its readable docs.
//!
//! Apart from the pages because programs call it: bearer tokens instead of cookies, JSON, and problems instead of pages.

mod address;
mod body;
mod bulk_sends;
pub(crate) mod codes;
mod contacts;
mod docs;
mod events;
mod fields;
mod history;
mod identity;
mod links;
pub(crate) mod list;
mod offerings;
mod once;
mod openapi;
pub(crate) mod problem;
mod query;
mod sessions;
mod staff;
mod state;
#[cfg(test)]
mod tests;
pub mod told;

pub use identity::Identity;
pub use openapi::document as openapi_document;
pub use problem::Problem;
pub use state::ApiState;

use axum::Router;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Web;

/// Where the calls lie.
const ROOT: &str = "/api/v1";

/// The calls, and what the document says of them: one list, so that neither lacks what the other has.
fn calls() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(offerings::list, offerings::add))
        .routes(routes!(offerings::change_one, offerings::archive))
        .routes(routes!(contacts::search::search, contacts::add))
        .routes(routes!(contacts::get_one, contacts::change_one, contacts::erase))
        .routes(routes!(contacts::access::grant, contacts::access::revoke))
        .routes(routes!(contacts::access::portal))
        .routes(routes!(links::list::list, links::issue::issue))
        .routes(routes!(links::issue::check))
        .routes(routes!(links::one::get_one))
        .routes(routes!(links::deliveries::deliver))
        .routes(routes!(links::deliveries::retry))
        .routes(routes!(links::one::revoke))
        .routes(routes!(bulk_sends::look::list, bulk_sends::start::start))
        .routes(routes!(bulk_sends::look::get_one))
        .routes(routes!(bulk_sends::recipients::list))
        .routes(routes!(bulk_sends::change::pause))
        .routes(routes!(bulk_sends::change::resume))
        .routes(routes!(bulk_sends::change::stop))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(history::list))
        .routes(routes!(history::csv::export))
        .routes(routes!(events::feed::list))
        .routes(routes!(events::follow::follow))
        .routes(routes!(staff::list, staff::add))
        .routes(routes!(staff::change_one, staff::remove))
}

/// Everything under `/api`.
pub(crate) fn routes() -> Router<Web> {
    let (calls, _) = calls().split_for_parts();
    // The same for everybody, so compressing them tells nothing.
    let docs = Router::new().route("/api/openapi.json", get(openapi::serve)).route("/api/docs", get(docs::serve));
    Router::new().nest(ROOT, calls).merge(docs.route_layer(CompressionLayer::new()))
}
