//! Log lines: for people on a terminal, JSON otherwise; always on standard error.

use std::io::{self, IsTerminal};

use tracing::Level;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Begins logging as configured.
pub(crate) fn start(log: &Log) {
    let chosen = log.format.unwrap_or(if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json });
    // What our own crates do not say is worth a line only when something is wrong.
    let level = log.level.max(Level::WARN);
    let ours = [
        "magiclink",
        "magiclink_domain",
        "magiclink_projections",
        "magiclink_store",
        "magiclink_delivery",
        "magiclink_web",
    ];
    let ours = ours.map(|target| format!("{target}={}", log.level)).join(",");
    let others = level.min(Level::WARN);
    let filter = EnvFilter::new(format!("{others},{ours}"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match chosen {
        LogFormat::Pretty => builder.with_target(false).with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).init(),
    }
}

/// Begins logging for a command that ends by itself: only what is wrong, for people.
pub(crate) fn start_quiet() {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("warn"))
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        .with_ansi(io::stderr().is_terminal())
        .init();
}
