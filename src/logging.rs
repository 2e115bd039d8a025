//! Log lines: for people on a terminal, JSON otherwise, on standard error; and to an OpenTelemetry collector where one is
//! configured.

use std::io::{self, IsTerminal};

use anyhow::Context;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};
use url::Url;

use crate::config::{Log, LogFormat};

const OURS: [&str; 7] = [
    "magiclink",
    "magiclink_bots",
    "magiclink_delivery",
    "magiclink_domain",
    "magiclink_projections",
    "magiclink_store",
    "magiclink_web",
];

/// What these say would be sent by themselves, and make them say more.
const SENDING: [&str; 4] = ["opentelemetry", "reqwest", "hyper", "rustls"];

/// Logging goes on for as long as this lives; then what the collector has not had yet is sent to it.
#[derive(Debug)]
pub(crate) struct Logging {
    collector: Option<SdkLoggerProvider>,
}

impl Drop for Logging {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.collector.as_ref().map(SdkLoggerProvider::shutdown) {
            tracing::warn!(%error, "the collector of logs did not take the last lines");
        }
    }
}

/// Begins logging as configured.
///
/// # Errors
/// When the collector can't be spoken to at all, whatever it says. One that does not answer later costs its lines alone.
pub(crate) fn start(log: &Log) -> anyhow::Result<Logging> {
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match log.format_in_force() {
        LogFormat::Pretty => lines.with_target(false).with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let collector = log.otlp.as_ref().map(collector).transpose()?;
    let sent =
        collector.as_ref().map(|provider| OpenTelemetryTracingBridge::new(provider).with_filter(filter_fn(is_sent)));
    tracing_subscriber::registry().with(filter(log)).with(lines).with(sent).init();
    Ok(Logging { collector })
}

/// What other crates say is worth a line only when something is wrong. serenity logs what it can't read, with the tokens in
/// it: what it comes to is told by our own crates.
fn filter(log: &Log) -> EnvFilter {
    let ours = OURS.map(|target| format!("{target}={}", log.level)).join(",");
    EnvFilter::new(format!("{},{ours},serenity=off", Level::WARN))
}

fn is_sent(line: &Metadata<'_>) -> bool {
    !SENDING.iter().any(|target| line.target().starts_with(target))
}

/// Batches of lines to a collector, as protobuf over HTTP
/// (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>: logs go to `v1/logs` under the configured address).
fn collector(address: &Url) -> anyhow::Result<SdkLoggerProvider> {
    let endpoint = format!("{}/v1/logs", address.as_str().trim_end_matches('/'));
    let exporter = LogExporter::builder().with_http().with_endpoint(endpoint).build();
    let exporter = exporter.context("log.otlp can't be used: give the address of an OpenTelemetry collector")?;
    let resource = Resource::builder().with_service_name("magiclink").build();
    Ok(SdkLoggerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

/// Begins logging for a command that ends by itself: only what is wrong, for people.
pub(crate) fn start_quiet() {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("warn,serenity=off"))
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        .with_ansi(io::stderr().is_terminal())
        .init();
}
