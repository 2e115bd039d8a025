//! Pages of the console that travel compressed: those whose address says nothing but which page it is.
//!
//! Apart from the pages because of what must not be: a page holds form tags and people's data, and often what its query
//! says. Compressed together, the length would tell a listener who writes the query whether it occurs in the rest
//! (BREACH, <https://www.breachattack.com>). So what has a query goes out as it is, and so does whatever was posted for.

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

use crate::Web;

/// Marks an answer into which nobody but we wrote anything.
#[derive(Clone, Copy)]
struct Ours;

/// These routes, compressing what may be.
pub(crate) fn compressed(routes: Router<Web>) -> Router<Web> {
    let may = DefaultPredicate::new()
        .and(|_: StatusCode, _: Version, _: &HeaderMap, marks: &Extensions| marks.get::<Ours>().is_some());
    routes.layer(from_fn(mark)).layer(CompressionLayer::new().compress_when(may))
}

async fn mark(request: Request, next: Next) -> Response {
    let ours = *request.method() == Method::GET && request.uri().query().is_none();
    let mut response = next.run(request).await;
    if ours {
        response.extensions_mut().insert(Ours);
    }
    response
}
