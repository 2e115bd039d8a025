//! What came of each recipient, on the page and as a table for spreadsheets.

use std::collections::VecDeque;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures_util::stream;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{BulkId, ContactId, LinkId};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{BulkCursor, BulkResult, BulkRow};
use serde::Deserialize;

use super::{result, why};
use crate::Web;
use crate::console::csv;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::Shell;
use crate::console::words::{self, When};

/// Recipients read at a time for the export.
const CHUNK: usize = 500;

/// A recipient as shown.
pub(super) struct Row {
    pub(super) contact: ContactId,
    pub(super) name: String,
    pub(super) result: &'static str,
    pub(super) class: &'static str,
    pub(super) channel: &'static str,
    pub(super) detail: String,
    pub(super) link: Option<LinkId>,
    pub(super) at: Option<When>,
}

pub(super) fn row(page: &Shell<'_>, row: &BulkRow) -> Row {
    Row {
        contact: row.contact,
        name: name(row),
        result: result(row.result),
        class: class(row.result),
        channel: row.channel.map_or("", words::channel),
        detail: detail(row),
        link: row.link,
        at: row.requested_at.map(|at| page.when(at)),
    }
}

fn name(row: &BulkRow) -> String {
    row.name.known().cloned().unwrap_or_else(|| "Erased contact".to_owned())
}

/// Why, where there is a reason.
fn detail(row: &BulkRow) -> String {
    match (row.result, &row.code, &row.words) {
        (BulkResult::Skipped, Some(code), _) => why(code),
        (_, _, Some(words)) => words.replace('_', " "),
        (_, Some(code), None) => code.clone(),
        (_, None, None) => String::new(),
    }
}

const fn class(result: BulkResult) -> &'static str {
    match result {
        BulkResult::SignedIn | BulkResult::Opened | BulkResult::Delivered => "live",
        BulkResult::MaybeSent | BulkResult::Skipped => "expired",
        BulkResult::Failed | BulkResult::Cancelled => "revoked",
        BulkResult::Sent | BulkResult::Sending | BulkResult::Queued | BulkResult::Waiting => "",
    }
}

/// Which recipients.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    result: String,
}

/// Where the export stands.
struct Export {
    web: Web,
    staff: Staff,
    bulk: BulkId,
    result: Option<BulkResult>,
    after: Option<BulkCursor>,
    lines: VecDeque<String>,
    over: bool,
}

pub(in crate::console) async fn export(
    State(web): State<Web>, staff: Staff, Path(at): Path<String>, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let bulk = at.parse().map_err(|_| Rejection::BulkNotFound)?;
    web.use_cases.bulk_send(&staff.reader(&web), bulk).await?;
    let head = ["contact", "name", "result", "channel", "why", "link", "asked for at"];
    let result = BulkResult::from_word(&asks.result);
    let export = Export { web, staff, bulk, result, after: None, lines: [csv::line(head)].into(), over: false };
    Ok(csv::download("bulk-send.csv", stream::try_unfold(export, next_line)))
}

/// The next line, read a chunk at a time.
async fn next_line(mut export: Export) -> Result<Option<(String, Export)>, Failure> {
    if export.lines.is_empty() && !export.over {
        let listed = export
            .staff
            .lists(&export.web, Act::Read)?
            .bulk_rows(export.bulk, export.result, export.after, CHUNK)
            .await?;
        export.lines.extend(listed.items.iter().map(exported));
        export.after = listed.next;
        export.over = listed.next.is_none();
    }
    Ok(export.lines.pop_front().map(|line| (line, export)))
}

fn exported(row: &BulkRow) -> String {
    csv::line([
        row.contact.to_string(),
        name(row),
        row.result.as_str().to_owned(),
        row.channel.map(|channel| channel.to_string()).unwrap_or_default(),
        detail(row),
        row.link.map(|link| link.to_string()).unwrap_or_default(),
        row.requested_at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}
