//! How one delivery stands.

use std::collections::BTreeMap;

use super::advice::Advice;
use super::step::{Step, StepKind};
use super::{Facts, of_link};
use crate::actor::Actor;
use crate::id::DeliveryId;
use crate::link::{CancelledWhy, Channel, DeliveryState, Link, LinkEvent};
use crate::log::Metadata;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// One sending of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryCard {
    /// Which sending.
    pub id: DeliveryId,
    /// How.
    pub channel: Channel,
    /// E-mail address or E.164 number.
    pub to: Personal<String>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many attempts began.
    pub attempts: u32,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Who asked for it.
    pub requested_by: Actor,
    /// What happened to it, the latest turn alone.
    pub steps: Vec<Step>,
    /// The provider's code of a failure, or of the reason for waiting.
    pub code: Option<String>,
    /// The code in plain words.
    pub code_words: Option<String>,
    /// The answer was lost, and the provider is still going to be asked what became of it.
    pub looked_up: bool,
    /// *Send again* would do something.
    pub can_retry: bool,
    /// The next best action.
    pub next: Advice,
}

impl DeliveryCard {
    fn requested(id: DeliveryId, channel: Channel, to: &Personal<String>, meta: &Metadata) -> Self {
        Self {
            id,
            channel,
            to: to.clone(),
            state: DeliveryState::Queued,
            attempts: 0,
            requested_at: meta.at,
            requested_by: meta.actor.clone(),
            steps: vec![],
            code: None,
            code_words: None,
            looked_up: false,
            can_retry: false,
            next: Advice::nothing(""),
        }
    }

    /// When it is tried again, where it waits for that.
    #[must_use]
    pub const fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Postponed(until) => Some(until),
            DeliveryState::Queued
            | DeliveryState::Sending(_)
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Failed
            | DeliveryState::MaybeSent
            | DeliveryState::Cancelled(_) => None,
        }
    }

    /// How it stands in plain words; `show` writes an instant as its reader wants it.
    #[must_use]
    pub fn words(&self, show: impl Fn(Timestamp) -> String) -> String {
        let reason = || match (&self.code_words, &self.code) {
            (Some(words), Some(code)) => format!("{words} ({code})"),
            (Some(words), None) => words.clone(),
            (None, Some(code)) => format!("the provider’s code is {code}"),
            (None, None) => "the provider did not say why".to_owned(),
        };
        match self.state {
            DeliveryState::Queued => "waits to be sent".to_owned(),
            DeliveryState::Postponed(until) => format!("tried again at {}: {}", show(until), reason()),
            DeliveryState::Sending(_) if self.attempts > 1 => format!("being sent, attempt {}", self.attempts),
            DeliveryState::Sending(_) => "being sent".to_owned(),
            DeliveryState::Sent => "the provider took it".to_owned(),
            DeliveryState::Delivered => "it arrived".to_owned(),
            DeliveryState::Failed => reason(),
            DeliveryState::MaybeSent if self.looked_up => {
                "the provider’s answer was lost; it is being looked up".to_owned()
            }
            DeliveryState::MaybeSent => match self.channel {
                Channel::Sms => "the answer was lost, and the provider could not tell".to_owned(),
                Channel::Email => "the mail server’s answer was lost, and it can’t be asked".to_owned(),
            },
            DeliveryState::Cancelled(why) => cancelled(why).to_owned(),
        }
    }

    /// Since when it stands as it does.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.steps.last().and_then(|step| step.at).unwrap_or(self.requested_at)
    }

    /// It is on its way, or has arrived.
    pub(super) const fn is_hopeful(&self) -> bool {
        match self.state {
            DeliveryState::Queued
            | DeliveryState::Postponed(_)
            | DeliveryState::Sending(_)
            | DeliveryState::Sent
            | DeliveryState::Delivered => true,
            DeliveryState::Failed | DeliveryState::MaybeSent | DeliveryState::Cancelled(_) => false,
        }
    }

    /// Whether the link's rules would try it again, and the channel could carry it.
    pub(super) fn could_be_tried_again(&self, channels: &BTreeMap<Channel, Result<(), Rejection>>) -> bool {
        let stuck = match self.state {
            DeliveryState::Failed
            | DeliveryState::MaybeSent
            | DeliveryState::Cancelled(_)
            | DeliveryState::Postponed(_) => true,
            DeliveryState::Queued | DeliveryState::Sending(_) | DeliveryState::Sent | DeliveryState::Delivered => false,
        };
        stuck && channels.get(&self.channel).is_some_and(Result::is_ok)
    }

    /// How far it came, compared with others of the same link.
    const fn progress(&self) -> u8 {
        match self.state {
            DeliveryState::Delivered => 3,
            DeliveryState::Sent => 2,
            DeliveryState::Queued | DeliveryState::Postponed(_) | DeliveryState::Sending(_) => 1,
            DeliveryState::Failed | DeliveryState::MaybeSent | DeliveryState::Cancelled(_) => 0,
        }
    }

    /// Takes a step; what lay behind it on an earlier attempt is over.
    fn turn(&mut self, kind: StepKind, meta: &Metadata) {
        self.steps.retain(|step| step.kind.rank() < kind.rank());
        self.steps.push(Step { kind, at: Some(meta.at), by: Some(meta.actor.clone()) });
        (self.code, self.code_words) = (None, None);
    }

    fn explain(&mut self, code: &str, words: &str) {
        (self.code, self.code_words) = (Some(code.to_owned()), Some(words.to_owned()));
    }

    fn note(&mut self, meta: &Metadata, event: &LinkEvent) {
        match event {
            LinkEvent::DeliveryRequested { .. } | LinkEvent::DeliveryRequeued { .. } => {
                self.turn(StepKind::Queued, meta);
            }
            LinkEvent::DeliveryAttempted { .. } => self.turn(StepKind::Sending, meta),
            LinkEvent::DeliverySent { .. } => self.turn(StepKind::Sent, meta),
            LinkEvent::DeliveryConfirmed { .. } => self.turn(StepKind::Delivered, meta),
            LinkEvent::DeliveryUnknown { .. } => self.turn(StepKind::MaybeSent, meta),
            LinkEvent::DeliveryCancelled { .. } => self.turn(StepKind::Cancelled, meta),
            LinkEvent::DeliveryFailed { code, words, .. } => {
                self.turn(StepKind::Failed, meta);
                self.explain(code, words);
            }
            LinkEvent::DeliveryPostponed { code, words, .. } => {
                self.steps.retain(|step| step.kind == StepKind::Queued);
                self.explain(code, words);
            }
            LinkEvent::LinkIssued { .. }
            | LinkEvent::LinkRevealed
            | LinkEvent::WordsTried(_)
            | LinkEvent::LinkOpened { .. }
            | LinkEvent::LinkRedeemed { .. }
            | LinkEvent::RedemptionRefused { .. }
            | LinkEvent::SessionSeen { .. }
            | LinkEvent::SessionEnded { .. }
            | LinkEvent::LinkRevoked { .. } => {}
        }
    }
}

/// Every sending of the link, oldest first.
pub(super) fn all(facts: &Facts<'_>, link: &Link) -> Vec<DeliveryCard> {
    let mut cards: Vec<DeliveryCard> = vec![];
    for entry in facts.timeline {
        let Some((event, id)) = of_link(entry).and_then(|event| Some((event, about(event)?))) else { continue };
        if let LinkEvent::DeliveryRequested { channel, to, .. } = event {
            cards.push(DeliveryCard::requested(id, *channel, to, &entry.meta));
        }
        if let Some(card) = cards.iter_mut().find(|card| card.id == id) {
            card.note(&entry.meta, event);
        }
    }
    for card in &mut cards {
        if let Some(delivery) = link.deliveries.get(&card.id) {
            card.state = delivery.state.clone();
            card.attempts = delivery.attempts;
        }
        // Two looks, the second after five times as long; then some time for the answer.
        let looks = crate::time::Lifetime::from_secs(facts.look_up_after.secs().saturating_mul(6).saturating_add(60));
        let asked = card.channel == Channel::Sms && facts.now < card.since().plus(looks);
        card.looked_up = card.state == DeliveryState::MaybeSent && asked;
    }
    cards
}

/// The delivery that stands for all: the latest of those that got furthest.
pub(super) fn lead(cards: &[DeliveryCard]) -> Option<&DeliveryCard> {
    cards.iter().max_by_key(|card| card.progress())
}

/// Which delivery an event is about.
const fn about(event: &LinkEvent) -> Option<DeliveryId> {
    match event {
        LinkEvent::DeliveryRequested { delivery, .. }
        | LinkEvent::DeliveryAttempted { delivery, .. }
        | LinkEvent::DeliverySent { delivery, .. }
        | LinkEvent::DeliveryConfirmed { delivery }
        | LinkEvent::DeliveryFailed { delivery, .. }
        | LinkEvent::DeliveryUnknown { delivery }
        | LinkEvent::DeliveryPostponed { delivery, .. }
        | LinkEvent::DeliveryRequeued { delivery }
        | LinkEvent::DeliveryCancelled { delivery, .. } => Some(*delivery),
        LinkEvent::LinkIssued { .. }
        | LinkEvent::LinkRevealed
        | LinkEvent::WordsTried(_)
        | LinkEvent::LinkOpened { .. }
        | LinkEvent::LinkRedeemed { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. }
        | LinkEvent::LinkRevoked { .. } => None,
    }
}

const fn cancelled(why: CancelledWhy) -> &'static str {
    match why {
        CancelledWhy::LinkNotLive => "not sent: the link was no longer live",
        CancelledWhy::OptedOut => "not sent: the number takes no text messages",
        CancelledWhy::SubjectGone => "not sent: the person is gone",
        CancelledWhy::ChannelNotConfigured => "not sent: no provider was configured any more",
    }
}
