//! One contact: who they are, what they may see, and everything that happened.

mod acts;
mod erasure;
mod preview;

pub(super) use acts::instant;
pub(super) use acts::{change, end_session, grant, sign_out_everywhere, ungrant};
pub(super) use erasure::erase;
pub(super) use preview::preview;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, LinkId, SessionId};
use magiclink_domain::link::LinkStatus;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{ContactPhase, ContactView, GrantView, LinkFilter, LinkView, OfferingView, SessionView};

use super::card;
use super::gate::Staff;
use super::links::{self, LinkRow};
use super::people::{self, People};
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::timeline::{self, Line};
use super::words::{self, When};
use crate::Web;
use crate::http::page::html;

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
    live: bool,
    by: String,
}

/// A live link with its card.
struct CardRow {
    id: LinkId,
    destination: String,
    card: String,
}

/// An open session as shown.
struct SessionRow {
    id: SessionId,
    device: String,
    since: When,
    last_seen: When,
}

/// What the details' form holds.
#[derive(Default)]
struct Entered {
    name: String,
    email: String,
    phone: String,
    locale: String,
    external_id: String,
}

#[derive(Template)]
#[template(path = "console/contact.html")]
struct ContactPage<'a> {
    page: Shell<'a>,
    at: String,
    contact: ContactId,
    name: String,
    erased: bool,
    in_portal: bool,
    sms_opted_out: bool,
    entered: Entered,
    attributes: Vec<(String, String)>,
    grants: Vec<GrantRow>,
    grantable: Vec<OfferingView>,
    cards: Vec<CardRow>,
    links: Vec<LinkRow>,
    sessions: Vec<SessionRow>,
    lines: Vec<Line>,
}

/// The contact that a path names; what is no id names nobody.
fn named(id: &str) -> Result<ContactId, Refused> {
    id.parse().map_err(|_| Refused::from(Rejection::ContactNotFound))
}

fn path(contact: ContactId) -> String {
    format!("/console/contacts/{contact}")
}

pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, staff: Staff) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let view = web.read_models.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let people = People::of(&web, &staff, vec![contact]).await?;
    let filter = LinkFilter { contact: Some(contact), status: None };
    let listed = web.read_models.links(filter, None, LATEST).await?.items;
    let ids: Vec<LinkId> = listed.iter().map(|link| link.id).collect();
    let lines = timeline::of_contact(&web, &staff.reader(&web), &people, contact, &ids).await?;
    let sessions = web.read_models.sessions(contact).await?;
    let offerings = web.read_models.offerings().await?;
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let cards = cards(&web, &staff, &page, &listed).await?;
    let links = links::rows(&web, &page, listed).await?;
    let (entered, attributes) = entered(&view);
    Ok(html(
        StatusCode::OK,
        &ContactPage {
            at: path(contact),
            contact,
            name: people::name(&view),
            erased: view.phase != ContactPhase::Present,
            in_portal: view.in_portal,
            sms_opted_out: view.sms_opted_out,
            entered,
            attributes,
            grants: view.grants.iter().map(|grant| granted(&web, &page, &people, grant)).collect(),
            grantable: offerings.into_iter().filter(|offering| offering.archived_at.is_none()).collect(),
            cards,
            links,
            sessions: sessions.iter().map(|session| opened(&page, session)).collect(),
            lines,
            page,
        },
    ))
}

/// The cards of the latest live links.
async fn cards(web: &Web, staff: &Staff, page: &Shell<'_>, links: &[LinkView]) -> Result<Vec<CardRow>, Failure> {
    let mut cards = vec![];
    for link in links.iter().filter(|link| link.status == LinkStatus::Live).take(CARDS) {
        let destination = words::destination(&link.destination);
        cards.push(CardRow { id: link.id, destination, card: card::draw(web, staff, page, link.id).await? });
    }
    Ok(cards)
}

fn entered(view: &ContactView) -> (Entered, Vec<(String, String)>) {
    let Personal::Known(details) = &view.details else { return (Entered::default(), vec![]) };
    let text = |value: Option<String>| value.unwrap_or_default();
    let entered = Entered {
        name: details.name.to_string(),
        email: text(details.email.as_ref().map(ToString::to_string)),
        phone: text(details.phone.as_ref().map(ToString::to_string)),
        locale: text(details.locale.as_ref().map(ToString::to_string)),
        external_id: text(details.external_id.as_ref().map(ToString::to_string)),
    };
    (entered, details.attributes.clone())
}

fn granted(web: &Web, page: &Shell<'_>, people: &People, grant: &GrantView) -> GrantRow {
    GrantRow {
        slug: grant.offering.to_string(),
        title: grant.title.as_ref().map_or_else(|| grant.offering.to_string(), ToString::to_string),
        since: page.when(grant.since),
        until: grant.until.map(|until| page.when(until)),
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
