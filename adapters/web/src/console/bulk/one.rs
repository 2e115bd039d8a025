//! One bulk send: how far it is, what came of each, and the brakes.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::bulk::BulkStatus;
use magiclink_domain::id::BulkId;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_projections::{BulkCursor, BulkResult, BulkSendView};
use serde::Deserialize;

use super::rows::{self, Row};
use super::{class, how, meant, number, result, status};
use crate::Web;
use crate::console::asked::{Asked, CONFIRM, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::people::People;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::http::page::html;

/// Recipients on a page.
const PAGE: usize = 50;

/// One result to filter by.
struct Filter {
    value: &'static str,
    label: &'static str,
    count: String,
    chosen: bool,
}

/// A way to hold it, or to let it go on.
struct Brake {
    action: String,
    class: &'static str,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "console/bulk_one.html")]
struct OnePage<'a> {
    page: Shell<'a>,
    id: BulkId,
    who: String,
    how: String,
    reason: String,
    status: &'static str,
    class: &'static str,
    stopped: Option<&'static str>,
    started: When,
    by: String,
    done: u32,
    messages: u32,
    done_text: String,
    messages_text: String,
    /// Changes by itself: the page is loaded again now and then.
    moves: bool,
    /// Has links that may be followed by others.
    unused: bool,
    brakes: Vec<Brake>,
    filters: Vec<Filter>,
    asked: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

/// What the page is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    result: String,
    after: Option<i64>,
}

fn named(text: &str) -> Result<BulkId, Refused> {
    text.parse().map_err(|_| Rejection::BulkNotFound.into())
}

pub(in crate::console) async fn show(
    State(web): State<Web>, staff: Staff, Path(at): Path<String>, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let id = named(&at)?;
    let bulk = staff.lists(&web, Act::Read)?.bulk_send(id).await?.ok_or(Rejection::BulkNotFound)?;
    let asked = BulkResult::from_word(&asks.result);
    let listed = staff.lists(&web, Act::Read)?.bulk_rows(id, asked, asks.after.map(BulkCursor), PAGE).await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let page = Shell::of(&web, &staff, Section::Bulk).await?;
    let rows = listed.items.iter().map(|row| rows::row(&page, row)).collect();
    let asked = asked.map_or("", BulkResult::as_str);
    let next = listed.next.map(|next| format!("/console/bulk/{id}?result={asked}&after={}", next.0));
    Ok(html(StatusCode::OK, &view(page, &people, &bulk, asked, rows, next)))
}

fn view<'a>(
    page: Shell<'a>, people: &People, bulk: &BulkSendView, asked: &'static str, rows: Vec<Row>, next: Option<String>,
) -> OnePage<'a> {
    let open = matches!(bulk.status, BulkStatus::Starting | BulkStatus::Running | BulkStatus::Paused);
    let words = bulk.words.as_ref().and_then(Personal::known);
    let under_way = [BulkResult::Queued, BulkResult::Sending].map(|result| bulk.number(result)).iter().any(|n| *n > 0);
    let arrived = [BulkResult::SignedIn, BulkResult::Skipped, BulkResult::Waiting].map(|result| bulk.number(result));
    let written: u32 = bulk.results.iter().map(|(_, number)| number).sum();
    let filter = |(found, count): &(BulkResult, u32)| Filter {
        value: found.as_str(),
        label: result(*found),
        count: number(*count),
        chosen: found.as_str() == asked,
    };
    OnePage {
        id: bulk.id,
        who: meant(bulk),
        how: how(bulk),
        reason: words.and_then(|words| words.reason.as_ref()).map(ToString::to_string).unwrap_or_default(),
        status: status(bulk.status),
        class: class(bulk.status),
        stopped: bulk.stopped.as_deref().map(stopped),
        started: page.when(bulk.started_at),
        by: people.actor(&bulk.started_by),
        done: bulk.done(),
        messages: bulk.messages,
        done_text: number(bulk.done()),
        messages_text: number(bulk.messages),
        moves: matches!(bulk.status, BulkStatus::Starting | BulkStatus::Running) || under_way,
        brakes: brakes(&page, bulk),
        unused: !open && written > arrived.iter().sum() && page.may(Act::BulkSend),
        filters: bulk.results.iter().map(filter).collect(),
        asked,
        rows,
        next,
        page,
    }
}

fn brakes(page: &Shell<'_>, bulk: &BulkSendView) -> Vec<Brake> {
    let brake = |act: &str, class, label| Brake { action: format!("/console/bulk/{}/{act}", bulk.id), class, label };
    let (pause, resume) = (brake("pause", "second", "Pause"), brake("resume", "", "Resume"));
    let stop = brake("stop", "danger", "Stop");
    let all = match bulk.status {
        BulkStatus::Starting | BulkStatus::Running => vec![(Act::ManageLinks, pause), (Act::ManageLinks, stop)],
        BulkStatus::Paused => vec![(Act::BulkSend, resume), (Act::ManageLinks, stop)],
        BulkStatus::Stopped | BulkStatus::Finished => vec![],
    };
    all.into_iter().filter(|(act, _)| page.may(*act)).map(|(_, brake)| brake).collect()
}

fn stopped(why: &str) -> &'static str {
    match why {
        "starter_gone" => "Whoever started it may not send in bulk any more. Somebody who may can start another one.",
        "interrupted" => "It broke off before anybody was written to. Start it again.",
        _ => "Somebody stopped it. Who had no turn got no message.",
    }
}

pub(in crate::console) async fn pause(
    State(web): State<Web>, Path(at): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let id = named(&at)?;
    let done = web.use_cases.pause_bulk_send(&asked.caller, id).await?;
    Ok(on_to(&web, &done, &format!("/console/bulk/{id}"), Flash::BulkPaused).await)
}

pub(in crate::console) async fn resume(
    State(web): State<Web>, Path(at): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let id = named(&at)?;
    let done = web.use_cases.resume_bulk_send(&asked.caller, id).await?;
    Ok(on_to(&web, &done, &format!("/console/bulk/{id}"), Flash::BulkResumed).await)
}

pub(in crate::console) async fn stop(
    State(web): State<Web>, Path(at): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let id = named(&at)?;
    // It is for good: everybody is asked once more.
    if asked.fields.text(CONFIRM) != "yes" {
        web.use_cases.bulk_send(&asked.caller, id).await?;
        return Err(Rejection::ConfirmationRequired.into());
    }
    let done = web.use_cases.stop_bulk_send(&asked.caller, id).await?;
    Ok(on_to(&web, &done, &format!("/console/bulk/{id}"), Flash::BulkStopped).await)
}
