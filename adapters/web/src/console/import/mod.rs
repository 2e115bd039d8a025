//! Importing a file of contacts or offerings: looked at first, row by row, then taken in.
//!
//! Apart from the contacts because a file is checked and taken in behind the pages, which follow it.

mod follow;
mod job;
mod work;

pub(in crate::console) use follow::follow;
pub(crate) use job::Imports;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use magiclink_domain::authority::{Act, Permission, permission};
use magiclink_domain::usecases::Caller;
use serde::Deserialize;

use super::asked::{Asked, CONFIRM};
use super::csv;
use super::gate::Staff;
use super::refused::Refused;
use super::shell::{Section, Shell};
use crate::Web;
use crate::http::page::{html, see_other};
use crate::http::upload::{MOST_FILE, Unuploaded, Upload, Uploaded};
use job::{Came, Job, Kind, Outcome, Row, Stage, Status};
use work::Mode;

/// Rows on a page.
const PAGE: usize = 50;
/// Rows of a file.
const MOST_ROWS: usize = 100_000;
/// How long an answer waits for a small file to be looked at.
const SOON: Duration = Duration::from_millis(800);
/// Characters of a file's name that are shown.
const MOST_NAME: usize = 80;

#[derive(Template)]
#[template(path = "console/import.html")]
struct AskPage<'a> {
    page: Shell<'a>,
    most_bytes: usize,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "console/import_one.html")]
struct OnePage<'a> {
    page: Shell<'a>,
    at: String,
    name: &'a str,
    what: &'static str,
    list: &'static str,
    ignored: String,
    stage: Stage,
    done: u64,
    total: u64,
    counts: Vec<Count>,
    show: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
    /// Rows that would be added or changed.
    ready: usize,
    refused: usize,
    /// Rows that put another address in an address's place, and whether the reader has to say yes to that.
    moving: usize,
    asks_twice: bool,
}

/// How many rows came to an outcome.
struct Count {
    word: &'static str,
    label: &'static str,
    rows: usize,
    chosen: bool,
}

impl OnePage<'_> {
    fn is_at_work(&self) -> bool {
        matches!(self.stage, Stage::Checking | Stage::Importing)
    }

    fn is_checked(&self) -> bool {
        self.stage == Stage::Checked
    }

    fn is_imported(&self) -> bool {
        self.stage == Stage::Imported
    }

    fn stopped(&self) -> Option<&str> {
        match &self.stage {
            Stage::Stopped(why) => Some(why),
            Stage::Checking | Stage::Checked | Stage::Importing | Stage::Imported => None,
        }
    }

    fn doing(&self) -> &'static str {
        match self.stage {
            Stage::Checking => "Looking at every row; nothing is made",
            Stage::Checked | Stage::Importing | Stage::Imported | Stage::Stopped(_) => "Importing",
        }
    }

    /// Before anything was made, an outcome is what would be.
    fn told(&self, row: &Row) -> &'static str {
        told(row.outcome, matches!(self.stage, Stage::Checking | Stage::Checked))
    }
}

const fn told(outcome: Outcome, would: bool) -> &'static str {
    match (outcome, would) {
        (Outcome::Added, true) => "New",
        (Outcome::Changed, true) => "Will change",
        (Outcome::Added, false) => "Added",
        (Outcome::Changed, false) => "Changed",
        (Outcome::Unchanged, _) => "Unchanged",
        (Outcome::Refused, _) => "Refused",
    }
}

pub(super) async fn ask(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    form(&web, &staff, StatusCode::OK, None).await
}

async fn form(web: &Web, staff: &Staff, status: StatusCode, problem: Option<String>) -> Result<Response, Refused> {
    let page = Shell::of(web, staff, Section::Contacts).await?;
    Ok(html(status, &AskPage { page, most_bytes: MOST_FILE, problem }))
}

pub(super) async fn upload(State(web): State<Web>, staff: Staff, request: Request) -> Result<Response, Refused> {
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

/// Who takes the rows in: each row's content is its own.
fn importer(asked: &Asked) -> Caller {
    Caller { fingerprint: None, ..asked.caller.clone() }
}

/// What is known of the file, or why it can't be used.
fn came(asked: &Asked, file: Upload, at: magiclink_domain::time::Timestamp) -> Result<Came, String> {
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

/// Waits a moment, so that the page of a small file shows the end already.
async fn soon(job: &Job, stage: &Stage) {
    let mut watch = job.watch();
    drop(tokio::time::timeout(SOON, watch.wait_for(|status| status.stage != *stage)).await);
}

/// Begins to take the rows in.
pub(super) async fn start(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
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

/// This node does not know the file (any more).
async fn forgotten(web: &Web, staff: &Staff) -> Result<Response, Refused> {
    let why = "This import is no longer known here: files are remembered for an hour, and not across a restart. Upload the file again; rows that went in are recognised.";
    form(web, staff, StatusCode::NOT_FOUND, Some(why.to_owned())).await
}

/// Which rows.
#[derive(Deserialize)]
pub(super) struct Asks {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: u64,
}

pub(super) async fn show(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let Some(job) = web.api.imports.find(&id, staff.session.staff) else { return forgotten(&web, &staff).await };
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let Status { stage, done } = job.status();
    let shown = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == asks.show);
    let show = shown.map_or("", Outcome::as_str);
    let would = matches!(stage, Stage::Checking | Stage::Checked);
    let (counts, moving, rows) = {
        let all = job.rows();
        let counts = Outcome::ALL.map(|outcome| Count {
            word: outcome.as_str(),
            label: told(outcome, would),
            rows: all.iter().filter(|row| row.outcome == outcome).count(),
            chosen: shown == Some(outcome),
        });
        let asked = all.iter().filter(|row| row.line > asks.after && shown.is_none_or(|shown| row.outcome == shown));
        let rows: Vec<Row> = asked.take(PAGE + 1).cloned().collect();
        (counts, all.iter().filter(|row| row.moves_an_address).count(), rows)
    };
    let (rows, next) = paged(rows, &job, show);
    let count =
        |outcome: Outcome| counts.iter().find(|count| count.word == outcome.as_str()).map_or(0, |count| count.rows);
    let (ready, refused) = (count(Outcome::Added) + count(Outcome::Changed), count(Outcome::Refused));
    let (what, list) = match job.kind {
        Kind::Contacts => ("contacts", "/console/contacts"),
        Kind::Offerings => ("courses and groups", "/console/offerings"),
    };
    let asks_twice = permission(staff.session.role, Act::ChangeAddress) == Permission::WithConfirmation;
    Ok(html(
        StatusCode::OK,
        &OnePage {
            at: job.path(),
            name: &job.name,
            what,
            list,
            ignored: job.ignored.join(", "),
            stage,
            done,
            total: job.lines.max(done),
            counts: counts.into(),
            show,
            rows,
            next,
            ready,
            refused,
            moving,
            asks_twice,
            page,
        },
    ))
}

/// A page of rows, and where the next one is.
fn paged(mut rows: Vec<Row>, job: &Job, show: &str) -> (Vec<Row>, Option<String>) {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more).map(|row| row.line);
    (rows, last.map(|line| format!("{}?show={show}&after={line}", job.path())))
}

/// What was refused, or would be, as a table for spreadsheets.
pub(super) async fn refused(State(web): State<Web>, Path(id): Path<String>, staff: Staff) -> Result<Response, Refused> {
    let Some(job) = web.api.imports.find(&id, staff.session.staff) else { return forgotten(&web, &staff).await };
    let mut text = csv::line(["line", "column", "reason"]);
    for row in job.rows().iter().filter(|row| row.outcome == Outcome::Refused) {
        text.push_str(&csv::line([row.line.to_string().as_str(), row.column.unwrap_or_default(), &row.why]));
    }
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    let name = HeaderValue::from_static("attachment; filename=\"refused-rows.csv\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// Takes the only file in, in whoever's name, and returns once that is over.
#[cfg(test)]
pub(in crate::console) async fn work_off(web: Web, caller: Caller) -> Result<(), magiclink_domain::usecases::Failure> {
    let job = web.api.imports.only();
    assert!(job.begin(), "it was looked at");
    work::go(web, job, caller, Mode::Import).await
}
