//! Magic links: the list, one of them, and what can still be done with it.

pub(super) mod export;
mod list;

pub(super) use list::list;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::LinkId;
use magiclink_domain::link::{Channel, LinkStatus};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::Reason;
use magiclink_projections::{DeliveryView, LinkView, SubjectView};

use super::asked::{Asked, on_to};
use super::card;
use super::flash::Flash;
use super::gate::Staff;
use super::generate::secret;
use super::people::{People, Place};
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::timeline::{self, Line};
use super::words::{self, When};
use crate::Web;
use crate::http::page::html;

/// A link as shown in lists.
pub(super) struct LinkRow {
    pub(super) id: LinkId,
    pub(super) name: String,
    /// The contact's page; `None` for a staff member's link.
    pub(super) contact: Option<String>,
    pub(super) destination: Place,
    pub(super) status: &'static str,
    pub(super) class: &'static str,
    pub(super) made: When,
    pub(super) by: String,
    pub(super) expires: When,
    pub(super) signed_in: Option<When>,
    pub(super) deliveries: Vec<DeliveryRow>,
}

/// A delivery as shown.
pub(super) struct DeliveryRow {
    pub(super) channel: &'static str,
    pub(super) state: &'static str,
}

#[derive(Template)]
#[template(path = "console/link.html")]
struct LinkPage<'a> {
    page: Shell<'a>,
    at: String,
    row: LinkRow,
    uses: String,
    reveals: bool,
    card: String,
    lines: Vec<Line>,
}

/// Links as lists show them, with names and deliveries.
pub(super) async fn rows(web: &Web, page: &Shell<'_>, views: Vec<LinkView>) -> Result<Vec<LinkRow>, Failure> {
    let people = People::of(web, page.staff, views.iter().filter_map(|view| view.subject.contact()).collect()).await?;
    let ids: Vec<LinkId> = views.iter().map(|view| view.id).collect();
    let deliveries = page.staff.lists(web, Act::Read)?.deliveries_of(&ids).await?;
    Ok(views.iter().map(|view| row(page, &people, view, &deliveries)).collect())
}

fn row(page: &Shell<'_>, people: &People, view: &LinkView, deliveries: &[DeliveryView]) -> LinkRow {
    LinkRow {
        id: view.id,
        name: people.subject(view.subject),
        contact: view.subject.contact().map(|contact| format!("/console/contacts/{contact}")),
        destination: people.place(&view.destination),
        status: words::status(view.status),
        class: view.status.as_str(),
        made: page.when(view.issued_at),
        by: people.actor(&view.issued_by),
        expires: page.when(view.expires_at),
        signed_in: view.redeemed_at.map(|at| page.when(at)),
        deliveries: deliveries.iter().filter(|delivery| delivery.link == view.id).map(sending).collect(),
    }
}

fn sending(view: &DeliveryView) -> DeliveryRow {
    DeliveryRow { channel: words::channel(view.channel), state: words::delivery(&view.state) }
}

fn named(id: &str) -> Result<LinkId, Refused> {
    id.parse().map_err(|_| Refused::from(Rejection::LinkNotFound))
}

pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, staff: Staff) -> Result<Response, Refused> {
    let link = named(&id)?;
    let view = staff.lists(&web, Act::Read)?.link(link).await?.ok_or(Rejection::LinkNotFound)?;
    let people = People::of(&web, &staff, view.subject.contact().into_iter().collect()).await?;
    let lines = timeline::of_link(&web, &staff.reader(&web), &people, link).await?;
    let page = Shell::of(&web, &staff, Section::Links).await?;
    let live = view.status == LinkStatus::Live;
    let uses = format!("{} of {}", view.uses, view.max_uses);
    let of_contact = matches!(view.subject, SubjectView::Contact(_));
    let reveals = live && of_contact && page.reveals();
    let rows = rows(&web, &page, vec![view]).await?;
    let row = rows.into_iter().next().ok_or(Rejection::LinkNotFound)?;
    let card = card::draw(&web, &staff, &page, link).await?;
    let at = format!("/console/links/{link}");
    Ok(html(StatusCode::OK, &LinkPage { page, at, row, uses, reveals, card, lines }))
}

pub(super) async fn revoke(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let link = named(&id)?;
    let reason = Reason::parse(asked.fields.text("reason")).map_err(Rejection::from)?;
    let done = web.use_cases.revoke_link(&asked.caller, link, reason).await?;
    Ok(on_to(&web, &done, &format!("/console/links/{link}"), Flash::LinkRevoked).await)
}

pub(super) async fn send(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let link = named(&id)?;
    let channel = Channel::from_word(asked.fields.text("channel")).ok_or(Rejection::LinkNotLive)?;
    let done = web.use_cases.request_delivery(&asked.caller, link, channel).await?;
    Ok(on_to(&web, &done, &format!("/console/links/{link}"), Flash::LinkSent).await)
}

/// *Send again*.
pub(super) async fn retry(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let link = named(&id)?;
    let delivery = asked.fields.text("delivery").parse().map_err(|_| Rejection::DeliveryNotFound)?;
    let done = web.use_cases.retry_delivery(&asked.caller, link, delivery).await?;
    Ok(on_to(&web, &done, &format!("/console/links/{link}"), Flash::SentAgain).await)
}

pub(super) async fn reveal(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let link = named(&id)?;
    let done = web.use_cases.reveal_link(&asked.caller, link).await?;
    secret::page(&web, &asked.staff, done, Section::Links).await
}
