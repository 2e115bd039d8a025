//! The running service: listener, policies, control socket, and a stop that loses nothing.

mod connections;
mod deliveries;
mod invitation;
mod metrics;
mod policies;
mod readiness;

pub(crate) use invitation::Invitation;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::value::PhoneNumber;
use magiclink_web::{ApiState, Background, LimitsConfig, WebConfig, WebState};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::say;
use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::control::Listener;
use crate::folder::{DataFolder, FolderError, Lock};
use crate::wiring::App;

/// How long accepted requests may take once the service is told to stop.
const LAST_ORDERS: Duration = Duration::from_secs(10);

/// `serve`.
pub(crate) async fn run(config: Config, folder: DataFolder, sandbox: bool, json: bool) -> Result<Output, CliFailure> {
    let lock = lock(&folder)?;
    crate::logging::start(&config.log);
    let running = Running::start(config, &folder, lock, sandbox).await?;
    let invitation = running.invite().await?;
    running.announce(invitation.as_ref(), json);
    running.until_told_to_stop().await?;
    Ok(Output::new(Value::Null, ""))
}

/// Takes the folder, or says who has it.
pub(crate) fn lock(folder: &DataFolder) -> Result<Lock, CliFailure> {
    folder.lock().map_err(|error| match error {
        FolderError::InUse { .. } | FolderError::Open { .. } => CliFailure::refused(error.to_string()),
        FolderError::Unusable { .. } => CliFailure::fault(&error),
    })
}

/// A service that listens.
pub(crate) struct Running {
    pub(crate) app: Arc<App>,
    address: std::net::SocketAddr,
    pub(crate) base_url: String,
    stop: CancellationToken,
    tasks: TaskTracker,
    connections: tokio::task::JoinHandle<()>,
    web: Arc<WebState>,
    signals: Signals,
    _lock: Lock,
}

impl Running {
    /// Opens everything and begins to answer.
    pub(crate) async fn start(config: Config, folder: &DataFolder, lock: Lock, sandbox: bool) -> anyhow::Result<Self> {
        // Before anybody can know that the service runs, so that no stop comes too early.
        let signals = Signals::listen()?;
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen).await;
        let listener =
            listener.with_context(|| format!("can't listen on {listen}: name a free address with --listen"))?;
        let address = listener.local_addr()?;
        let base_url = config.base_url(address.port());
        let metrics = metrics::start()?;
        let app = Arc::new(App::open(config, folder, &base_url, sandbox).await?);
        let control = Listener::open(folder).context("the control socket can't be opened")?;
        // Loading the numbering plans takes longer than everything else; the first number would wait for them.
        drop(tokio::task::spawn_blocking(PhoneNumber::warm_up));

        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(control.serve(Arc::clone(&app), stop.clone().cancelled_owned()));
        policies::spawn(&tasks, &app, &stop);
        let keys = Arc::clone(&app.keys);
        tasks.spawn(until(&stop, async move { keys.keep_reading().await }));
        let watching = Arc::clone(&app);
        tasks.spawn(until(&stop, async move { watching.watch.follow().await }));
        tasks.spawn(until(&stop, metrics::keep_up(metrics.clone(), Arc::clone(&app))));

        let web = Arc::new(web_state(&app, &base_url, metrics));
        let router = magiclink_web::router(Arc::clone(&web));
        let connections = tokio::spawn(connections::serve(listener, router, stop.clone(), LAST_ORDERS));
        let base_url = base_url.as_str().to_owned();
        Ok(Self { app, address, base_url, stop, tasks, connections, web, signals, _lock: lock })
    }

    /// Says where the service is.
    fn announce(&self, invitation: Option<&Invitation>, json: bool) {
        if json {
            let path = invitation.and_then(Invitation::path).map(|path| path.display().to_string());
            let address = self.address.to_string();
            say(&json!({ "listening": address, "base_url": self.base_url, "owner_invitation": path }).to_string());
        } else {
            say(&format!("listening on http://{}", self.address));
            say(&format!("staff sign in at {0}/console, contacts at {0}/portal", self.base_url));
            if self.app.sandbox.is_some() {
                say(&format!("messages go to {}/sandbox", self.base_url));
            }
            if let Some(invitation) = invitation {
                say(&invitation.to_string());
            }
        }
    }

    /// Lets the first owner in.
    pub(crate) async fn invite(&self) -> anyhow::Result<Option<Invitation>> {
        invitation::offer(&self.app, &self.tasks, &self.stop).await
    }

    /// Serves until the operating system says stop, then finishes what was accepted.
    pub(crate) async fn until_told_to_stop(mut self) -> anyhow::Result<()> {
        self.signals.wait().await;
        tracing::info!("stopping: no new requests are taken");
        self.stop.cancel();
        // They would not end by themselves.
        self.web.api.end_streams();
        if let Err(error) = self.connections.await {
            tracing::error!(%error, "the listener ended badly");
        }
        let work = async {
            self.web.background.finish().await;
            self.tasks.close();
            self.tasks.wait().await;
        };
        if tokio::time::timeout(LAST_ORDERS, work).await.is_err() {
            tracing::warn!("some work did not end in time and goes on at the next start");
        }
        self.app.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// How the operating system asks for a stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The work, until the stop.
fn until<F: Future<Output = ()> + Send + 'static>(
    stop: &CancellationToken, work: F,
) -> impl Future<Output = ()> + Send + use<F> {
    let stop = stop.clone();
    async move {
        let _: Option<()> = stop.run_until_cancelled(work).await;
    }
}

fn web_state(app: &Arc<App>, base_url: &magiclink_web::BaseUrl, metrics: metrics::Metrics) -> WebState {
    let Config { server, portal, limits, .. } = &app.config;
    let limits = LimitsConfig { ip: limits.ip, ip_sign_in: limits.ip_sign_in, token_requests: limits.token_requests };
    WebState {
        use_cases: Arc::clone(&app.use_cases),
        read_models: Arc::clone(&app.read_models),
        limits: magiclink_web::http::limits::Limits::new(&limits),
        config: WebConfig {
            base_url: base_url.clone(),
            portal_name: portal.name.clone(),
            support_contact: portal.support_contact.clone(),
            time_zone: portal.time_zone,
            locale: portal.locale.clone(),
            trusted_proxies: server.trusted_proxies.clone(),
            limits,
            ..WebConfig::default()
        },
        background: Background::default(),
        api: ApiState::default(),
        sandbox: app.sandbox.clone().map(|sandbox| sandbox as _),
        metrics: Arc::new(move || metrics.render()),
        readiness: Arc::new(readiness::Ready(Arc::clone(app))),
    }
}

/// The description of the HTTP API.
pub(crate) fn openapi() -> Value {
    magiclink_web::openapi_document().clone()
}
