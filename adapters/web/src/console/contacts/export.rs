//! Contacts as a table for spreadsheets.

use std::collections::VecDeque;

use axum::extract::{Query, State};
use axum::response::Response;
use futures_util::stream;
use magiclink_domain::authority::Act;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{ContactCursor, ContactFilter, ContactView, Listed};

use super::list::Asks;
use crate::Web;
use crate::console::csv;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;

/// Contacts read at a time.
const CHUNK: usize = 500;

/// Where the export stands.
struct Export {
    web: Web,
    staff: Staff,
    q: String,
    filter: Option<ContactFilter>,
    after: Option<ContactCursor>,
    lines: VecDeque<String>,
    over: bool,
}

pub(in crate::console) async fn export(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    staff.lists(&web, Act::RunReports)?;
    let head = [
        "contact",
        "external id",
        "name",
        "e-mail",
        "phone",
        "language",
        "in the portal",
        "grants",
        "text messages",
        "added",
        "last signed in",
    ];
    let (q, filter) = (asks.query().to_owned(), asks.filter());
    let export = Export { web, staff, q, filter, after: None, lines: [csv::line(head)].into(), over: false };
    Ok(csv::download("contacts.csv", stream::try_unfold(export, next_line)))
}

/// The next line, read a chunk at a time; a fault breaks the download off, so that half a file is seen to be one.
async fn next_line(mut export: Export) -> Result<Option<(String, Export)>, Failure> {
    while export.lines.is_empty() && !export.over {
        let listed = chunk(&export).await?;
        export.lines.extend(listed.items.iter().map(exported));
        export.after = listed.next;
        export.over = listed.next.is_none();
    }
    Ok(export.lines.pop_front().map(|line| (line, export)))
}

async fn chunk(export: &Export) -> Result<Listed<ContactView, ContactCursor>, Failure> {
    let lists = export.staff.lists(&export.web, Act::RunReports)?;
    Ok(match (export.q.is_empty(), export.filter) {
        (true, Some(filter)) => lists.contacts_that(filter, export.after, CHUNK).await?,
        (true, None) => lists.contacts(export.after, CHUNK).await?,
        (false, Some(filter)) => Listed { items: lists.search_that(filter, &export.q, CHUNK).await?, next: None },
        (false, None) => Listed { items: lists.search(&export.q, CHUNK).await?, next: None },
    })
}

fn exported(view: &ContactView) -> String {
    let details = view.details.known();
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let grants: Vec<&str> = view.grants.iter().map(|grant| grant.offering.as_str()).collect();
    csv::line([
        view.id.to_string(),
        or_empty(details.and_then(|details| details.external_id.as_ref()).map(ToString::to_string)),
        people::name(view),
        or_empty(details.and_then(|details| details.email.as_ref()).map(ToString::to_string)),
        or_empty(details.and_then(|details| details.phone.as_ref()).map(ToString::to_string)),
        or_empty(details.and_then(|details| details.locale.as_ref()).map(ToString::to_string)),
        yes(view.in_portal),
        grants.join(";"),
        yes(!view.sms_opted_out),
        view.created_at.to_string(),
        or_empty(view.last_sign_in.map(|at| at.to_string())),
    ])
}
