//! `/hooks`: where vendors call us.
//!
//! Apart from pages and API because a vendor proves itself by signing the very bytes it sends: no cookie, no token, no
//! limit per address (a vendor calls from few), but little room.

mod sms;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use tokio::sync::Semaphore;

use crate::Web;
use crate::http::guard;

/// Calls that are answered at a time; more are shed, and the vendor calls again.
const ROOM: usize = 64;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/hooks/twilio/status", post(sms::status))
        .route("/hooks/twilio/inbound", post(sms::inbound))
        .route_layer(from_fn_with_state(Arc::new(Semaphore::new(ROOM)), guard::shed_load))
}
