//! The steps from made to signed in.

use super::delivery::DeliveryCard;
use super::{Facts, of_link};
use crate::actor::Actor;
use crate::link::{Channel, Link, LinkEvent, OpenedBy, Refusal};
use crate::time::Timestamp;

/// One step on a link's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// When it was taken; `None` while it is still to come.
    pub at: Option<Timestamp>,
    /// Who took it, where that is somebody's act.
    pub by: Option<Actor>,
}

/// A step on a link's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// It was made.
    Made,
    /// It was shown to staff, to be handed over.
    Shown,
    /// A delivery waits for an attempt.
    Queued,
    /// An attempt began.
    Sending,
    /// The provider took it.
    Sent,
    /// It reached the phone or mailbox.
    Delivered,
    /// It could not be delivered.
    Failed,
    /// The provider's answer was lost.
    MaybeSent,
    /// It was not sent, and will not be.
    Cancelled,
    /// A mail scanner, chat preview or prefetcher looked at the page.
    OpenedByScanner,
    /// A person opened the page.
    OpenedByPerson,
    /// The subject signed in.
    SignedIn,
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
}

impl StepKind {
    /// The word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Shown => "shown",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::MaybeSent => "maybe_sent",
            Self::Cancelled => "cancelled",
            Self::OpenedByScanner => "opened_by_scanner",
            Self::OpenedByPerson => "opened_by_person",
            Self::SignedIn => "signed_in",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Made => "Made",
            Self::Shown => "Shown to staff",
            Self::Queued => "Queued",
            Self::Sending => "Being sent",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Failed => "Failed",
            Self::MaybeSent => "Maybe sent",
            Self::Cancelled => "Not sent",
            Self::OpenedByScanner => "Opened by a mail scanner",
            Self::OpenedByPerson => "Opened",
            Self::SignedIn => "Signed in",
            Self::Revoked => "Revoked",
            Self::Expired => "Expired",
        }
    }

    /// How far along a delivery it is.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Made | Self::Shown | Self::Queued => 0,
            Self::Sending => 1,
            Self::Sent => 2,
            Self::Delivered | Self::Failed | Self::MaybeSent | Self::Cancelled => 3,
            Self::OpenedByScanner | Self::OpenedByPerson | Self::SignedIn | Self::Revoked | Self::Expired => 4,
        }
    }
}

impl Step {
    fn to_come(kind: StepKind) -> Self {
        Self { kind, at: None, by: None }
    }
}

/// The whole way: what happened, and what is still to come.
pub(super) fn way(facts: &Facts<'_>, link: &Link, why: Option<Refusal>, lead: Option<&DeliveryCard>) -> Vec<Step> {
    let first = |kind: StepKind, is: fn(&LinkEvent) -> bool| {
        let entry = facts.timeline.iter().find(|entry| of_link(entry).is_some_and(is))?;
        Some(Step { kind, at: Some(entry.meta.at), by: Some(entry.meta.actor.clone()) })
    };
    let scanned = first(StepKind::OpenedByScanner, |event| by(event, OpenedBy::Scanner));
    let opened = first(StepKind::OpenedByPerson, |event| by(event, OpenedBy::Person));
    let signed_in = first(StepKind::SignedIn, |event| matches!(event, LinkEvent::LinkRedeemed { .. }));
    let revoked = first(StepKind::Revoked, |event| matches!(event, LinkEvent::LinkRevoked { .. }));

    let mut way = vec![];
    way.extend(first(StepKind::Made, |event| matches!(event, LinkEvent::LinkIssued { .. })));
    way.extend(first(StepKind::Shown, |event| matches!(event, LinkEvent::LinkRevealed)));
    way.extend(lead.map(|lead| lead.steps.clone()).unwrap_or_default());
    let ended = why.is_some();
    if !ended && opened.is_none() && signed_in.is_none() {
        way.extend(lead.map(to_come).unwrap_or_default());
    }
    // A scanner comes before a person; afterwards it is no news.
    way.extend(scanned);
    let on_its_way = |kind: StepKind| (!ended).then(|| Step::to_come(kind));
    way.extend(opened.or_else(|| on_its_way(StepKind::OpenedByPerson).filter(|_| signed_in.is_none())));
    way.extend(signed_in.or_else(|| on_its_way(StepKind::SignedIn)));
    way.extend(revoked);
    if why == Some(Refusal::Expired) {
        way.push(Step { kind: StepKind::Expired, at: Some(link.expires_at), by: None });
    }
    way
}

fn by(event: &LinkEvent, opener: OpenedBy) -> bool {
    matches!(event, LinkEvent::LinkOpened { by, .. } if *by == opener)
}

/// What a delivery has still before it. Nobody tells of an e-mail's arrival.
fn to_come(delivery: &DeliveryCard) -> Vec<Step> {
    let reached = delivery.steps.last().map_or(0, |step| step.kind.rank());
    let all: &[StepKind] = match delivery.channel {
        Channel::Sms => &[StepKind::Sending, StepKind::Sent, StepKind::Delivered],
        Channel::Email => &[StepKind::Sending, StepKind::Sent],
    };
    all.iter().filter(|kind| kind.rank() > reached).map(|kind| Step::to_come(*kind)).collect()
}
