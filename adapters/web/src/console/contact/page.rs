//! The contact's page.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::contact::{Contact, NoticeState};
use magiclink_domain::id::{ContactId, LinkId, SessionId};
use magiclink_domain::link::LinkStatus;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::{PhoneNumber, Slug};
use magiclink_projections::{ContactPhase, ContactView, GrantView, LinkFilter, LinkView, OfferingView, SessionView};
use serde::Deserialize;

use super::access::{Undoable, undoable};
use super::erasure::{Receipt, receipt};
use super::{named, path};
use crate::Web;
use crate::console::card;
use crate::console::gate::Staff;
use crate::console::links::{self, LinkRow};
use crate::console::people::{self, People, Place};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::timeline::{self, Line};
use crate::console::words::{self, When};
use crate::http::page::html;
use crate::http::problem;

/// Links shown on a contact's page, with their timelines.
const LATEST: usize = 20;
/// Live links whose cards are shown: browsers allow six connections to a place.
const CARDS: usize = 3;

/// A grant as shown.
struct GrantRow {
    slug: String,
    title: String,
    since: When,
    until: Option<When>,
    /// As the field takes it, in the portal's zone; what was typed where that was refused.
    until_typed: String,
    wrong: bool,
    live: bool,
    by: String,
}

/// A live link with its card.
struct CardRow {
    id: LinkId,
    destination: Place,
    card: String,
}

/// An open session as shown.
struct SessionRow {
    id: SessionId,
    device: String,
    since: When,
    last_seen: When,
}

/// Who they are, as the page shows it.
#[derive(Default)]
struct Facts {
    email: String,
    phone: String,
    locale: String,
    external_id: String,
    attributes: Vec<(String, String)>,
    /// Notices to addresses of before that are on their way.
    notices: Vec<String>,
}

#[derive(Template)]
#[template(path = "console/contact.html")]
struct ContactPage<'a> {
    page: Shell<'a>,
    at: String,
    contact: ContactId,
    name: String,
    erased: bool,
    receipt: Option<Receipt>,
    in_portal: bool,
    sms_opted_out: bool,
    facts: Facts,
    problem: Option<String>,
    undo: Option<Undoable>,
    grants: Vec<GrantRow>,
    grantable: Vec<OfferingView>,
    /// What was typed beside *Grant*, where that was refused.
    typed: (String, String),
    cards: Vec<CardRow>,
    links: Vec<LinkRow>,
    sessions: Vec<SessionRow>,
    lines: Vec<Line>,
}

/// What the page is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    undo: Option<String>,
}

/// A grant that a rule said no to, with what was typed.
pub(super) struct Refusal {
    pub(super) rejection: Rejection,
    pub(super) text: String,
    pub(super) offering: Slug,
    pub(super) until: String,
}

pub(in crate::console) async fn show(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    draw(&web, &staff, named(&id)?, asks.undo.as_deref(), None).await
}

/// The page; `undo` names what the reader just did.
pub(super) async fn draw(
    web: &Web, staff: &Staff, contact: ContactId, undo: Option<&str>, refusal: Option<Refusal>,
) -> Result<Response, Refused> {
    let reader = staff.reader(web);
    let view = staff.lists(web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let people = People::of(web, staff, vec![contact]).await?;
    let filter = LinkFilter { contact: Some(contact), status: None };
    let listed = staff.lists(web, Act::Read)?.links(filter, None, LATEST).await?.items;
    let ids: Vec<LinkId> = listed.iter().map(|link| link.id).collect();
    let entries = web.use_cases.contact_timeline(&reader, contact).await?;
    let sessions = staff.lists(web, Act::Read)?.sessions(contact).await?;
    let offerings = staff.lists(web, Act::Read)?.offerings().await?;
    let state = web.use_cases.contact_state(&reader, contact).await?;
    let page = Shell::of(web, staff, Section::Contacts).await?;
    let undo = match undo.filter(|_| staff.may(Act::ManageAccess)) {
        Some(of) => undoable(web, &page, staff, contact, (of, &offerings)).await?,
        None => None,
    };
    let cards = cards(web, &page, &people, &listed).await?;
    let links = links::rows(web, &page, listed).await?;
    let lines = timeline::of_contact(web, &reader, &people, &entries, &ids).await?;
    let status = refusal.as_ref().map_or(StatusCode::OK, |refusal| problem::status(&refusal.rejection));
    let grants = view.grants.iter().map(|grant| granted(web, &page, &people, grant, refusal.as_ref())).collect();
    let contact_page = ContactPage {
        at: path(contact),
        contact,
        name: people::name(&view),
        erased: view.phase != ContactPhase::Present,
        receipt: receipt(&page, &people, &entries),
        in_portal: view.in_portal,
        sms_opted_out: view.sms_opted_out,
        facts: facts(&page, &view, state.present()),
        problem: refusal.as_ref().map(|refusal| refusal.text.clone()),
        undo,
        grants,
        grantable: offerings.into_iter().filter(|offering| offering.archived_at.is_none()).collect(),
        typed: refusal.map_or_else(Default::default, |refusal| (refusal.offering.to_string(), refusal.until)),
        cards,
        links,
        sessions: sessions.iter().map(|session| opened(&page, session)).collect(),
        lines,
        page,
    };
    Ok(html(status, &contact_page))
}

impl ContactPage<'_> {
    /// Whether this is what somebody wanted to grant when a rule said no.
    fn was_chosen(&self, offering: &OfferingView) -> bool {
        self.typed.0 == offering.slug.as_str()
    }

    /// Until when they wanted to grant what is not granted yet.
    fn until_typed(&self) -> &str {
        let granted = self.grants.iter().any(|grant| grant.slug == self.typed.0);
        if granted { "" } else { &self.typed.1 }
    }

    fn is_new_wrong(&self) -> bool {
        self.problem.is_some() && !self.grants.iter().any(|grant| grant.wrong)
    }
}

/// The cards of the latest live links.
async fn cards(web: &Web, page: &Shell<'_>, people: &People, links: &[LinkView]) -> Result<Vec<CardRow>, Failure> {
    let mut cards = vec![];
    for link in links.iter().filter(|link| link.status == LinkStatus::Live).take(CARDS) {
        let destination = people.place(&link.destination);
        cards.push(CardRow { id: link.id, destination, card: card::draw(web, page.staff, page, link.id).await? });
    }
    Ok(cards)
}

fn facts(page: &Shell<'_>, view: &ContactView, state: Option<&Contact>) -> Facts {
    let Some(details) = view.details.known() else { return Facts::default() };
    let text = |value: Option<String>| value.unwrap_or_default();
    let notice = |notice: &magiclink_domain::contact::Notice| {
        let to = notice.to.known().map_or("an erased address", String::as_str);
        match notice.state {
            NoticeState::Waiting(until) => format!("A notice to {to} waits until {}", page.when(until)),
            NoticeState::Sending(_) => format!("A notice to {to} is being sent"),
        }
    };
    Facts {
        email: text(details.email.as_ref().map(ToString::to_string)),
        phone: text(details.phone.as_ref().map(PhoneNumber::international)),
        locale: text(details.locale.as_ref().map(ToString::to_string)),
        external_id: text(details.external_id.as_ref().map(ToString::to_string)),
        attributes: details.attributes.clone(),
        notices: state.map(|contact| contact.notices.values().map(notice).collect()).unwrap_or_default(),
    }
}

fn granted(web: &Web, page: &Shell<'_>, people: &People, grant: &GrantView, refusal: Option<&Refusal>) -> GrantRow {
    let refusal = refusal.filter(|refusal| refusal.offering == grant.offering);
    let field = |until: Timestamp| {
        until.to_datetime().with_timezone(&web.config.time_zone).format("%Y-%m-%dT%H:%M").to_string()
    };
    GrantRow {
        slug: grant.offering.to_string(),
        title: grant.title.as_ref().map_or_else(|| grant.offering.to_string(), ToString::to_string),
        since: page.when(grant.since),
        until: grant.until.map(|until| page.when(until)),
        until_typed: refusal
            .map_or_else(|| grant.until.map(field).unwrap_or_default(), |refusal| refusal.until.clone()),
        wrong: refusal.is_some(),
        live: grant.is_live(web.use_cases.ports().clock.now()),
        by: people.actor(&grant.granted_by),
    }
}

fn opened(page: &Shell<'_>, session: &SessionView) -> SessionRow {
    SessionRow {
        id: session.id,
        device: session.client.known().map_or_else(|| "erased device".to_owned(), words::device),
        since: page.when(session.since),
        last_seen: page.when(session.last_seen),
    }
}
