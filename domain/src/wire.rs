//! What every stream's `wire.rs` shares: errors, and sealing of personal data on the way to JSON and back.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::EventId;
use crate::personal::{NONCE_BYTES, Personal, Sealed, SubjectKey, SubjectKeys};

/// An event can't be written to or read from its stored form.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// No reader knows this stored type: a newer version wrote it.
    #[error("unknown event type {kind:?}: written by a newer version?")]
    UnknownKind {
        /// The stored type.
        kind: String,
    },
    /// JSON did not fit the type.
    #[error("can't decode {kind}")]
    Decode {
        /// The stored type.
        kind: String,
        /// Where.
        #[source]
        source: serde_json::Error,
    },
    /// JSON refused the event.
    #[error("can't encode {kind}")]
    Encode {
        /// The stored type.
        kind: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A field holds what is never written.
    #[error("{kind} holds a bad {field}")]
    Value {
        /// The stored type.
        kind: String,
        /// The field.
        field: &'static str,
    },
    /// The event holds personal data and its subject's key is not at hand.
    #[error("{kind} needs the key of its subject")]
    NoKey {
        /// The stored type.
        kind: &'static str,
    },
    /// A sealed field can't be opened with its own subject's key: altered or moved.
    #[error("{kind} holds a sealed field that does not open: altered or moved")]
    Altered {
        /// The stored type.
        kind: String,
    },
}

/// What is needed to write one event.
#[derive(Clone, Copy, Debug)]
pub struct Sealer<'a> {
    /// The event's id, bound into the ciphertext.
    pub event: EventId,
    /// The subject's key, where the event has a subject with one.
    pub key: Option<&'a SubjectKey>,
    /// Used for this event alone.
    pub nonce: [u8; NONCE_BYTES],
}

impl Sealer<'_> {
    /// Seals the personal fields of one event, all together. An erased value stays erased: it is written as nothing.
    pub(crate) fn seal<T, W: Serialize>(
        &self, kind: &'static str, value: &Personal<T>, wire: impl FnOnce(&T) -> W,
    ) -> Result<Option<String>, WireError> {
        let Personal::Known(value) = value else { return Ok(None) };
        let key = self.key.ok_or(WireError::NoKey { kind })?;
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(&wire(value)).map_err(|source| WireError::Encode { kind, source })?,
        );
        key.seal(self.event, self.nonce, &plain).map(|sealed| Some(sealed.0)).ok_or(WireError::NoKey { kind })
    }
}

/// What is needed to read one event.
#[derive(Clone, Copy, Debug)]
pub struct Opener<'a> {
    /// The event's id.
    pub event: EventId,
    /// Keys at hand. A subject whose key is missing reads as erased.
    pub keys: &'a SubjectKeys,
}

impl Opener<'_> {
    /// Opens what [`Sealer::seal`] wrote.
    pub(crate) fn open<T, W: DeserializeOwned>(
        &self, kind: &str, sealed: Option<String>, value: impl FnOnce(W) -> Result<T, WireError>,
    ) -> Result<Personal<T>, WireError> {
        let altered = || WireError::Altered { kind: kind.to_owned() };
        let Some(text) = sealed else { return Ok(Personal::Erased) };
        let sealed = Sealed(text);
        let subject = sealed.subject().ok_or_else(altered)?;
        let Some(key) = self.keys.get(subject) else { return Ok(Personal::Erased) };
        let plain = key.open(self.event, &sealed).ok_or_else(altered)?;
        let wire =
            serde_json::from_slice(&plain).map_err(|source| WireError::Decode { kind: kind.to_owned(), source })?;
        value(wire).map(Personal::Known)
    }
}

/// Writes a wire struct as JSON bytes.
pub(crate) fn to_json<W: Serialize>(kind: &'static str, wire: &W) -> Result<Vec<u8>, WireError> {
    serde_json::to_vec(wire).map_err(|source| WireError::Encode { kind, source })
}

/// Reads a wire struct from JSON bytes.
pub(crate) fn from_json<W: DeserializeOwned>(kind: &str, data: &[u8]) -> Result<W, WireError> {
    serde_json::from_slice(data).map_err(|source| WireError::Decode { kind: kind.to_owned(), source })
}

/// The stored form of an event that says everything by its type.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

/// Writes an event without fields.
pub(crate) fn to_empty(kind: &'static str) -> Result<Vec<u8>, WireError> {
    to_json(kind, &Empty {})
}

/// Reads an event without fields.
pub(crate) fn from_empty<E>(kind: &str, data: &[u8], event: E) -> Result<E, WireError> {
    from_json(kind, data).map(|Empty {}| event)
}

/// Reads bytes written as lower-case hex.
pub(crate) fn from_hex<const N: usize>(kind: &str, field: &'static str, hex: &str) -> Result<[u8; N], WireError> {
    let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| WireError::Value { kind: kind.to_owned(), field })
}
