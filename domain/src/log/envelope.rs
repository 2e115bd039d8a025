//! What surrounds every event.

use serde::{Deserialize, Serialize};

use super::{Position, StreamName};
use crate::actor::{Actor, Origin};
use crate::id::{CommandId, EventId, SubjectId};
use crate::time::Timestamp;
use crate::wire::WireError;

/// Who did it, from where, when, and as part of what. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The instant of the decision, by the clock of the node that decided.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// Through which door.
    pub origin: Origin,
    /// The command this event comes from.
    pub command: CommandId,
    /// Ties together what one request set in motion; the first command's id.
    pub correlation: CommandId,
    /// Keyed hash of the request's content, so that another content under the same idempotency key is noticed.
    pub fingerprint: Option<Fingerprint>,
    /// Whom the event is about; that subject's key seals its personal data.
    pub subject: Option<SubjectId>,
}

/// Keyed hash (16 bytes) of what a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 16]);

/// An event to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Derived from the command, so that a retry carries the same id.
    pub id: EventId,
    /// Stored type with its version, such as `link.issued.v1`.
    pub kind: &'static str,
    /// JSON of the event, personal data sealed.
    pub data: Vec<u8>,
    /// JSON of [`Metadata`].
    pub meta: Vec<u8>,
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Place in the global order.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamName,
    /// Place in the stream: 0 for the first.
    pub version: u64,
    /// The event's id.
    pub id: EventId,
    /// Stored type with its version.
    pub kind: String,
    /// The bytes as appended.
    pub data: Vec<u8>,
    /// The bytes as appended.
    pub meta: Vec<u8>,
    /// When the store took it, by the store's clock.
    pub recorded_at: Timestamp,
}

/// [`Metadata`] as stored. Short keys: it is repeated in every event.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetadataV1 {
    at_us: i64,
    actor: String,
    origin: String,
    command: uuid::Uuid,
    correlation: uuid::Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<uuid::Uuid>,
}

impl Metadata {
    /// The stored form.
    ///
    /// # Errors
    /// [`WireError::Encode`] should JSON refuse it.
    pub fn encode(&self) -> Result<Vec<u8>, WireError> {
        let stored = MetadataV1 {
            at_us: self.at.micros(),
            actor: self.actor.to_string(),
            origin: self.origin.as_str().to_owned(),
            command: self.command.uuid(),
            correlation: self.correlation.uuid(),
            fingerprint: self.fingerprint.map(|f| data_encoding::HEXLOWER.encode(&f.0)),
            subject: self.subject.map(SubjectId::uuid),
        };
        serde_json::to_vec(&stored).map_err(|source| WireError::Encode { kind: "metadata", source })
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`WireError::Decode`] or [`WireError::Value`] where it is not what [`Metadata::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let stored: MetadataV1 =
            serde_json::from_slice(bytes).map_err(|source| WireError::Decode { kind: "metadata".into(), source })?;
        let value = |field: &'static str| WireError::Value { kind: "metadata".into(), field };
        let fingerprint = match stored.fingerprint {
            None => None,
            Some(hex) => {
                let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| value("fingerprint"))?;
                Some(Fingerprint(bytes.try_into().map_err(|_| value("fingerprint"))?))
            }
        };
        Ok(Self {
            at: Timestamp::from_micros(stored.at_us),
            actor: stored.actor.parse().map_err(|_| value("actor"))?,
            origin: stored.origin.parse().map_err(|_| value("origin"))?,
            command: CommandId::from_uuid(stored.command),
            correlation: CommandId::from_uuid(stored.correlation),
            fingerprint,
            subject: stored.subject.map(SubjectId::from_uuid),
        })
    }
}
