//! A link's card: how it stands and what to do next, on every page that shows the link.
//!
//! Apart from the pages because the same card is drawn in them and sent again as things happen.

mod live;
mod next;

pub(super) use live::follow;
pub(super) use next::{Button, advised, button};

use askama::Template;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Act;
use magiclink_domain::card::{DeliveryCard, LinkCard, NextAct, Step, StepKind};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::{DeliveryState, LinkStatus, LinkSubject};
use magiclink_domain::ports::Unavailable;
use magiclink_domain::usecases::Failure;

use super::gate::Staff;
use super::people::People;
use super::shell::Shell;
use super::words::{self, Choice, When};
use crate::Web;

/// What is drawn anew whenever something happens.
#[derive(Template)]
#[template(path = "console/card_part.html")]
struct Part<'a> {
    page: &'a Shell<'a>,
    at: String,
    reached: &'static str,
    class: &'static str,
    next: String,
    steps: Vec<StepRow>,
    sendings: Vec<SendingRow>,
    /// How it could be sent now.
    send: Vec<Choice>,
    /// The best of them, or of trying again.
    best: NextAct,
    /// Where a new link is made.
    anew: Option<String>,
    /// The best, where it is neither of these.
    other: Option<Button>,
}

/// The part in its place on a page.
#[derive(Template)]
#[template(path = "console/card.html")]
struct Frame<'a> {
    page: &'a Shell<'a>,
    at: String,
    live: bool,
    revocable: bool,
    part: Part<'a>,
}

struct StepRow {
    class: &'static str,
    words: &'static str,
    /// When it was taken.
    at: Option<When>,
    by: Option<String>,
}

struct SendingRow {
    id: DeliveryId,
    channel: &'static str,
    to: String,
    state: &'static str,
    class: &'static str,
    words: String,
    can_retry: bool,
}

/// The link's card as a page holds it.
pub(super) async fn draw(web: &Web, staff: &Staff, page: &Shell<'_>, link: LinkId) -> Result<String, Failure> {
    let card = web.use_cases.link_card(&staff.reader(web), link).await?;
    let people = People::of(web, staff, vec![]).await?;
    let at = at(link);
    let live = goes_on(&card);
    let revocable = card.status == LinkStatus::Live;
    let frame = Frame { page, at, live, revocable, part: part(page, &people, &card) };
    frame.render().map_err(|error| broken(&error))
}

/// The part of a card that changes.
async fn draw_part(web: &Web, page: &Shell<'_>, card: &LinkCard) -> Result<String, Failure> {
    let people = People::of(web, page.staff, vec![]).await?;
    part(page, &people, card).render().map_err(|error| broken(&error))
}

fn broken(error: &askama::Error) -> Failure {
    let source = error.to_string().into();
    Failure::Unavailable(Unavailable { what: "the page", source })
}

fn at(link: LinkId) -> String {
    format!("/console/links/{link}")
}

/// Whether there is still something to come.
fn goes_on(card: &LinkCard) -> bool {
    let under_way = |delivery: &DeliveryCard| match delivery.state {
        DeliveryState::Queued | DeliveryState::Postponed(_) | DeliveryState::Sending(_) => true,
        DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Failed
        | DeliveryState::MaybeSent
        | DeliveryState::Cancelled(_) => false,
    };
    card.status == LinkStatus::Live || card.deliveries.iter().any(under_way)
}

fn part<'a>(page: &'a Shell<'a>, people: &People, card: &LinkCard) -> Part<'a> {
    let reached = card.reached().map_or(StepKind::Made, |step| step.kind);
    let contact = match card.subject {
        LinkSubject::Contact { contact, .. } => Some(contact),
        LinkSubject::Staff(_) => None,
    };
    Part {
        page,
        at: at(card.link),
        reached: reached.words(),
        class: reached.as_str(),
        next: advised(page, &card.next),
        steps: card.steps.iter().map(|step| row(page, people, step)).collect(),
        sendings: card.deliveries.iter().map(|delivery| sending(page, delivery)).collect(),
        send: card.channels.iter().copied().filter(|_| contact.is_some()).map(words::send_by).collect(),
        best: card.next.act,
        anew: contact.map(|contact| format!("/console/generate?contact={contact}")),
        other: match card.next.act {
            NextAct::HandOver | NextAct::Call | NextAct::GrantAccess => button(page, card.link, contact, card.next.act),
            NextAct::Nothing | NextAct::Wait | NextAct::SendAgain(_) | NextAct::SendBy(_) | NextAct::NewLink => None,
        },
    }
}

impl Part<'_> {
    /// Whether trying this one again is the best that can be done.
    fn is_best(&self, delivery: &DeliveryId) -> bool {
        self.best == NextAct::SendAgain(*delivery)
    }

    /// Whether sending over this channel is.
    fn is_best_way(&self, channel: &Choice) -> bool {
        matches!(self.best, NextAct::SendBy(best) if best.as_str() == channel.value)
    }

    fn wants_new(&self) -> bool {
        self.best == NextAct::NewLink
    }
}

fn row(page: &Shell<'_>, people: &People, step: &Step) -> StepRow {
    let by = step.by.as_ref().and_then(|by| match by {
        Actor::Staff(_) | Actor::Token(_) | Actor::CommandLine(_) => Some(people.actor(by)),
        Actor::Contact(_) | Actor::System => None,
    });
    StepRow { class: step.kind.as_str(), words: step.kind.words(), at: step.at.map(|at| page.when(at)), by }
}

fn sending(page: &Shell<'_>, delivery: &DeliveryCard) -> SendingRow {
    SendingRow {
        id: delivery.id,
        channel: words::channel(delivery.channel),
        to: delivery.to.known().map_or("an erased address", String::as_str).to_owned(),
        state: words::delivery(delivery.state.as_str()),
        class: delivery.state.as_str(),
        words: delivery.words(|at| page.when(at).clock().to_owned()),
        can_retry: delivery.can_retry,
    }
}
