//! The running service: listener, policies, control socket, and a stop that loses nothing.

mod chat;
mod connections;
mod deliveries;
mod invitation;
mod metrics;
mod policies;
mod readiness;
mod roles;
mod stop;
mod web;

pub(crate) use invitation::Invitation;
pub(crate) use roles::{Role, Roles};

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::value::PhoneNumber;
use magiclink_web::WebState;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::say;
use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::control::Listener;
use crate::folder::{DataFolder, FolderError, Lock};
use crate::providers;
use crate::wiring::App;
use chat::Chat;
use stop::{Signals, until};

/// How long accepted requests may take once the service is told to stop.
const LAST_ORDERS: Duration = Duration::from_secs(10);

/// `serve`.
pub(crate) async fn run(
    config: Config, folder: DataFolder, roles: Roles, sandbox: bool, json: bool,
) -> Result<Output, CliFailure> {
    if sandbox {
        roles.allow_sandbox()?;
    } else {
        let base_url = config.base_url(config.server.listen.port());
        let checked = providers::senders(&config, &base_url).and_then(|_| providers::check_chats(&config, &base_url));
        checked.map_err(|error| CliFailure::usage(error.to_string()))?;
    }
    let lock = lock(&folder)?;
    let _logging = crate::logging::start(&config.log).map_err(|error| CliFailure::usage(error.to_string()))?;
    let running = Running::start(config, &folder, lock, roles, sandbox).await?;
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
    roles: Roles,
    stop: CancellationToken,
    tasks: TaskTracker,
    connections: tokio::task::JoinHandle<()>,
    web: Arc<WebState>,
    chat: Chat,
    signals: Signals,
    _lock: Lock,
}

impl Running {
    /// Opens everything and begins to answer.
    pub(crate) async fn start(
        config: Config, folder: &DataFolder, lock: Lock, roles: Roles, sandbox: bool,
    ) -> anyhow::Result<Self> {
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
        let (senders, sms_hooks) = (app.senders(&base_url)?, app.sms_hooks(&base_url)?);
        let control = Listener::open(folder).context("the control socket can't be opened")?;
        // Loading the numbering plans takes longer than everything else; the first number would wait for them.
        drop(tokio::task::spawn_blocking(PhoneNumber::warm_up));

        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(control.serve(Arc::clone(&app), stop.clone().cancelled_owned()));
        if roles.include(Role::Worker) {
            policies::spawn(&tasks, &app, senders, &stop);
        }
        let keys = Arc::clone(&app.keys);
        tasks.spawn(until(&stop, async move { keys.keep_reading().await }));
        let watching = Arc::clone(&app);
        tasks.spawn(until(&stop, async move { watching.watch.follow().await }));
        tasks.spawn(until(&stop, metrics::keep_up(metrics.clone(), Arc::clone(&app))));

        let chat = Chat::open(&app, &roles)?;
        let web = Arc::new(web::state(&app, &base_url, sms_hooks, chat.sandbox(), metrics)?);
        chat.spawn(&tasks, &stop);
        let routes = chat.routes(web::routes(&roles, &web));
        let connections = tokio::spawn(connections::serve(listener, routes, stop.clone(), LAST_ORDERS));
        if let Some(sandbox) = &app.stand_ins.messages {
            sandbox.call_back(address)?;
        }
        chat.call_back(address);
        let base_url = base_url.as_str().to_owned();
        Ok(Self { app, address, base_url, roles, stop, tasks, connections, web, chat, signals, _lock: lock })
    }

    /// Says where the service is, and what it does where that is not everything.
    fn announce(&self, invitation: Option<&Invitation>, json: bool) {
        let Self { address, base_url, roles, .. } = self;
        if json {
            let path = invitation.and_then(Invitation::path).map(|path| path.display().to_string());
            let says = json!({
                "listening": address.to_string(), "base_url": base_url, "roles": roles.words(), "owner_invitation": path,
            });
            say(&says.to_string());
            return;
        }
        say(&format!("listening on http://{address}"));
        if !roles.are_all() {
            say(&format!("this process takes the roles {roles}; the others belong to other processes"));
        }
        if roles.include(Role::Web) {
            say(&format!("staff sign in at {base_url}/console, contacts at {base_url}/portal"));
        } else {
            say(&format!("it answers /healthz, /readyz and /metrics alone; its messages lead to {base_url}"));
        }
        if roles.include(Role::Bots) && !roles.are_all() && !self.chat.is_set() {
            say("no chat is configured, so the bots rest: docs/chat.md tells how to set one up");
        }
        if self.app.stand_ins.messages.is_some() {
            self.announce_sandbox();
        }
        if let Some(invitation) = invitation {
            say(&invitation.to_string());
        }
    }

    /// Says where messages are to be seen, if anybody may.
    fn announce_sandbox(&self) {
        let (base_url, port) = (&self.base_url, self.address.port());
        if !self.web.config.base_url.is_loopback() {
            say(&format!(
                "messages go to the sandbox, where nobody sees them: its pages answer on this machine alone, and \
                 server.base_url is {base_url}; to see them set it to http://localhost:{port}"
            ));
            return;
        }
        say(&format!("messages go to {base_url}/sandbox"));
        if self.chat.sandbox().is_some() {
            say(&format!("/magiclink can be tried at {base_url}/sandbox/chat"));
        }
    }

    /// Lets the first owner in, where there are pages to come in by.
    pub(crate) async fn invite(&self) -> anyhow::Result<Option<Invitation>> {
        if !self.roles.include(Role::Web) {
            return Ok(None);
        }
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
            self.chat.finish().await;
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

/// The description of the HTTP API.
pub(crate) fn openapi() -> Value {
    magiclink_web::openapi_document().clone()
}
