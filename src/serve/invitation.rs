//! The first owner's way in: shown once, where only the operator sees it.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::link::LinkStatus;
use magiclink_domain::log::EventStore;
use magiclink_domain::usecases::Caller;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::folder::{remove, write_private};
use crate::wiring::App;

/// Where the invitation is.
pub(crate) enum Invitation {
    /// To be shown on the terminal: a secret.
    Shown(String),
    /// In a private file.
    Kept(PathBuf),
}

impl Invitation {
    /// The file, if it is in one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Shown(_) => None,
            Self::Kept(path) => Some(path),
        }
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown(url) => write!(f, "the owner signs in once, within 15 minutes, at\n  {url}"),
            Self::Kept(path) => {
                write!(f, "the owner's invitation (works once, for 15 minutes) is in {}", path.display())
            }
        }
    }
}

/// Makes an invitation unless the team has an owner with a name: on a terminal it is to be printed, otherwise it is
/// written to a private file. The file goes once the invitation is used or its time is over.
pub(super) async fn offer(
    app: &Arc<App>, tasks: &TaskTracker, stop: &CancellationToken,
) -> anyhow::Result<Option<Invitation>> {
    let path = app.folder.invitation();
    remove(&path).with_context(|| format!("{} can't be removed", path.display()))?;
    let Some(done) = app.use_cases.invite_first_owner().await.context("the owner can't be invited")? else {
        return Ok(None);
    };
    let url = done.value.url.map(|url| url.0).unwrap_or_default();
    if io::stdout().is_terminal() {
        return Ok(Some(Invitation::Shown(url)));
    }
    write_private(&path, format!("{url}\n").as_bytes())
        .with_context(|| format!("{} can't be written", path.display()))?;
    let invitation = Invitation::Kept(path.clone());
    let (app, stop) = (Arc::clone(app), stop.clone());
    tasks.spawn(async move {
        let _: Option<()> = stop.run_until_cancelled(until_over(&app, done.value.id)).await;
        if let Err(error) = remove(&path) {
            tracing::warn!(%error, "the owner's invitation could not be removed");
        }
    });
    Ok(Some(invitation))
}

/// Waits until the link can't be used any more.
async fn until_over(app: &App, link: LinkId) {
    let host = Caller::system(CommandId::from_uuid(app.use_cases.ports().ids.id()));
    loop {
        let seen = app.log.head().await.unwrap_or_default();
        let now = app.use_cases.ports().clock.now();
        if app.use_cases.link(&host, link).await.is_ok_and(|link| link.status(now) != LinkStatus::Live) {
            return;
        }
        app.log.wait_beyond(seen, Duration::from_mins(1)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
