//! The link's rules, as specs.

mod deliver;
mod issue;
mod redeem;
mod refuse;
mod sessions;

use super::*;
use crate::contact::Admission;
use crate::id::{CommandId, ContactId, DeliveryId, StaffId};
use crate::keys::KeyId;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::spec::{NOON, Then, at, given};
use crate::time::{Lifetime, Timestamp};
use crate::value::Reason;

const OURS: [u8; 16] = [1; 16];
const THEIRS: [u8; 16] = [2; 16];
const LIMITS: SessionLimits = SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) };
/// The number that the contact of the specs has.
const ADMISSION: Admission = Admission(3);

fn contact() -> ContactId {
    CommandId::derive("system", "contact", "ana").contact()
}

fn staff() -> StaffId {
    CommandId::derive("system", "staff", "sam").staff()
}

fn delivery(nth: usize) -> DeliveryId {
    CommandId::derive("system", "delivery", "1").delivery(nth)
}

/// A link for the contact: home, a day, one use.
fn issue() -> Issue {
    Issue {
        subject: LinkSubject::Contact { contact: contact(), admission: ADMISSION },
        destination: Destination::Home,
        kind: LinkKind::StaffMade,
        lifetime: Lifetime::DAY,
        max_uses: 1,
        key: KeyId(1),
        browser: None,
        reason: None,
        deliveries: vec![],
        revealed: false,
        trial: None,
    }
}

fn for_staff() -> Issue {
    Issue { subject: LinkSubject::Staff(staff()), lifetime: Lifetime::NOW, ..issue() }
}

/// What making it at noon writes.
fn issued(issue: &Issue) -> LinkEvent {
    LinkEvent::LinkIssued {
        subject: issue.subject,
        destination: issue.destination.clone(),
        kind: issue.kind,
        expires_at: NOON.plus(issue.lifetime),
        max_uses: issue.max_uses,
        key: issue.key,
        browser: issue.browser,
        reason: issue.reason.clone().map(Personal::Known),
    }
}

fn client() -> Client {
    Client { ip: None, user_agent: "a phone".to_owned() }
}

fn press() -> Press {
    Press {
        method: Method::Link,
        nonce: OURS,
        client: client(),
        standing: Standing::InPortal(ADMISSION),
        limits: LIMITS,
        beside: None,
    }
}

fn redeemed_at(use_number: u8, press: &Press, now: Timestamp) -> LinkEvent {
    let admission = match press.standing {
        Standing::InPortal(admission) => Some(admission),
        Standing::OnTeam | Standing::NotInPortal | Standing::Gone => None,
    };
    LinkEvent::LinkRedeemed {
        use_number,
        method: press.method,
        nonce: press.nonce,
        admission,
        at: now,
        limits: press.limits,
        client: Personal::Known(press.client.clone()),
        beside: press.beside,
    }
}

fn redeemed(use_number: u8, press: &Press) -> LinkEvent {
    redeemed_at(use_number, press, NOON)
}

fn revoked(why: LinkRevokedWhy) -> LinkEvent {
    LinkEvent::LinkRevoked { why, reason: None }
}

fn ended(use_number: u8, why: EndedWhy) -> LinkEvent {
    LinkEvent::SessionEnded { use_number, why }
}

/// The last instant before `end`.
fn before(end: Timestamp) -> Timestamp {
    Timestamp::from_micros(end.micros() - 1)
}

/// After these events, the command arrives at noon.
fn after(events: impl IntoIterator<Item = LinkEvent>, command: LinkCommand) -> Then<LinkEvent> {
    after_at(events, command, NOON)
}

/// After these events, the command arrives at `now`.
fn after_at(events: impl IntoIterator<Item = LinkEvent>, command: LinkCommand, now: Timestamp) -> Then<LinkEvent> {
    given::<LinkStream>(events).when(|state| decide(state, command, &at(now)))
}

/// The link after these events.
fn folded(events: impl IntoIterator<Item = LinkEvent>) -> Link {
    let state = events.into_iter().fold(LinkState::default(), |state, event| LinkStream::evolve(state, &event));
    state.issued().expect("the first event issues the link").clone()
}
