//! Metrics: the recorder that every crate's `metrics` calls end up in.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::log::EventStore;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::wiring::App;

/// Renders what was recorded.
pub(super) type Metrics = PrometheusHandle;

/// Buckets of the time from request to sent: at once, after a retry or two, after an outage.
const SECONDS: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1_800.0, 3_600.0, 21_600.0];

/// Installs the recorder of this process.
pub(super) fn start() -> anyhow::Result<Metrics> {
    let seconds = Matcher::Full("magiclink_delivery_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, SECONDS);
    builder.and_then(PrometheusBuilder::install_recorder).context("metrics can't be recorded")
}

/// Keeps histograms small and gauges fresh, for ever.
pub(super) async fn keep_up(metrics: Metrics, app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
        let head = app.log.head().await.unwrap_or_default().get();
        let lag = head.saturating_sub(app.read_models.position().get());
        // Precise up to 2^53 events.
        #[expect(clippy::cast_precision_loss, reason = "gauges are floating point")]
        {
            metrics::gauge!("magiclink_log_position").set(head as f64);
            metrics::counter!("magiclink_sql_statements_total").absolute(app.log.statements());
            metrics::gauge!("magiclink_read_models_lag").set(lag as f64);
        }
    }
}
