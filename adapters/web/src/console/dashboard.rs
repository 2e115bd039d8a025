//! The first page of the console.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::card::{DeliveryCard, NextAct};
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::LinkSubject;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{DashboardView, LinkFilter};

use super::gate::Staff;
use super::links::{self, LinkRow};
use super::people::People;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words;
use crate::Web;
use crate::http::failure::sentence;
use crate::http::page::html;

/// Links shown on the first page.
const LATEST: usize = 10;
/// Deliveries in trouble that are looked at.
const TROUBLE: usize = 30;
/// Those older than this are no news any more.
const NEWS: Lifetime = Lifetime::from_days(7);

#[derive(Template)]
#[template(path = "console/dashboard.html")]
struct DashboardPage<'a> {
    page: Shell<'a>,
    figures: DashboardView,
    trouble: Vec<TroubleRow>,
    links: Vec<LinkRow>,
}

/// A delivery that wants somebody's attention.
struct TroubleRow {
    link: LinkId,
    name: String,
    channel: &'static str,
    state: &'static str,
    class: &'static str,
    words: String,
    next: String,
}

pub(super) async fn show(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let figures = web.read_models.dashboard(&[]).await?;
    let latest = web.read_models.links(LinkFilter::default(), None, LATEST).await?;
    let page = Shell::of(&web, &staff, Section::Dashboard).await?;
    let trouble = trouble(&web, &staff, &page).await?;
    let links = links::rows(&web, &page, latest.items).await?;
    Ok(html(StatusCode::OK, &DashboardPage { page, figures, trouble, links }))
}

/// Deliveries that failed or may not have been sent, as far as there is something to do about them.
async fn trouble(web: &Web, staff: &Staff, page: &Shell<'_>) -> Result<Vec<TroubleRow>, Failure> {
    let since = web.use_cases.ports().clock.now().minus(NEWS);
    let found = web.read_models.deliveries_in_trouble(since, TROUBLE).await?;
    let contacts = found.iter().filter_map(|row| row.subject).map(|subject| ContactId::from_uuid(subject.uuid()));
    let people = People::of(web, staff, contacts.collect()).await?;
    let mut rows = vec![];
    for row in found {
        let card = web.use_cases.link_card(&staff.reader(web), row.link).await?;
        // Links of staff are their owners' business, on the page of staff.
        let LinkSubject::Contact { contact, .. } = card.subject else { continue };
        let wants = |delivery: &&DeliveryCard| {
            delivery.id == row.id && !matches!(delivery.next.act, NextAct::Nothing | NextAct::Wait)
        };
        rows.extend(card.deliveries.iter().find(wants).map(|delivery| TroubleRow {
            link: card.link,
            name: people.contact(contact).to_owned(),
            channel: words::channel(delivery.channel),
            state: words::delivery(delivery.state.as_str()),
            class: delivery.state.as_str(),
            words: delivery.words(|at| page.when(at).clock().to_owned()),
            next: sentence(&delivery.next.words),
        }));
    }
    Ok(rows)
}
