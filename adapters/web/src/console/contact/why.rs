//! *Why can they see this?* Who granted it, when, through which door and by what; and everything that was done to that
//! grant before.
//!
//! Apart from the contact's page because the answer is read from the contact's own history, for one offering alone.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::contact::ContactEvent;
use magiclink_domain::id::LinkId;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Failure, TimelineEntry, TimelineEvent};
use magiclink_domain::value::Slug;

use super::{named, path};
use crate::Web;
use crate::console::gate::Staff;
use crate::console::people::{self, People};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::timeline::by;
use crate::console::words::When;
use crate::http::page::html;

/// One thing that was done to the grant.
struct Step {
    when: When,
    what: String,
    by: String,
    /// The magic link that it was done together with.
    link: Option<LinkId>,
    imported: bool,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "console/contact_why.html")]
struct WhyPage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
    title: String,
    /// The grant that counts now.
    sees: bool,
    until: Option<When>,
    steps: Vec<Step>,
}

pub(in crate::console) async fn why(
    State(web): State<Web>, Path((id, slug)): Path<(String, String)>, staff: Staff,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let slug = Slug::parse(&slug).map_err(|_| Rejection::OfferingNotFound)?;
    let view = staff.lists(&web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let offering = staff.lists(&web, Act::Read)?.offering(&slug).await?.ok_or(Rejection::OfferingNotFound)?;
    let people = People::of(&web, &staff, vec![contact]).await?;
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let reader = staff.reader(&web);
    let state = web.use_cases.contact_state(&reader, contact).await?;
    let now = web.use_cases.ports().clock.now();
    let grant = state.present().and_then(|known| known.grants.get(&slug)).filter(|grant| grant.is_live(now));
    let entries = web.use_cases.contact_timeline(&reader, contact).await?;
    let mut steps = vec![];
    for entry in &entries {
        steps.extend(step(&web, &page, &people, &entries, (entry, &slug)).await?);
    }
    steps.reverse();
    let until = grant.and_then(|grant| grant.until).map(|until| page.when(until));
    let (sees, name, title) = (grant.is_some(), people::name(&view), offering.title.to_string());
    Ok(html(StatusCode::OK, &WhyPage { page, at: path(contact), name, title, sees, until, steps }))
}

async fn step(
    web: &Web, page: &Shell<'_>, people: &People, all: &[TimelineEntry], (entry, slug): (&TimelineEntry, &Slug),
) -> Result<Option<Step>, Failure> {
    let TimelineEvent::Contact(event) = &entry.event else { return Ok(None) };
    let (what, reason) = if let ContactEvent::AccessGranted { offering, until } = event
        && offering == slug
    {
        (granted(page, *until), None)
    } else if let ContactEvent::AccessRevoked { offering, reason } = event
        && offering == slug
    {
        let reason = reason.as_ref().and_then(Personal::known).map(ToString::to_string);
        ("Access removed".to_owned(), reason)
    } else {
        return Ok(None);
    };
    let together = |other: &&TimelineEntry| other.meta.command == entry.meta.command;
    let imported = all.iter().filter(together).any(is_import);
    // What one command makes has ids that derive from it.
    let link = entry.meta.command.link(0);
    let link = page.staff.lists(web, Act::Read)?.link(link).await?.map(|view| view.id);
    let by = by(people, &entry.meta.actor, entry.meta.origin);
    Ok(Some(Step { when: page.when(entry.meta.at), what, by, link, imported, reason }))
}

fn granted(page: &Shell<'_>, until: Option<Timestamp>) -> String {
    until.map_or_else(|| "Granted for good".to_owned(), |until| format!("Granted until {}", page.when(until)))
}

fn is_import(entry: &TimelineEntry) -> bool {
    let TimelineEvent::Contact(
        ContactEvent::ContactAdded { details } | ContactEvent::ContactDetailsChanged { details },
    ) = &entry.event
    else {
        return false;
    };
    details.known().is_some_and(|details| details.row.is_some())
}
