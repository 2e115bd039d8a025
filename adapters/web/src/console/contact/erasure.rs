//! Erasing a contact: what it means is told first, a word is typed, and a receipt stays.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::LinkStatus;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{TimelineEntry, TimelineEvent};
use magiclink_projections::{ContactPhase, LinkFilter};

use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::people::{self, People};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::http::page::html;

/// What has to be typed.
const WORD: &str = "erase";
/// Live links are counted up to this number.
const MOST_LINKS: usize = 100;

#[derive(Template)]
#[template(path = "console/contact_erase.html")]
struct ErasePage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
    grants: usize,
    links: usize,
    sessions: usize,
    opted_out: bool,
    typed: String,
    problem: Option<&'static str>,
}

/// Proof for the person that it was done.
pub(super) struct Receipt {
    pub(super) at: When,
    pub(super) by: String,
    pub(super) events: usize,
}

pub(in crate::console) async fn ask(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    form(&web, &staff, named(&id)?, (StatusCode::OK, String::new())).await
}

pub(in crate::console) async fn erase(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let typed = asked.fields.text("word").trim();
    if !typed.eq_ignore_ascii_case(WORD) {
        return form(&web, &asked.staff, contact, (StatusCode::UNPROCESSABLE_ENTITY, typed.to_owned())).await;
    }
    let done = web.use_cases.erase_contact(&asked.caller, contact).await?;
    Ok(on_to(&web, &done, &path(contact), Flash::Erased).await)
}

/// What will happen, and the field for the word.
async fn form(
    web: &Web, staff: &Staff, contact: ContactId, (status, typed): (StatusCode, String),
) -> Result<Response, Refused> {
    let view = staff.lists(web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    if view.phase != ContactPhase::Present {
        return Err(Rejection::ContactErased.into());
    }
    let filter = LinkFilter { contact: Some(contact), status: Some(LinkStatus::Live) };
    let links = staff.lists(web, Act::Read)?.links(filter, None, MOST_LINKS).await?.items.len();
    let sessions = staff.lists(web, Act::Read)?.sessions(contact).await?.len();
    let problem =
        (status != StatusCode::OK).then_some("Type the word erase to say that you mean it; nothing was erased.");
    let page = Shell::of(web, staff, Section::Contacts).await?;
    let ask = ErasePage {
        at: path(contact),
        name: people::name(&view),
        grants: view.grants.len(),
        links,
        sessions,
        opted_out: view.sms_opted_out,
        typed,
        problem,
        page,
    };
    Ok(html(status, &ask))
}

/// The receipt of an erasure that was completed.
pub(super) fn receipt(page: &Shell<'_>, people: &People, entries: &[TimelineEntry]) -> Option<Receipt> {
    let is = |entry: &&TimelineEntry, event: &ContactEvent| matches!(&entry.event, TimelineEvent::Contact(of) if of == event);
    let erased = entries.iter().rev().find(|entry| is(entry, &ContactEvent::ContactErased))?;
    let asked = entries.iter().rev().find(|entry| is(entry, &ContactEvent::ErasureRequested))?;
    let by = people.actor(&asked.meta.actor);
    Some(Receipt { at: page.when(erased.meta.at), by, events: entries.len() })
}
