//! What a contact could see at an earlier instant.
//!
//! Apart from the preview because nobody looks as the contact: it is read from the log, and changes nothing.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Failure, PortalView};
use serde::Deserialize;

use super::acts::instant;
use super::{named, path};
use crate::Web;
use crate::console::gate::Staff;
use crate::console::people::{self, People};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::http::page::html;

/// Something that was open.
struct Open {
    title: String,
    kind: &'static str,
    since: When,
    until: Option<When>,
    by: String,
}

#[derive(Template)]
#[template(path = "console/contact_then.html")]
struct ThenPage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
    asked: String,
    when: Option<When>,
    /// They were known then.
    known: bool,
    open: Vec<Open>,
}

/// Which instant, in the portal's zone.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    at: String,
}

pub(in crate::console) async fn then(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let view = staff.lists(&web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let asked = asks.at.trim();
    let at = if asked.is_empty() { None } else { Some(instant(web.config.time_zone, asked)?) };
    let shown = match at {
        None => None,
        Some(at) => match web.use_cases.portal_view(&staff.reader(&web), contact, Some(at)).await {
            Ok(view) => Some(view),
            Err(Failure::Rejected(Rejection::ContactNotFound)) => None,
            Err(failure) => return Err(failure.into()),
        },
    };
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let known = shown.is_some();
    let open = shown.map(|view| open(&page, &people, &view)).unwrap_or_default();
    let (when, name, asked) = (at.map(|at| page.when(at)), people::name(&view), asked.to_owned());
    Ok(html(StatusCode::OK, &ThenPage { page, at: path(contact), name, asked, when, known, open }))
}

fn open(page: &Shell<'_>, people: &People, view: &PortalView) -> Vec<Open> {
    let tile = |offering: &magiclink_domain::usecases::PortalOffering| Open {
        title: offering.offering.title.to_string(),
        kind: offering.offering.kind.as_str(),
        since: page.when(offering.since),
        until: offering.until.map(|until| page.when(until)),
        by: people.actor(&offering.granted_by),
    };
    view.offerings.iter().map(tile).collect()
}
