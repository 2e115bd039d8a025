//! For whom: a page with a search, and the same contacts for the field that finds as one types.
//!
//! Apart from the dialog because nothing is asked for yet.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::usecases::Failure;
use magiclink_projections::ContactView;
use serde::Deserialize;

use crate::Web;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::page::html;

/// Contacts offered for what was typed.
const FOUND: usize = 8;

/// A contact to be picked.
struct Row {
    id: ContactId,
    name: String,
    email: String,
    phone: String,
    external_id: String,
    in_portal: bool,
}

#[derive(Template)]
#[template(path = "console/generate_who.html")]
struct WhoPage<'a> {
    page: Shell<'a>,
    q: String,
    rows: Vec<Row>,
}

/// The options of the field that finds as one types.
#[derive(Template)]
#[template(path = "console/generate_options.html")]
struct Options {
    rows: Vec<Row>,
    said: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    q: String,
}

/// The page on which one searches.
pub(super) async fn page(web: &Web, staff: &Staff, q: &str) -> Result<Response, Refused> {
    let q = q.trim().to_owned();
    let rows = found(web, staff, &q).await?;
    let page = Shell::of(web, staff, Section::Links).await?;
    Ok(html(StatusCode::OK, &WhoPage { page, q, rows }))
}

pub(in crate::console) async fn options(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let rows = found(&web, &staff, asks.q.trim()).await?;
    let said = match rows.len() {
        0 => "Nobody found".to_owned(),
        1 => "1 contact found".to_owned(),
        count => format!("{count} contacts found"),
    };
    Ok(html(StatusCode::OK, &Options { rows, said }))
}

/// Best match first; those whose name is spelt much like it where there is none.
async fn found(web: &Web, staff: &Staff, q: &str) -> Result<Vec<Row>, Failure> {
    if q.is_empty() {
        return Ok(vec![]);
    }
    let mut views = staff.lists(web, Act::Read)?.search(q, FOUND).await?;
    if views.is_empty() {
        views = staff.lists(web, Act::Read)?.similar(q, FOUND).await?;
    }
    Ok(views.iter().map(row).collect())
}

fn row(view: &ContactView) -> Row {
    let details = view.details.known();
    let text = |value: Option<String>| value.unwrap_or_default();
    Row {
        id: view.id,
        name: people::name(view),
        email: text(details.and_then(|details| details.email.as_ref()).map(ToString::to_string)),
        phone: text(details.and_then(|details| details.phone.as_ref()).map(ToString::to_string)),
        external_id: text(details.and_then(|details| details.external_id.as_ref()).map(ToString::to_string)),
        in_portal: view.in_portal,
    }
}
