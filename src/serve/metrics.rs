//! Metrics: the recorder that every crate's `metrics` calls end up in.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::log::EventStore;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::wiring::App;

/// Renders what was recorded.
pub(super) type Metrics = PrometheusHandle;

/// Installs the recorder of this process.
pub(super) fn start() -> anyhow::Result<Metrics> {
    PrometheusBuilder::new().install_recorder().context("metrics can't be recorded")
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
