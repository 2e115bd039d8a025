//! Where a command is carried out: in this process, or by the server that holds the data folder.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::screen::Bar;
use crate::command::{CliFailure, Command, Invoker, Output, execute};
use crate::config::Config;
use crate::control;
use crate::folder::{DataFolder, FolderError};
use crate::wiring::App;

/// How long to wait for another command, or for a server that is just starting.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Carries the command out.
pub(super) async fn run(
    config: Config, folder: &DataFolder, invoker: &Invoker, command: Command, json: bool,
) -> Result<Output, CliFailure> {
    let mut bar = Bar::new(json);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let held = match folder.lock() {
            Ok(lock) => {
                crate::logging::start_quiet();
                let outcome = here(config, folder, invoker, command, &mut bar).await;
                drop(lock);
                return outcome;
            }
            Err(held @ FolderError::InUse { .. }) => held,
            Err(other @ FolderError::Open { .. }) => return Err(CliFailure::refused(other.to_string())),
            Err(other @ FolderError::Unusable { .. }) => return Err(CliFailure::fault(&other)),
        };
        if let Some(server) = control::connect(folder).await {
            return control::ask(server, invoker, &command, &mut bar).await;
        }
        if Instant::now() >= deadline {
            return Err(CliFailure::refused(held.to_string()));
        }
        sleep(PAUSE).await;
    }
}

async fn here(
    config: Config, folder: &DataFolder, invoker: &Invoker, command: Command, bar: &mut Bar,
) -> Result<Output, CliFailure> {
    let base_url = config.base_url(config.server.listen.port());
    let app = App::open(config, folder, &base_url, false).await?;
    let outcome = execute(&app, invoker, command, bar).await;
    app.close().await;
    outcome
}
