//! The first page of the console: how the portal does, what wants somebody's attention, and *Generate magic link*.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::card::{DeliveryCard, NextAct};
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::LinkSubject;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::Failure;
use magiclink_projections::{DashboardView, Outcome};

use super::card::{self, Button};
use super::chart::{self, Bars, Slice};
use super::disputes::{self, Dispute};
use super::gate::Staff;
use super::history;
use super::people::{People, Place};
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::{self, When};
use crate::Web;
use crate::http::page::html;

/// Days that the charts show.
const DAYS: u16 = 30;
/// Live links whose cards are shown: browsers allow six connections to a place.
const CARDS: usize = 3;
/// Lines of the history.
const LATEST: usize = 8;
/// Deliveries in trouble that are looked at.
const TROUBLE: usize = 10;
/// Those older than this are no news any more.
const NEWS: Lifetime = Lifetime::from_days(7);

#[derive(Template)]
#[template(path = "console/dashboard.html")]
struct DashboardPage<'a> {
    page: Shell<'a>,
    figures: DashboardView,
    logins: Bars,
    outcomes: Vec<Slice>,
    disputes: Vec<Dispute>,
    trouble: Vec<TroubleRow>,
    cards: Vec<CardRow>,
    lines: Vec<history::Row>,
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
    button: Option<Button>,
}

/// A live link with its card.
struct CardRow {
    id: LinkId,
    contact: ContactId,
    name: String,
    destination: Place,
    made: When,
    card: String,
}

pub(super) async fn show(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let now = web.use_cases.ports().clock.now();
    let days = chart::days(web.config.time_zone, now, DAYS);
    let begin: Vec<Timestamp> = days.iter().map(|(_, begins)| *begins).collect();
    let figures = staff.lists(&web, Act::Read)?.dashboard(&begin).await?;
    let named = days.iter().map(|(date, _)| date.format("%-d %b").to_string());
    let logins = Bars::of(named.zip(figures.logins.iter().copied()).collect());
    let outcomes = figures.outcomes.iter().map(|(outcome, count)| (said(*outcome), class(*outcome), *count));
    let outcomes = chart::slices(outcomes.collect());
    let page = Shell::of(&web, &staff, Section::Dashboard).await?;
    let trouble = trouble(&web, &staff, &page, now).await?;
    let disputes = disputes::recent(&web, &staff, &page).await?;
    let cards = cards(&web, &staff, &page).await?;
    let lines = history::latest(&web, &page, LATEST).await?;
    Ok(html(StatusCode::OK, &DashboardPage { page, figures, logins, outcomes, disputes, trouble, cards, lines }))
}

fn said(outcome: Outcome) -> String {
    match outcome {
        Outcome::SignedIn(method) => format!("Signed in {}", words::method(method)),
        Outcome::Refused(why) => format!("Not let in: {}", words::refusal(why)),
    }
}

const fn class(outcome: Outcome) -> &'static str {
    use magiclink_domain::link::{Method, Refusal};
    match outcome {
        Outcome::SignedIn(Method::Link) => "by-link",
        Outcome::SignedIn(Method::Code) => "by-code",
        Outcome::Refused(Refusal::Expired | Refusal::Used) => "late",
        Outcome::Refused(
            Refusal::Revoked
            | Refusal::Replaced
            | Refusal::AccessEnded
            | Refusal::SubjectGone
            | Refusal::OtherBrowser
            | Refusal::Test,
        ) => "no",
    }
}

/// The cards of the latest live links.
async fn cards(web: &Web, staff: &Staff, page: &Shell<'_>) -> Result<Vec<CardRow>, Failure> {
    let live = staff.lists(web, Act::Read)?.latest_live_links(CARDS).await?;
    let people = People::of(web, staff, live.iter().filter_map(|link| link.subject.contact()).collect()).await?;
    let mut cards = vec![];
    for link in live {
        let Some(contact) = link.subject.contact() else { continue };
        cards.push(CardRow {
            id: link.id,
            contact,
            name: people.contact(contact).to_owned(),
            destination: people.place(&link.destination),
            made: page.when(link.issued_at),
            card: card::draw(web, staff, page, link.id).await?,
        });
    }
    Ok(cards)
}

/// Deliveries that failed or may not have been sent, as far as there is something to do about them.
async fn trouble(web: &Web, staff: &Staff, page: &Shell<'_>, now: Timestamp) -> Result<Vec<TroubleRow>, Failure> {
    let found = staff.lists(web, Act::Read)?.deliveries_in_trouble(now.minus(NEWS), TROUBLE).await?;
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
            next: card::advised(page, &delivery.next),
            button: card::button(page, card.link, Some(contact), delivery.next.act),
        }));
    }
    Ok(rows)
}
