//! The stored form of a bulk send's events. One private struct per stored version; never changed once written.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{BulkEvent, Plan, Segment, StoppedWhy, Words};
use crate::id::{BulkId, ContactId};
use crate::link::{Channel, Destination};
use crate::personal::Personal;
use crate::stream::Encoded;
use crate::time::Lifetime;
use crate::value::{Reason, Slug, Tag};
use crate::wire::{Opener, Sealer, WireError, from_empty, from_json, to_empty, to_json};

const STARTED: &str = "bulk.started.v1";
const LISTED: &str = "bulk.recipients_listed.v1";
const SKIPPED: &str = "bulk.recipients_skipped.v1";
const PAUSED: &str = "bulk.paused.v1";
const RESUMED: &str = "bulk.resumed.v1";
const STOPPED: &str = "bulk.stopped.v1";
const FINISHED: &str = "bulk.finished.v1";

/// `sealed`: [`WordsV1`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartedV1 {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    never_signed_in: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unused_of: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offering: Option<String>,
    channels: Vec<String>,
    lifetime_s: u64,
    destination: String,
    messages: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_words: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedV1 {
    contacts: Vec<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SkippedV1 {
    code: String,
    contacts: Vec<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoppedV1 {
    why: String,
}

pub(super) fn encode(event: &BulkEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
    let uuids = |contacts: &[ContactId]| contacts.iter().map(|contact| contact.uuid()).collect();
    let (kind, data) = match event {
        BulkEvent::BulkStarted(plan) => (STARTED, started(plan, sealer)?),
        BulkEvent::RecipientsListed { contacts } => (LISTED, to_json(LISTED, &ListedV1 { contacts: uuids(contacts) })?),
        BulkEvent::RecipientsSkipped { code, contacts } => {
            (SKIPPED, to_json(SKIPPED, &SkippedV1 { code: code.clone(), contacts: uuids(contacts) })?)
        }
        BulkEvent::BulkPaused => (PAUSED, to_empty(PAUSED)?),
        BulkEvent::BulkResumed => (RESUMED, to_empty(RESUMED)?),
        BulkEvent::BulkStopped { why } => (STOPPED, to_json(STOPPED, &StoppedV1 { why: why.as_str().to_owned() })?),
        BulkEvent::BulkFinished => (FINISHED, to_empty(FINISHED)?),
    };
    Ok(Encoded { kind, data })
}

fn started(plan: &Plan, sealer: &Sealer<'_>) -> Result<Vec<u8>, WireError> {
    let Plan { segment, channels, lifetime, destination, messages, words } = plan;
    let sealed = match words {
        Some(words) => sealer.seal(STARTED, words, |words| WordsV1 {
            tag: words.tag.as_ref().map(ToString::to_string),
            reason: words.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        })?,
        None => None,
    };
    let wire = StartedV1 {
        never_signed_in: segment.never_signed_in,
        unused: segment.unused,
        unused_of: segment.unused_of.map(BulkId::uuid),
        offering: segment.offering.as_ref().map(ToString::to_string),
        channels: channels.iter().map(ToString::to_string).collect(),
        lifetime_s: lifetime.secs(),
        destination: destination.as_str().to_owned(),
        messages: *messages,
        with_words: words.is_some(),
        sealed,
    };
    to_json(STARTED, &wire)
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<BulkEvent, WireError> {
    let ids = |contacts: Vec<Uuid>| contacts.into_iter().map(ContactId::from_uuid).collect();
    Ok(match kind {
        STARTED => BulkEvent::BulkStarted(plan(kind, from_json(kind, data)?, opener)?),
        LISTED => {
            let wire: ListedV1 = from_json(kind, data)?;
            BulkEvent::RecipientsListed { contacts: ids(wire.contacts) }
        }
        SKIPPED => {
            let wire: SkippedV1 = from_json(kind, data)?;
            BulkEvent::RecipientsSkipped { code: wire.code, contacts: ids(wire.contacts) }
        }
        PAUSED => from_empty(kind, data, BulkEvent::BulkPaused)?,
        RESUMED => from_empty(kind, data, BulkEvent::BulkResumed)?,
        STOPPED => {
            let wire: StoppedV1 = from_json(kind, data)?;
            BulkEvent::BulkStopped { why: StoppedWhy::from_word(&wire.why).ok_or_else(|| bad(kind, "why"))? }
        }
        FINISHED => from_empty(kind, data, BulkEvent::BulkFinished)?,
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}

fn plan(kind: &str, wire: StartedV1, opener: &Opener<'_>) -> Result<Plan, WireError> {
    let channel = |word: &String| Channel::from_word(word).ok_or_else(|| bad(kind, "channels"));
    let words = open_words(kind, wire.sealed, opener)?;
    Ok(Plan {
        segment: Segment {
            never_signed_in: wire.never_signed_in,
            unused: wire.unused,
            unused_of: wire.unused_of.map(BulkId::from_uuid),
            offering: wire.offering.map(Slug::stored),
        },
        channels: wire.channels.iter().map(channel).collect::<Result<_, _>>()?,
        lifetime: Lifetime::from_secs(wire.lifetime_s),
        destination: match wire.destination.as_str() {
            "home" => Destination::Home,
            _ => Destination::Offering(Slug::stored(wire.destination)),
        },
        messages: wire.messages,
        words: wire.with_words.then_some(words),
    })
}

pub(super) fn open_words(
    kind: &str, sealed: Option<String>, opener: &Opener<'_>,
) -> Result<Personal<Words>, WireError> {
    opener.open(kind, sealed, |words: WordsV1| {
        Ok(Words { tag: words.tag.map(Tag::stored), reason: words.reason.map(Reason::stored) })
    })
}

fn bad(kind: &str, field: &'static str) -> WireError {
    WireError::Value { kind: kind.to_owned(), field }
}
