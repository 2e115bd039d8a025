//! Every bulk send.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::BulkId;
use magiclink_projections::{BulkResult, BulkSendView};
use serde::Deserialize;

use super::{class, meant, number, status};
use crate::Web;
use crate::console::gate::Staff;
use crate::console::people::People;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::http::page::html;

/// Bulk sends on a page.
const PAGE: usize = 20;

struct Row {
    id: BulkId,
    who: String,
    status: &'static str,
    class: &'static str,
    done: String,
    messages: String,
    signed_in: String,
    started: When,
    by: String,
}

#[derive(Template)]
#[template(path = "console/bulk.html")]
struct ListPage<'a> {
    page: Shell<'a>,
    rows: Vec<Row>,
    uninvited: u64,
    /// It is not the first page.
    later: bool,
    next: Option<String>,
}

/// What the list is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    after: Option<String>,
}

pub(in crate::console) async fn list(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let after = asks.after.and_then(|after| after.parse().ok());
    let later = after.is_some();
    let listed = staff.lists(&web, Act::Read)?.bulk_sends(after, PAGE).await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let uninvited = staff.lists(&web, Act::Read)?.dashboard(&[]).await?.invited;
    let page = Shell::of(&web, &staff, Section::Bulk).await?;
    let row = |bulk: &BulkSendView| Row {
        id: bulk.id,
        who: meant(bulk),
        status: status(bulk.status),
        class: class(bulk.status),
        done: number(bulk.done()),
        messages: number(bulk.messages),
        signed_in: number(bulk.number(BulkResult::SignedIn)),
        started: page.when(bulk.started_at),
        by: people.actor(&bulk.started_by),
    };
    let rows = listed.items.iter().map(row).collect();
    let next = listed.next.map(|next| format!("/console/bulk?after={next}"));
    Ok(html(StatusCode::OK, &ListPage { page, rows, uninvited, later, next }))
}
