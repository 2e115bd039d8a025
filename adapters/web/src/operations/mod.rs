//! What watches the node: alive, ready, metrics.
//!
//! Apart from the API because programs of the operator ask, without a token.

mod counted;
mod deliveries;

pub use counted::{CountedLog, CountedSender};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use magiclink_domain::link::Channel;

use crate::Web;

const TEXT: &str = "text/plain; charset=utf-8";

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// The process answers; nothing else is asked.
async fn alive() -> &'static str {
    "ok\n"
}

/// Whether this node can serve, and if not, why.
async fn ready(State(web): State<Web>) -> Response {
    match web.readiness.ready().await {
        Ok(()) => ([(header::CONTENT_TYPE, TEXT)], "ready\n").into_response(),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            let headers = [(header::CONTENT_TYPE, TEXT), (header::RETRY_AFTER, "1")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, format!("not ready: {reason}\n")).into_response()
        }
    }
}

/// The counters, in Prometheus' text format.
async fn metrics(State(web): State<Web>) -> Response {
    if let Ok(status) = web.lists.for_counts().status().await {
        for model in status {
            #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 events")]
            let (lag, failures) = (model.lag as f64, model.failures as f64);
            metrics::gauge!("magiclink_projection_lag_events", "model" => model.name).set(lag);
            metrics::gauge!("magiclink_projection_failures", "model" => model.name).set(failures);
        }
    }
    queues(&web).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (web.metrics)()).into_response()
}

/// How many deliveries wait, and for how long.
async fn queues(web: &Web) {
    let Ok(queues) = web.lists.for_counts().delivery_queues().await else { return };
    let now = web.use_cases.ports().clock.now();
    for channel in Channel::ALL {
        let queue = queues.get(channel);
        let oldest = queue.map_or(0, |queue| now.since(queue.oldest).secs());
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        let (length, oldest) = (queue.map_or(0, |queue| queue.length) as f64, oldest as f64);
        metrics::gauge!("magiclink_deliveries_queued", "channel" => channel.as_str()).set(length);
        metrics::gauge!("magiclink_oldest_queued_delivery_seconds", "channel" => channel.as_str()).set(oldest);
    }
}
