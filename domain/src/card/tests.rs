//! Every state that a link can be in, and what its card says.

mod deliveries;
mod links;

use super::*;
use crate::actor::{Actor, Origin};
use crate::contact::Admission;
use crate::id::{CommandId, DeliveryId};
use crate::keys::KeyId;
use crate::link::{CancelledWhy, Client, DeliveryState, Destination, LinkKind, LinkRevokedWhy, Method, SessionLimits};
use crate::log::Metadata;
use crate::personal::Personal;
use crate::spec::NOON;

const ADMISSION: Admission = Admission(3);

/// What happened, and when it is looked at, in minutes after noon.
struct Story {
    happened: Vec<(u64, LinkEvent)>,
    standing: Standing,
    channels: BTreeMap<Channel, Result<(), Rejection>>,
    max_uses: u8,
}

fn minute(minutes: u64) -> Timestamp {
    NOON.plus(Lifetime::from_mins(minutes))
}

fn delivery(nth: usize) -> DeliveryId {
    CommandId::derive("system", "delivery", "1").delivery(nth)
}

fn client() -> Personal<Client> {
    Personal::Known(Client::default())
}

fn asked(nth: usize, channel: Channel) -> LinkEvent {
    LinkEvent::DeliveryRequested { delivery: delivery(nth), channel, to: Personal::Known("them".to_owned()) }
}

fn tried(attempt: u32, minutes: u64) -> LinkEvent {
    LinkEvent::DeliveryAttempted { delivery: delivery(0), attempt, at: minute(minutes) }
}

fn sent() -> LinkEvent {
    LinkEvent::DeliverySent { delivery: delivery(0), provider_id: "SM1".to_owned() }
}

fn delivered() -> LinkEvent {
    LinkEvent::DeliveryConfirmed { delivery: delivery(0) }
}

fn landline() -> LinkEvent {
    let (code, words) = ("30006".to_owned(), "the number is a landline".to_owned());
    LinkEvent::DeliveryFailed { delivery: delivery(0), code, words }
}

fn lost() -> LinkEvent {
    LinkEvent::DeliveryUnknown { delivery: delivery(0) }
}

fn postponed(until: u64) -> LinkEvent {
    let (code, words) = ("503".to_owned(), "the provider is down".to_owned());
    LinkEvent::DeliveryPostponed { delivery: delivery(0), until: minute(until), code, words }
}

fn cancelled(why: CancelledWhy) -> LinkEvent {
    LinkEvent::DeliveryCancelled { delivery: delivery(0), why }
}

fn opened(by: OpenedBy) -> LinkEvent {
    LinkEvent::LinkOpened { by, client: client() }
}

fn signed_in(minutes: u64) -> LinkEvent {
    let limits = SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) };
    LinkEvent::LinkRedeemed {
        use_number: 1,
        method: Method::Link,
        nonce: [1; 16],
        admission: Some(ADMISSION),
        at: minute(minutes),
        limits,
        client: client(),
        beside: None,
    }
}

fn revoked(why: LinkRevokedWhy) -> LinkEvent {
    LinkEvent::LinkRevoked { why, reason: None }
}

/// A link made at noon, which both channels could carry.
fn made() -> Story {
    Story {
        happened: vec![],
        standing: Standing::InPortal(ADMISSION),
        channels: [(Channel::Sms, Ok(())), (Channel::Email, Ok(()))].into(),
        max_uses: 1,
    }
}

/// The same, sent by SMS.
fn by_sms(happened: impl IntoIterator<Item = (u64, LinkEvent)>) -> Story {
    by(Channel::Sms, happened)
}

fn by(channel: Channel, happened: impl IntoIterator<Item = (u64, LinkEvent)>) -> Story {
    made().and(std::iter::once((0, asked(0, channel))).chain(happened))
}

impl Story {
    fn and(mut self, happened: impl IntoIterator<Item = (u64, LinkEvent)>) -> Self {
        self.happened.extend(happened);
        self
    }

    fn without(mut self, channel: Channel, why: Rejection) -> Self {
        self.channels.insert(channel, Err(why));
        self
    }

    fn standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }

    fn card(&self, minutes: u64) -> LinkCard {
        let contact = CommandId::derive("system", "contact", "ana").contact();
        let issued = LinkEvent::LinkIssued {
            subject: LinkSubject::Contact { contact, admission: ADMISSION },
            destination: Destination::Home,
            kind: LinkKind::StaffMade,
            expires_at: NOON.plus(Lifetime::DAY),
            max_uses: self.max_uses,
            key: KeyId(1),
            browser: None,
            reason: None,
        };
        let all = std::iter::once((0, issued)).chain(self.happened.iter().cloned());
        let timeline: Vec<TimelineEntry> = all.map(|(minutes, event)| entry(minutes, event)).collect();
        let facts = Facts {
            link: CommandId::derive("system", "link", "1").link(0),
            timeline: &timeline,
            standing: self.standing,
            channels: &self.channels,
            look_up_after: Lifetime::from_mins(1),
            now: minute(minutes),
        };
        LinkCard::of(&facts).unwrap()
    }

    /// The way (`+` taken, `-` to come), the last delivery's words, and the advice.
    fn told(&self, minutes: u64) -> (String, String, String) {
        let card = self.card(minutes);
        let step = |step: &Step| format!("{}{}", step.kind.as_str(), if step.at.is_some() { '+' } else { '-' });
        let steps: Vec<String> = card.steps.iter().map(step).collect();
        let show = |at: Timestamp| at.to_datetime().format("%H:%M").to_string();
        let words = card.deliveries.last().map(|delivery| delivery.words(show)).unwrap_or_default();
        (steps.join(" "), words, format!("{}: {}", card.next.act.as_str(), card.next.words))
    }
}

fn entry(minutes: u64, event: LinkEvent) -> TimelineEntry {
    let command = CommandId::derive("system", "card", "1");
    let meta = Metadata {
        at: minute(minutes),
        actor: Actor::System,
        origin: Origin::System,
        command,
        correlation: command,
        fingerprint: None,
        subject: None,
    };
    TimelineEntry { meta, kind: String::new(), event: TimelineEvent::Link(event) }
}

/// Each row: the story, the minute in which it is looked at, the way, the delivery's words, the advice.
fn hold(rows: Vec<(Story, u64, &str, &str, &str)>) {
    for (story, minutes, steps, words, advice) in rows {
        let told = story.told(minutes);
        assert_eq!(told, (steps.to_owned(), words.to_owned(), advice.to_owned()), "{:?} at {minutes}", story.happened);
    }
}
