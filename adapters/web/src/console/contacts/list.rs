//! The list of contacts: found as one types, narrowed down, page by page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{ContactCursor, ContactFilter, ContactView};
use serde::Deserialize;

use crate::Web;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, When};
use crate::http::page::{answer, html};

/// Contacts on a page.
const PAGE: usize = 50;
/// Those whose names are like what was typed, where nobody was found.
const SIMILAR: usize = 3;

/// A contact in a list.
struct ContactRow {
    id: ContactId,
    name: String,
    initials: String,
    email: String,
    phone: String,
    in_portal: bool,
    opted_out: bool,
    last_sign_in: Option<When>,
}

/// Contacts of whom something holds, to choose.
struct Choice {
    word: &'static str,
    label: &'static str,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "console/contacts.html")]
struct ContactsPage<'a> {
    page: &'a Shell<'a>,
    q: String,
    show: &'static str,
    filters: Vec<Choice>,
    export: String,
    found: String,
}

/// What a search or a filter finds: part of the page, and an answer of its own while somebody types.
#[derive(Template)]
#[template(path = "console/contacts_found.html")]
struct Part<'a> {
    page: &'a Shell<'a>,
    q: String,
    rows: Vec<ContactRow>,
    /// There are more than are shown.
    more: bool,
    next: Option<String>,
    first: bool,
    top: String,
    /// The same search without the filter.
    everywhere: Option<String>,
    adding: String,
    similar: Vec<ContactRow>,
    /// Nobody of whom the filter holds; empty without a filter.
    nobody: &'static str,
    means: &'static str,
    said: String,
}

/// What the list is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    after: Option<String>,
}

impl Asks {
    pub(super) fn query(&self) -> &str {
        self.q.trim()
    }

    pub(super) fn filter(&self) -> Option<ContactFilter> {
        ContactFilter::from_word(&self.show)
    }
}

/// What was found.
struct Found {
    views: Vec<ContactView>,
    more: bool,
    next: Option<ContactCursor>,
}

pub(in crate::console) async fn list(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let part = part(&web, &page, &asks).await?;
    let (q, show) = (asks.query().to_owned(), asks.filter().map_or("", ContactFilter::as_str));
    let export = address("/console/contacts.csv", &q, show, None);
    let filters = choices(&q, asks.filter());
    Ok(html(StatusCode::OK, &ContactsPage { page: &page, q, show, filters, export, found: part }))
}

/// The part of the page that changes as one types.
pub(in crate::console) async fn found(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    Ok(answer(StatusCode::OK, part(&web, &page, &asks).await?))
}

async fn part(web: &Web, page: &Shell<'_>, asks: &Asks) -> Result<String, Failure> {
    let (q, filter) = (asks.query(), asks.filter());
    let found = look(web, page.staff, asks).await?;
    let similar = if found.views.is_empty() && !q.is_empty() && filter.is_none() {
        page.staff.lists(web, Act::Read)?.similar(q, SIMILAR).await?
    } else {
        vec![]
    };
    let show = filter.map_or("", ContactFilter::as_str);
    let (nobody, means) = filter.map_or(("", ""), nobody);
    let next = found.next.map(|next| format!("{}_{}", next.added_at.micros(), next.id));
    let part = Part {
        page,
        q: q.to_owned(),
        said: said(found.views.len(), found.more || found.next.is_some()),
        more: found.more,
        next: next.map(|next| address("/console/contacts", "", show, Some(&next))),
        first: asks.after.is_none(),
        top: address("/console/contacts", "", show, None),
        everywhere: filter.map(|_| address("/console/contacts", q, "", None)),
        adding: url::form_urlencoded::Serializer::new("/console/contacts/new?".to_owned())
            .append_pair("name", q)
            .finish(),
        rows: found.views.iter().map(|view| row(page, view)).collect(),
        similar: similar.iter().map(|view| row(page, view)).collect(),
        nobody,
        means,
    };
    part.render().map_err(|error| Unavailable { what: "the page", source: error.to_string().into() }.into())
}

async fn look(web: &Web, staff: &Staff, asks: &Asks) -> Result<Found, Failure> {
    let lists = staff.lists(web, Act::Read)?;
    let (q, filter) = (asks.query(), asks.filter());
    if q.is_empty() {
        let after = asks.after.as_deref().and_then(cursor);
        let listed = match filter {
            Some(filter) => lists.contacts_that(filter, after, PAGE).await?,
            None => lists.contacts(after, PAGE).await?,
        };
        return Ok(Found { views: listed.items, more: false, next: listed.next });
    }
    let mut views = match filter {
        Some(filter) => lists.search_that(filter, q, PAGE + 1).await?,
        None => lists.search(q, PAGE + 1).await?,
    };
    let more = views.len() > PAGE;
    views.truncate(PAGE);
    Ok(Found { views, more, next: None })
}

/// For readers of the screen, who do not see the list change.
fn said(count: usize, more: bool) -> String {
    match (count, more) {
        (0, _) => "Nobody found".to_owned(),
        (1, false) => "1 contact".to_owned(),
        (count, false) => format!("{count} contacts"),
        (count, true) => format!("{count} contacts, and there are more"),
    }
}

/// The list at another place: with only what is asked for in the address.
fn address(path: &str, q: &str, show: &str, after: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let pairs = [("q", q), ("show", show), ("after", after.unwrap_or_default())];
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn choices(q: &str, asked: Option<ContactFilter>) -> Vec<Choice> {
    let choice = |filter: Option<ContactFilter>| {
        let word = filter.map_or("", ContactFilter::as_str);
        let href = address("/console/contacts", q, word, None);
        Choice { word, label: filter.map_or("All", label), href, chosen: filter == asked }
    };
    [None].into_iter().chain(ContactFilter::ALL.map(Some)).map(choice).collect()
}

const fn label(filter: ContactFilter) -> &'static str {
    match filter {
        ContactFilter::InPortal => "In the portal",
        ContactFilter::Invited => "Invited, never signed in",
        ContactFilter::Outside => "Not in the portal",
        ContactFilter::OptedOut => "No text messages",
        ContactFilter::NoEmail => "No e-mail",
        ContactFilter::NoPhone => "No phone",
    }
}

/// What it means that a filter holds of nobody, and what can be done with it.
const fn nobody(filter: ContactFilter) -> (&'static str, &'static str) {
    match filter {
        ContactFilter::InPortal => {
            ("Nobody is in the portal here", "Grant a contact a course or group: from then on their links work.")
        }
        ContactFilter::Invited => {
            ("Nobody waits to sign in here", "Here stand those who have access and never signed in: send them a link.")
        }
        ContactFilter::Outside => (
            "Everybody here is in the portal",
            "Here stand those to whom nothing is granted, so that no link would work.",
        ),
        ContactFilter::OptedOut => (
            "Nobody here refuses text messages",
            "Here stand those whose number texted STOP. Until they text START, reach them by e-mail.",
        ),
        ContactFilter::NoEmail => {
            ("Everybody here has an e-mail address", "Here stand those whom only text messages reach.")
        }
        ContactFilter::NoPhone => ("Everybody here has a phone number", "Here stand those whom only e-mail reaches."),
    }
}

/// `<added at, µs>_<id>`: what is not that begins at the top.
fn cursor(text: &str) -> Option<ContactCursor> {
    let (added_at, id) = text.split_once('_')?;
    Some(ContactCursor { added_at: Timestamp::from_micros(added_at.parse().ok()?), id: id.parse().ok()? })
}

fn row(page: &Shell<'_>, view: &ContactView) -> ContactRow {
    let details = view.details.known();
    let text = |value: Option<String>| value.unwrap_or_default();
    ContactRow {
        id: view.id,
        name: people::name(view),
        initials: words::initials(&people::name(view)),
        email: text(details.and_then(|details| details.email.as_ref()).map(ToString::to_string)),
        phone: text(details.and_then(|details| details.phone.as_ref()).map(ToString::to_string)),
        in_portal: view.in_portal,
        opted_out: view.sms_opted_out,
        last_sign_in: view.last_sign_in.map(|at| page.when(at)),
    }
}
