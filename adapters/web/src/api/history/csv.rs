//! The login history as a table for spreadsheets.
//!
//! Apart because a spreadsheet takes what looks like a formula for one: names, reasons and user agents come from outside.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use magiclink_domain::authority::Act;
use magiclink_domain::log::Position;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::usecases::{Caller, Failure};
use magiclink_projections::HistoryFilter;

use super::{HistoryItem, HistoryParams, filter};
use crate::Web;
use crate::api::identity::Identity;
use crate::api::list::caught_up;
use crate::api::problem::Problem;
use crate::api::query::Params;

/// Lines read at a time.
const PAGE: usize = 500;

/// Parts of the detail that people sort and filter by, each a column of its own.
const OWN: [&str; 3] = ["reason", "ip", "user_agent"];

pub(in crate::api) const HEADER: [&str; 12] = [
    "at",
    "kind",
    "contact_id",
    "staff_id",
    "link_id",
    "session",
    "actor",
    "origin",
    "reason",
    "ip",
    "user_agent",
    "detail",
];

/// Export the login history
///
/// As CSV (RFC 4180), newest first, all lines. A cell that a spreadsheet would take for a formula begins with `'`.
#[utoipa::path(
    get, path = "/history.csv", tag = "History", operation_id = "export_history",
    params(HistoryParams),
    responses((status = 200, description = "The lines", body = String, content_type = "text/csv")),
    extensions(("x-errors" = json!([
        "invalid_field", "unknown_field", "contact_not_found", "contact_ambiguous", "contact_erased"
    ]))),
)]
pub(crate) async fn export(
    State(web): State<Web>, identity: Identity, Params(params): Params<HistoryParams>,
) -> Result<Response, Problem> {
    identity.may(&web, Act::Read)?;
    if params.limit.is_some() || params.after.is_some() {
        return Err(Problem::field(if params.limit.is_some() { "limit" } else { "after" }, "an export has all lines"));
    }
    let caller = identity.caller(&web);
    let filter = filter(&web, &caller, &params).await?;
    caught_up(&web).await?;
    // The first page comes before the answer begins, so that what is out of reach is told by the status.
    let first = page(&web, &caller, &filter, None).await?;
    let rest = Rest { web: Arc::clone(&web), caller, filter, next: first.1 };
    let table = format!("{}\r\n{}", HEADER.join(","), first.0);
    let begun = stream::once(async { Ok::<_, Failure>(Bytes::from(table)) });
    let body = futures_util::StreamExt::chain(begun, stream::try_unfold(rest, more));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"history.csv\""),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// What is still to be written.
struct Rest {
    web: Web,
    caller: Caller,
    filter: HistoryFilter,
    next: Option<Position>,
}

async fn more(rest: Rest) -> Result<Option<(Bytes, Rest)>, Failure> {
    let Some(before) = rest.next else { return Ok(None) };
    let (lines, next) = page(&rest.web, &rest.caller, &rest.filter, Some(before)).await?;
    Ok(Some((Bytes::from(lines), Rest { next, ..rest })))
}

async fn page(
    web: &Web, caller: &Caller, filter: &HistoryFilter, before: Option<Position>,
) -> Result<(String, Option<Position>), Failure> {
    let page = web.lists(caller, Act::Read)?.history(filter, before, PAGE).await?;
    let lines = lines(page.items.into_iter().map(|item| cells(&item.into())))?;
    Ok((lines, page.next))
}

/// Rows as lines of CSV (RFC 4180), in which no cell is a formula.
///
/// # Errors
/// [`Unavailable`] when there is no room for them.
pub fn lines<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> Result<String, Unavailable> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    for row in rows {
        table.write_record(row.into_iter().map(|cell| safe(&cell).into_owned())).map_err(broken)?;
    }
    let bytes = table.into_inner().map_err(|error| broken(error.into_error()))?;
    String::from_utf8(bytes).map_err(broken)
}

fn broken(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Unavailable {
    Unavailable { what: "the export", source: source.into() }
}

pub(in crate::api) fn cells(item: &HistoryItem) -> [String; 12] {
    let [reason, ip, user_agent] = OWN.map(|name| item.detail.get(name).map(text).unwrap_or_default());
    [
        item.at.0.to_string(),
        item.kind.to_owned(),
        item.contact_id.clone().unwrap_or_default(),
        item.staff_id.clone().unwrap_or_default(),
        item.link_id.clone().unwrap_or_default(),
        item.session.clone().unwrap_or_default(),
        item.actor.clone(),
        item.origin.to_owned(),
        reason,
        ip,
        user_agent,
        detail(&item.detail),
    ]
}

fn text(value: &serde_json::Value) -> String {
    if value.is_null() { String::new() } else { value.as_str().map_or_else(|| value.to_string(), str::to_owned) }
}

/// `name: value` for each part that has one and no column of its own, by name, so that a reader needs no JSON.
fn detail(detail: &serde_json::Value) -> String {
    let rest = |(name, value): &(&String, &serde_json::Value)| !value.is_null() && !OWN.contains(&name.as_str());
    let known = detail.as_object().into_iter().flatten().filter(rest);
    let mut parts: Vec<String> = known.map(|(name, value)| format!("{name}: {}", text(value))).collect();
    parts.sort_unstable();
    parts.join("; ")
}

/// A cell that no spreadsheet takes for a formula (OWASP CSV injection; ASVS 5.0, 1.2.10), full-width forms included.
fn safe(cell: &str) -> Cow<'_, str> {
    let formula =
        |first: char| matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠');
    if cell.starts_with(formula) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_begins_with_an_apostrophe() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠x"] {
            assert_eq!(safe(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "Ana", "1+1", "why: =1", "'=1", " =1", "2026-05-01T15:00:00Z"] {
            assert_eq!(safe(cell), cell, "{cell:?}");
        }
    }

    #[test]
    fn details_read_without_json() {
        let text = detail(&serde_json::json!({"method": "link", "max_uses": 2, "beside": null, "ip": "203.0.113.7"}));
        assert_eq!(text, "max_uses: 2; method: link");
    }
}
