//! The first owner's way in: shown once, where only the operator sees it.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::id::LinkId;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::log::EventStore;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::say;
use crate::folder::{remove, write_private};
use crate::wiring::App;

/// Makes an invitation unless the team has an owner with a name: on a terminal it is printed, otherwise written to a
/// private file whose path is printed. The file goes once the invitation is used or its time is over.
pub(super) async fn offer(
    app: &Arc<App>, tasks: &TaskTracker, stop: &CancellationToken, json: bool,
) -> anyhow::Result<()> {
    let path = app.folder.invitation();
    remove(&path).with_context(|| format!("{} can't be removed", path.display()))?;
    let Some(done) = app.use_cases.invite_first_owner().await.context("the owner can't be invited")? else {
        return Ok(());
    };
    let url = done.value.url.map(|url| url.0).unwrap_or_default();
    if io::stdout().is_terminal() {
        say(&format!("the owner signs in once, within 15 minutes, at\n  {url}"));
        return Ok(());
    }
    write_private(&path, format!("{url}\n").as_bytes())
        .with_context(|| format!("{} can't be written", path.display()))?;
    if json {
        say(&json!({ "owner_invitation": path.display().to_string() }).to_string());
    } else {
        say(&format!("the owner's invitation (works once, for 15 minutes) is in {}", path.display()));
    }
    let (app, stop) = (Arc::clone(app), stop.clone());
    tasks.spawn(async move {
        let _: Option<()> = stop.run_until_cancelled(until_over(&app, done.value.id)).await;
        if let Err(error) = remove(&path) {
            tracing::warn!(%error, "the owner's invitation could not be removed");
        }
    });
    Ok(())
}

/// Waits until the link can't be used any more.
async fn until_over(app: &App, link: LinkId) {
    loop {
        let seen = app.log.head().await.unwrap_or_default();
        let now = app.use_cases.ports().clock.now();
        if app.use_cases.link(link).await.is_ok_and(|link| link.status(now) != LinkStatus::Live) {
            return;
        }
        app.log.wait_beyond(seen, Duration::from_mins(1)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
