//! The stored form of what happens to a delivery.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bad;
use crate::id::DeliveryId;
use crate::link::event::LinkEvent;
use crate::link::parts::{CancelledWhy, Channel};
use crate::time::Timestamp;
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

const REQUESTED: &str = "link.delivery_requested.v1";
const ATTEMPTED: &str = "link.delivery_attempted.v1";
const SENT: &str = "link.delivery_sent.v1";
const CONFIRMED: &str = "link.delivery_confirmed.v1";
const POSTPONED: &str = "link.delivery_postponed.v1";
const REQUEUED: &str = "link.delivery_requeued.v1";
const FAILED: &str = "link.delivery_failed.v1";
const UNKNOWN: &str = "link.delivery_unknown.v1";
const CANCELLED: &str = "link.delivery_cancelled.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestedV1 {
    delivery: Uuid,
    channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttemptedV1 {
    delivery: Uuid,
    attempt: u32,
    at_us: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentV1 {
    delivery: Uuid,
    provider_id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedV1 {
    delivery: Uuid,
    code: String,
    words: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnlyV1 {
    delivery: Uuid,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelledV1 {
    delivery: Uuid,
    why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostponedV1 {
    delivery: Uuid,
    until_us: i64,
    code: String,
    words: String,
}

/// Type and bytes of a delivery's event.
pub(super) fn encode(event: &LinkEvent, sealer: &Sealer<'_>) -> Result<(&'static str, Vec<u8>), WireError> {
    Ok(match event {
        LinkEvent::DeliveryRequested { delivery, channel, to } => {
            let sealed = sealer.seal(REQUESTED, to, String::clone)?;
            let wire = RequestedV1 { delivery: delivery.uuid(), channel: channel.to_string(), sealed };
            (REQUESTED, to_json(REQUESTED, &wire)?)
        }
        LinkEvent::DeliveryAttempted { delivery, attempt, at } => {
            let wire = AttemptedV1 { delivery: delivery.uuid(), attempt: *attempt, at_us: at.micros() };
            (ATTEMPTED, to_json(ATTEMPTED, &wire)?)
        }
        LinkEvent::DeliverySent { delivery, provider_id } => {
            let wire = SentV1 { delivery: delivery.uuid(), provider_id: provider_id.clone() };
            (SENT, to_json(SENT, &wire)?)
        }
        LinkEvent::DeliveryConfirmed { delivery } => (CONFIRMED, only(CONFIRMED, *delivery)?),
        LinkEvent::DeliveryFailed { delivery, code, words } => {
            let wire = FailedV1 { delivery: delivery.uuid(), code: code.clone(), words: words.clone() };
            (FAILED, to_json(FAILED, &wire)?)
        }
        LinkEvent::DeliveryUnknown { delivery } => (UNKNOWN, only(UNKNOWN, *delivery)?),
        LinkEvent::DeliveryPostponed { delivery, until, code, words } => {
            let (code, words) = (code.clone(), words.clone());
            let wire = PostponedV1 { delivery: delivery.uuid(), until_us: until.micros(), code, words };
            (POSTPONED, to_json(POSTPONED, &wire)?)
        }
        LinkEvent::DeliveryRequeued { delivery } => (REQUEUED, only(REQUEUED, *delivery)?),
        LinkEvent::DeliveryCancelled { delivery, why } => {
            let wire = CancelledV1 { delivery: delivery.uuid(), why: why.to_string() };
            (CANCELLED, to_json(CANCELLED, &wire)?)
        }
        LinkEvent::LinkIssued { .. }
        | LinkEvent::LinkRevealed
        | LinkEvent::WordsTried(_)
        | LinkEvent::LinkOpened { .. }
        | LinkEvent::LinkRedeemed { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. }
        | LinkEvent::LinkRevoked { .. } => {
            return super::encode(event, sealer).map(|encoded| (encoded.kind, encoded.data));
        }
    })
}

fn only(kind: &'static str, delivery: DeliveryId) -> Result<Vec<u8>, WireError> {
    to_json(kind, &OnlyV1 { delivery: delivery.uuid() })
}

/// The delivery's event of this type.
pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<LinkEvent, WireError> {
    let the_only = || from_json(kind, data).map(|OnlyV1 { delivery }| DeliveryId::from_uuid(delivery));
    Ok(match kind {
        REQUESTED => {
            let wire: RequestedV1 = from_json(kind, data)?;
            let channel = Channel::from_word(&wire.channel).ok_or_else(|| bad(kind, "channel"))?;
            let to = opener.open(kind, wire.sealed, |to: String| Ok(to))?;
            LinkEvent::DeliveryRequested { delivery: DeliveryId::from_uuid(wire.delivery), channel, to }
        }
        ATTEMPTED => {
            let wire: AttemptedV1 = from_json(kind, data)?;
            let at = Timestamp::from_micros(wire.at_us);
            LinkEvent::DeliveryAttempted { delivery: DeliveryId::from_uuid(wire.delivery), attempt: wire.attempt, at }
        }
        SENT => {
            let wire: SentV1 = from_json(kind, data)?;
            LinkEvent::DeliverySent { delivery: DeliveryId::from_uuid(wire.delivery), provider_id: wire.provider_id }
        }
        CONFIRMED => LinkEvent::DeliveryConfirmed { delivery: the_only()? },
        FAILED => {
            let wire: FailedV1 = from_json(kind, data)?;
            let delivery = DeliveryId::from_uuid(wire.delivery);
            LinkEvent::DeliveryFailed { delivery, code: wire.code, words: wire.words }
        }
        UNKNOWN => LinkEvent::DeliveryUnknown { delivery: the_only()? },
        POSTPONED => {
            let PostponedV1 { delivery, until_us, code, words } = from_json(kind, data)?;
            let (delivery, until) = (DeliveryId::from_uuid(delivery), Timestamp::from_micros(until_us));
            LinkEvent::DeliveryPostponed { delivery, until, code, words }
        }
        REQUEUED => LinkEvent::DeliveryRequeued { delivery: the_only()? },
        CANCELLED => {
            let wire: CancelledV1 = from_json(kind, data)?;
            let why = CancelledWhy::from_word(&wire.why).ok_or_else(|| bad(kind, "why"))?;
            LinkEvent::DeliveryCancelled { delivery: DeliveryId::from_uuid(wire.delivery), why }
        }
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}
