//! Connections: how many, how slow they may be, and how they end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Connections at a time: below the usual limit of 1,024 open files. More wait in the kernel's queue.
const MOST: usize = 900;
/// How long a client may take over the head of a request, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(15);

/// Accepts connections until `stop`, then gives those that are open `last_orders` to finish.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, last_orders: Duration) {
    let room = Arc::new(Semaphore::new(MOST));
    let open = GracefulShutdown::new();
    loop {
        let accept = async {
            // Never closed, so there is always a permit to come.
            let permit = Arc::clone(&room).acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = open.watch(connection(stream, peer, router.clone()));
                tokio::spawn(async move {
                    // Clients come and go as they like; that is no fault of ours.
                    drop(connection.await);
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: others must end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(last_orders, open.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

fn connection(
    stream: TcpStream, peer: SocketAddr, router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    // Answers are small and complete; waiting to fill a packet only delays them.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
}
