//! The stored form of an offering's events. One private struct per stored version; never changed once written.

use serde::{Deserialize, Serialize};

use super::event::{OfferingEvent, OfferingKind};
use crate::stream::Encoded;
use crate::value::{OfferingUrl, Title};
use crate::wire::{Opener, Sealer, WireError, from_empty, from_json, to_empty, to_json};

const ADDED: &str = "offering.added.v1";
const CHANGED: &str = "offering.changed.v1";
const ARCHIVED: &str = "offering.archived.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddedV1 {
    kind: String,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedV1 {
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

pub(super) fn encode(event: &OfferingEvent, _: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        OfferingEvent::OfferingAdded { kind, title, url } => {
            let kind = kind.as_str().to_owned();
            let wire = AddedV1 { kind, title: title.to_string(), url: url.as_ref().map(ToString::to_string) };
            (ADDED, to_json(ADDED, &wire)?)
        }
        OfferingEvent::OfferingChanged { title, url } => {
            let wire = ChangedV1 { title: title.to_string(), url: url.as_ref().map(ToString::to_string) };
            (CHANGED, to_json(CHANGED, &wire)?)
        }
        OfferingEvent::OfferingArchived => (ARCHIVED, to_empty(ARCHIVED)?),
    };
    Ok(Encoded { kind, data })
}

pub(super) fn decode(kind: &str, data: &[u8], _: &Opener<'_>) -> Result<OfferingEvent, WireError> {
    Ok(match kind {
        ADDED => {
            let wire: AddedV1 = from_json(kind, data)?;
            let word = OfferingKind::ALL.into_iter().find(|word| word.as_str() == wire.kind);
            OfferingEvent::OfferingAdded {
                kind: word.ok_or_else(|| WireError::Value { kind: kind.to_owned(), field: "kind" })?,
                title: Title::stored(wire.title),
                url: wire.url.map(OfferingUrl::stored),
            }
        }
        CHANGED => {
            let wire: ChangedV1 = from_json(kind, data)?;
            OfferingEvent::OfferingChanged { title: Title::stored(wire.title), url: wire.url.map(OfferingUrl::stored) }
        }
        ARCHIVED => from_empty(kind, data, OfferingEvent::OfferingArchived)?,
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}
