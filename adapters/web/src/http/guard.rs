//! Requests that are refused before anybody looks at them: too large, or one too many.
//!
//! Apart from the limits because these protect the node, not a person.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::MOST_BODY;
use super::upload::MOST_READ;
use crate::Web;

/// How many requests may be in flight.
pub(super) fn room(web: &Web) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(web.config.most_in_flight.min(Semaphore::MAX_PERMITS)))
}

/// Refuses rather than queues: who waits in a queue that grows gives up before the answer.
pub(crate) async fn shed_load(State(room): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    match room.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => busy(),
    }
}

/// 503, to be tried again in a second.
pub(crate) fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from_static("1"))]).into_response()
}

/// Where a file may come.
const UPLOADS: &str = "/console/import";

/// Refuses by the announced length, without reading; what is not announced is cut off while reading.
pub(super) async fn refuse_large_bodies(request: Request, next: Next) -> Response {
    let most = if request.uri().path() == UPLOADS { MOST_READ } else { MOST_BODY };
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match announced.map(str::parse::<usize>) {
        Some(Ok(length)) if length > most => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Some(Ok(_) | Err(_)) | None => next.run(request).await,
    }
}
