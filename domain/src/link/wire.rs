//! The stored form of a link's events. One private struct per stored version; never changed once written.

mod deliveries;
mod issued;
mod redeemed;

use serde::{Deserialize, Serialize};

use super::event::LinkEvent;
use super::parts::{Channel, Client, EndedWhy, LinkRevokedWhy, Opener as OpenedBy, Refusal, Trial};
use crate::message::Words;
use crate::personal::Personal;
use crate::stream::Encoded;
use crate::time::Timestamp;
use crate::value::{Locale, Reason};
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

const ISSUED: &str = "link.issued.v1";
const WORDS_TRIED: &str = "link.words_tried.v1";
const REVEALED: &str = "link.revealed.v1";
const OPENED: &str = "link.opened.v1";
const REDEEMED: &str = "link.redeemed.v1";
const REFUSED: &str = "link.redemption_refused.v1";
const SESSION_SEEN: &str = "link.session_seen.v1";
const SESSION_ENDED: &str = "link.session_ended.v1";
const REVOKED: &str = "link.revoked.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevealedV1 {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsTriedV1 {
    channel: String,
    locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenedV1 {
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedV1 {
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionSeenV1 {
    #[serde(rename = "use")]
    use_number: u8,
    at_us: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionEndedV1 {
    #[serde(rename = "use")]
    use_number: u8,
    why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokedV1 {
    why: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_reason: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// Sealed in opened, redeemed and refused events.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<std::net::IpAddr>,
    user_agent: String,
}

impl From<&Client> for ClientV1 {
    fn from(client: &Client) -> Self {
        Self { ip: client.ip, user_agent: client.user_agent.clone() }
    }
}

pub(super) fn encode(event: &LinkEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        LinkEvent::LinkIssued { .. } => (ISSUED, issued::encode(event, sealer)?),
        LinkEvent::LinkRedeemed { .. } => (REDEEMED, redeemed::encode(event, sealer)?),
        LinkEvent::LinkRevealed => (REVEALED, to_json(REVEALED, &RevealedV1 {})?),
        LinkEvent::WordsTried(Trial { channel, locale, words }) => {
            let wire = WordsTriedV1 {
                channel: channel.to_string(),
                locale: locale.to_string(),
                subject: words.subject.clone(),
                text: words.text.clone(),
            };
            (WORDS_TRIED, to_json(WORDS_TRIED, &wire)?)
        }
        LinkEvent::LinkOpened { by, client } => {
            let wire = OpenedV1 { by: by.to_string(), sealed: sealed_client(OPENED, client, sealer)? };
            (OPENED, to_json(OPENED, &wire)?)
        }
        LinkEvent::RedemptionRefused { why, client } => {
            let wire = RefusedV1 { why: why.to_string(), sealed: sealed_client(REFUSED, client, sealer)? };
            (REFUSED, to_json(REFUSED, &wire)?)
        }
        LinkEvent::SessionSeen { use_number, at } => {
            (SESSION_SEEN, to_json(SESSION_SEEN, &SessionSeenV1 { use_number: *use_number, at_us: at.micros() })?)
        }
        LinkEvent::SessionEnded { use_number, why } => {
            (SESSION_ENDED, to_json(SESSION_ENDED, &SessionEndedV1 { use_number: *use_number, why: why.to_string() })?)
        }
        LinkEvent::LinkRevoked { why, reason } => {
            let sealed = match reason {
                Some(reason) => sealer.seal(REVOKED, reason, |reason| reason.as_str().to_owned())?,
                None => None,
            };
            (REVOKED, to_json(REVOKED, &RevokedV1 { why: why.to_string(), with_reason: reason.is_some(), sealed })?)
        }
        LinkEvent::DeliveryRequested { .. }
        | LinkEvent::DeliveryAttempted { .. }
        | LinkEvent::DeliverySent { .. }
        | LinkEvent::DeliveryConfirmed { .. }
        | LinkEvent::DeliveryFailed { .. }
        | LinkEvent::DeliveryUnknown { .. }
        | LinkEvent::DeliveryPostponed { .. }
        | LinkEvent::DeliveryRequeued { .. }
        | LinkEvent::DeliveryCancelled { .. } => deliveries::encode(event, sealer)?,
    };
    Ok(Encoded { kind, data })
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<LinkEvent, WireError> {
    Ok(match kind {
        ISSUED => issued::decode(kind, data, opener)?,
        REDEEMED => redeemed::decode(kind, data, opener)?,
        REVEALED => from_json(kind, data).map(|RevealedV1 {}| LinkEvent::LinkRevealed)?,
        WORDS_TRIED => {
            let WordsTriedV1 { channel, locale, subject, text } = from_json(kind, data)?;
            let channel = Channel::from_word(&channel).ok_or_else(|| bad(kind, "channel"))?;
            let words = Words { subject, text };
            LinkEvent::WordsTried(Trial { channel, locale: Locale::stored(locale), words })
        }
        OPENED => {
            let wire: OpenedV1 = from_json(kind, data)?;
            let by = OpenedBy::from_word(&wire.by).ok_or_else(|| bad(kind, "by"))?;
            LinkEvent::LinkOpened { by, client: opened_client(kind, wire.sealed, opener)? }
        }
        REFUSED => {
            let wire: RefusedV1 = from_json(kind, data)?;
            let why = Refusal::from_word(&wire.why).ok_or_else(|| bad(kind, "why"))?;
            LinkEvent::RedemptionRefused { why, client: opened_client(kind, wire.sealed, opener)? }
        }
        SESSION_SEEN => {
            let wire: SessionSeenV1 = from_json(kind, data)?;
            LinkEvent::SessionSeen { use_number: wire.use_number, at: Timestamp::from_micros(wire.at_us) }
        }
        SESSION_ENDED => {
            let wire: SessionEndedV1 = from_json(kind, data)?;
            let why = EndedWhy::from_word(&wire.why).ok_or_else(|| bad(kind, "why"))?;
            LinkEvent::SessionEnded { use_number: wire.use_number, why }
        }
        REVOKED => {
            let wire: RevokedV1 = from_json(kind, data)?;
            let why = LinkRevokedWhy::from_word(&wire.why).ok_or_else(|| bad(kind, "why"))?;
            let reason = opener.open(kind, wire.sealed, |text: String| Ok(Reason::stored(text)))?;
            LinkEvent::LinkRevoked { why, reason: wire.with_reason.then_some(reason) }
        }
        delivery => deliveries::decode(delivery, data, opener)?,
    })
}

fn bad(kind: &str, field: &'static str) -> WireError {
    WireError::Value { kind: kind.to_owned(), field }
}

fn sealed_client(
    kind: &'static str, client: &Personal<Client>, sealer: &Sealer<'_>,
) -> Result<Option<String>, WireError> {
    sealer.seal(kind, client, |client| ClientV1::from(client))
}

pub(super) fn opened_client(
    kind: &str, sealed: Option<String>, opener: &Opener<'_>,
) -> Result<Personal<Client>, WireError> {
    opener.open(kind, sealed, |wire: ClientV1| Ok(Client { ip: wire.ip, user_agent: wire.user_agent }))
}
