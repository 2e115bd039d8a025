//! How a link stands, on one card: what happened to it and to its deliveries, and the next best action.
//!
//! Apart from the link's rules because nothing is decided here: console, API, command line and chat show the same card.

mod advice;
mod delivery;
mod step;
#[cfg(test)]
mod tests;

pub use advice::{Advice, NextAct};
pub use delivery::DeliveryCard;
pub use step::{Step, StepKind};

use std::collections::{BTreeMap, BTreeSet};

use crate::id::LinkId;
use crate::link::{
    self, Channel, Link, LinkEvent, LinkState, LinkStatus, LinkStream, LinkSubject, OpenedBy, Refusal, Standing,
};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::time::{Lifetime, Timestamp};
use crate::usecases::{TimelineEntry, TimelineEvent};

/// What a card is made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Whose card.
    pub link: LinkId,
    /// What happened to the link, oldest first.
    pub timeline: &'a [TimelineEntry],
    /// How its subject stands.
    pub standing: Standing,
    /// Which channels could carry it now, and why others could not.
    pub channels: &'a BTreeMap<Channel, Result<(), Rejection>>,
    /// When a provider is first asked what became of a lost answer.
    pub look_up_after: Lifetime,
    /// The instant that the card is about.
    pub now: Timestamp,
}

/// How a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkCard {
    /// Which link.
    pub link: LinkId,
    /// How many events of the link it was made of.
    pub revision: u64,
    /// Whom it signs in.
    pub subject: LinkSubject,
    /// Whether it works, its subject counted in.
    pub status: LinkStatus,
    /// Refused from this instant on.
    pub expires_at: Timestamp,
    /// The way from made to signed in: what happened, then what is still to come. The latest delivery that got furthest
    /// stands for all of them.
    pub steps: Vec<Step>,
    /// Every sending, oldest first.
    pub deliveries: Vec<DeliveryCard>,
    /// Over which channels it could be sent now.
    pub channels: BTreeSet<Channel>,
    /// The next best action.
    pub next: Advice,
}

impl LinkCard {
    /// The card of a link; `None` for one that was never made.
    #[must_use]
    pub fn of(facts: &Facts<'_>) -> Option<Self> {
        let events = || facts.timeline.iter().filter_map(|entry| Some((&entry.meta, of_link(entry)?)));
        let state = events().fold(LinkState::default(), |state, (_, event)| LinkStream::evolve(state, event));
        let link = state.issued()?;
        let why = link::refusal(link, facts.standing, None, facts.now);
        let mut deliveries = delivery::all(facts, link);
        let lead = delivery::lead(&deliveries).cloned();
        let scene = advice::Scene { facts, link, why, opened: opened(facts, OpenedBy::Person) };
        for delivery in &mut deliveries {
            delivery.next = scene.of_delivery(delivery, lead.as_ref());
            delivery.can_retry = why.is_none() && delivery.could_be_tried_again(facts.channels);
        }
        let next = scene.of_link(lead.as_ref(), opened(facts, OpenedBy::Scanner));
        let channels = facts.channels.iter().filter(|(_, way)| why.is_none() && way.is_ok());
        Some(Self {
            link: facts.link,
            revision: u64::try_from(facts.timeline.len()).unwrap_or(u64::MAX),
            subject: link.subject,
            status: status(link, why, facts.now),
            expires_at: link.expires_at,
            steps: step::way(facts, link, why, lead.as_ref()),
            deliveries,
            channels: channels.map(|(channel, _)| *channel).collect(),
            next,
        })
    }

    /// The last thing that happened on its way.
    #[must_use]
    pub fn reached(&self) -> Option<&Step> {
        self.steps.iter().rfind(|step| step.at.is_some())
    }
}

fn of_link(entry: &TimelineEntry) -> Option<&LinkEvent> {
    match &entry.event {
        TimelineEvent::Link(event) => Some(event),
        TimelineEvent::Contact(_) => None,
    }
}

/// When its page was first opened by this kind of opener.
fn opened(facts: &Facts<'_>, opener: OpenedBy) -> Option<Timestamp> {
    let is = |entry: &&TimelineEntry| matches!(of_link(entry), Some(LinkEvent::LinkOpened { by, .. }) if *by == opener);
    facts.timeline.iter().find(is).map(|entry| entry.meta.at)
}

/// A link that its subject's stream has overtaken is as good as revoked.
fn status(link: &Link, why: Option<Refusal>, now: Timestamp) -> LinkStatus {
    match why {
        Some(Refusal::Revoked | Refusal::Replaced | Refusal::SubjectGone) => LinkStatus::Revoked,
        Some(Refusal::Expired | Refusal::Used | Refusal::AccessEnded | Refusal::OtherBrowser | Refusal::Test)
        | None => link.status(now),
    }
}
