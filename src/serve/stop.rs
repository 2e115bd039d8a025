//! How the service is told to stop.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How the operating system asks for a stop.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    pub(super) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The work, until the stop.
pub(super) fn until<F: Future<Output = ()> + Send + 'static>(
    stop: &CancellationToken, work: F,
) -> impl Future<Output = ()> + Send + use<F> {
    let stop = stop.clone();
    async move {
        let _: Option<()> = stop.run_until_cancelled(work).await;
    }
}
