//! Importing a file of contacts or offerings: looked at first, row by row, then taken in.
//!
//! Apart from the contacts because a file is checked and taken in behind the pages, which follow it.

mod ask;
mod follow;
mod job;
mod one;
mod work;

pub(in crate::console) use ask::{ask, upload};
pub(in crate::console) use follow::follow;
pub(crate) use job::Imports;
pub(in crate::console) use one::{refused, show};

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use magiclink_domain::usecases::Caller;

use super::asked::{Asked, CONFIRM};
use super::refused::Refused;
use crate::Web;
use crate::http::page::see_other;
use ask::forgotten;
use job::{Job, Stage};
use work::Mode;

/// How long an answer waits for a small file to be looked at.
const SOON: Duration = Duration::from_millis(800);

/// Begins to take the rows in.
pub(in crate::console) async fn start(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let Some(job) = web.api.imports.find(&id, asked.staff.session.staff) else {
        return forgotten(&web, &asked.staff).await;
    };
    if job.begin() {
        let confirmed = asked.fields.text(CONFIRM) == "yes";
        let caller = Caller { authority: asked.staff.authority(confirmed), ..importer(&asked) };
        let work = work::go(Arc::clone(&web), Arc::clone(&job), caller, Mode::Import);
        web.background.surely("importing a file", work);
        soon(&job, &Stage::Importing).await;
    }
    Ok(see_other(&job.path()))
}

/// Who takes the rows in: each row's content is its own.
fn importer(asked: &Asked) -> Caller {
    Caller { fingerprint: None, ..asked.caller.clone() }
}

/// Waits a moment, so that the page of a small file shows the end already.
async fn soon(job: &Job, stage: &Stage) {
    let mut watch = job.watch();
    drop(tokio::time::timeout(SOON, watch.wait_for(|status| status.stage != *stage)).await);
}

/// Takes the only file in, in whoever's name, and returns once that is over.
#[cfg(test)]
pub(in crate::console) async fn work_off(web: Web, caller: Caller) -> Result<(), magiclink_domain::usecases::Failure> {
    let job = web.api.imports.only();
    assert!(job.begin(), "it was looked at");
    work::go(web, job, caller, Mode::Import).await
}
