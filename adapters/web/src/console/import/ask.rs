//! The page that asks for a file, and the file that comes.
//!
//! Apart from what the file's own page shows because here it may still turn out to be no file that can be read.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Caller;

use super::job::{Came, Job, Stage};
use super::work::{self, Mode};
use super::{importer, soon};
use crate::Web;
use crate::console::asked::Asked;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::page::{html, see_other};
use crate::http::upload::{MOST_FILE, Unuploaded, Upload, Uploaded};

/// Rows of a file.
const MOST_ROWS: usize = 100_000;
/// Characters of a file's name that are shown.
const MOST_NAME: usize = 80;

#[derive(Template)]
#[template(path = "console/import.html")]
struct AskPage<'a> {
    page: Shell<'a>,
    most_bytes: usize,
    problem: Option<String>,
}

pub(in crate::console) async fn ask(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    form(&web, &staff, StatusCode::OK, None).await
}

async fn form(web: &Web, staff: &Staff, status: StatusCode, problem: Option<String>) -> Result<Response, Refused> {
    let page = Shell::of(web, staff, Section::Contacts).await?;
    Ok(html(status, &AskPage { page, most_bytes: MOST_FILE, problem }))
}

pub(in crate::console) async fn upload(
    State(web): State<Web>, staff: Staff, request: Request,
) -> Result<Response, Refused> {
    let too_large = || {
        let most = MOST_FILE / (1024 * 1024);
        format!(
            "This file is larger than {most} MB, so nothing was read. Split it, or import it on the server with “magiclink import contacts FILE.csv”."
        )
    };
    let Uploaded { fields, nonce, file } = match Uploaded::from_request(request, &web).await {
        Ok(uploaded) => uploaded,
        Err(Unuploaded::TooLarge) => return form(&web, &staff, StatusCode::PAYLOAD_TOO_LARGE, Some(too_large())).await,
        Err(Unuploaded::Form(unposted)) => return Ok(unposted.into_response()),
    };
    let asked = match Asked::of(&web, staff, fields, nonce) {
        Ok(asked) => asked,
        Err(answer) => return Ok(answer),
    };
    let refuse = |why: String| async { form(&web, &asked.staff, StatusCode::UNPROCESSABLE_ENTITY, Some(why)).await };
    let Some(file) = file else { return refuse("Choose a CSV file first.".to_owned()).await };
    let came = match came(&asked, file, web.use_cases.ports().clock.now()) {
        Ok(came) => came,
        Err(why) => return refuse(why).await,
    };
    let Some((job, new)) = web.api.imports.keep(Job::new(came)) else {
        let why = "Several files are being imported right now. Try again in a minute.".to_owned();
        return form(&web, &asked.staff, StatusCode::SERVICE_UNAVAILABLE, Some(why)).await;
    };
    if new {
        let caller = Caller { authority: asked.staff.authority(true), ..importer(&asked) };
        let work = work::go(Arc::clone(&web), Arc::clone(&job), caller, Mode::Rehearse);
        web.background.surely("looking at a file", work);
        soon(&job, &Stage::Checking).await;
    }
    Ok(see_other(&job.path()))
}

/// What is known of the file, or why it can't be used.
fn came(asked: &Asked, file: Upload, at: Timestamp) -> Result<Came, String> {
    let lines = file.bytes.split(|byte| *byte == b'\n').count() - 1;
    if lines > MOST_ROWS {
        return Err("This file has more than 100,000 rows. Split it, so that each part can be looked at.".to_owned());
    }
    let (kind, ignored) = work::kind(&file.bytes).map_err(|why| format!("This file can’t be imported: {}.", why.0))?;
    let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(MOST_NAME).collect();
    Ok(Came {
        id: asked.caller.command,
        staff: asked.staff.session.staff,
        kind,
        name,
        lines: u64::try_from(lines).unwrap_or(u64::MAX),
        ignored,
        at,
        bytes: file.bytes,
    })
}

/// This node does not know the file (any more).
pub(super) async fn forgotten(web: &Web, staff: &Staff) -> Result<Response, Refused> {
    let why = "This import is no longer known here: files are remembered for an hour, and not across a restart. Upload the file again; rows that went in are recognised.";
    form(web, staff, StatusCode::NOT_FOUND, Some(why.to_owned())).await
}
