//! A file's own page: what came of its rows, or would, and what was refused as a table.
//!
//! Apart from taking the rows in because it only looks.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use magiclink_domain::authority::{Act, Permission, permission};
use serde::Deserialize;

use super::ask::forgotten;
use super::job::{Job, Kind, Outcome, Row, Stage, Status};
use crate::Web;
use crate::console::csv;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::page::html;

/// Rows on a page.
const PAGE: usize = 50;

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

/// Which rows.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: u64,
}

pub(in crate::console) async fn show(
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
pub(in crate::console) async fn refused(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let Some(job) = web.api.imports.find(&id, staff.session.staff) else { return forgotten(&web, &staff).await };
    let mut text = csv::line(["line", "column", "reason"]);
    for row in job.rows().iter().filter(|row| row.outcome == Outcome::Refused) {
        text.push_str(&csv::line([row.line.to_string().as_str(), row.column.unwrap_or_default(), &row.why]));
    }
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    let name = HeaderValue::from_static("attachment; filename=\"refused-rows.csv\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
