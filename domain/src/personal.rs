//! Personal data and the keys that seal it.
//!
//! Every event seals its personal fields together under the subject's own key (AES-256-GCM); destroying that key is
//! erasure. Pure: keys and nonces come in from outside.

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::id::{EventId, SubjectId};

/// Personal data as read from the log: known while the subject's key exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Personal<T> {
    /// The key was there.
    Known(T),
    /// The key is destroyed; the data can't be had any more.
    Erased,
}

impl<T> Personal<T> {
    /// The data, unless erased.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Erased => None,
        }
    }
}

/// A subject's data key: 256 bits that seal everything personal about them.
#[derive(Clone)]
pub struct SubjectKey {
    subject: SubjectId,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({}, ***)", self.subject)
    }
}

/// Length of an AES-GCM nonce in bytes (NIST SP 800-38D, section 5.2.1.1).
pub const NONCE_BYTES: usize = 12;

/// Personal data under its subject's key: base64url of subject id (16 bytes), nonce (12), ciphertext and tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(pub String);

impl Sealed {
    /// Whose key sealed it; `None` if the text is not a sealed one.
    #[must_use]
    pub fn subject(&self) -> Option<SubjectId> {
        let bytes = BASE64URL_NOPAD.decode(self.0.as_bytes()).ok()?;
        let (subject, _) = bytes.split_at_checked(16)?;
        Some(SubjectId::from_uuid(uuid::Uuid::from_slice(subject).ok()?))
    }
}

impl SubjectKey {
    /// The key of `subject` with these bits.
    #[must_use]
    pub fn new(subject: SubjectId, secret: [u8; 32]) -> Self {
        Self { subject, secret: Zeroizing::new(secret) }
    }

    /// Whose key it is.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The bits, for the vault that wraps them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Seals `plain` for the event `event`; it can be opened for no other event. A nonce is used once per key.
    ///
    /// `None` only if the text is longer than AES-GCM can seal (64 GiB).
    #[must_use]
    pub fn seal(&self, event: EventId, nonce: [u8; NONCE_BYTES], plain: &[u8]) -> Option<Sealed> {
        let aad = self.aad(event);
        let ciphertext = self.cipher()?.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad }).ok()?;
        let mut bytes = Vec::with_capacity(16 + NONCE_BYTES + ciphertext.len());
        bytes.extend_from_slice(self.subject.uuid().as_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&ciphertext);
        Some(Sealed(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Opens what [`SubjectKey::seal`] made for the same event; `None` if it is anything else.
    #[must_use]
    pub fn open(&self, event: EventId, sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64URL_NOPAD.decode(sealed.0.as_bytes()).ok()?;
        let (subject, rest) = bytes.split_at_checked(16)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES)?;
        if subject != self.subject.uuid().as_bytes() {
            return None;
        }
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let aad = self.aad(event);
        self.cipher()?.decrypt(&Nonce::from(nonce), Payload { msg: ciphertext, aad: &aad }).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> Option<Aes256Gcm> {
        Aes256Gcm::new_from_slice(self.secret.as_slice()).ok()
    }

    /// Binds a ciphertext to its event and subject, so that it can't be moved.
    fn aad(&self, event: EventId) -> [u8; 32] {
        let mut aad = [0; 32];
        let (first, second) = aad.split_at_mut(16);
        first.copy_from_slice(event.uuid().as_bytes());
        second.copy_from_slice(self.subject.uuid().as_bytes());
        aad
    }
}

/// Subject keys at hand while decoding. A subject that is not there reads as [`Personal::Erased`].
#[derive(Clone, Debug, Default)]
pub struct SubjectKeys(std::collections::HashMap<SubjectId, SubjectKey>);

impl SubjectKeys {
    /// Adds a key.
    pub fn insert(&mut self, key: SubjectKey) {
        self.0.insert(key.subject(), key);
    }

    /// The key of `subject`, if it exists.
    #[must_use]
    pub fn get(&self, subject: SubjectId) -> Option<&SubjectKey> {
        self.0.get(&subject)
    }

    /// Whether the key of `subject` is at hand.
    #[must_use]
    pub fn contains(&self, subject: SubjectId) -> bool {
        self.0.contains_key(&subject)
    }
}

impl FromIterator<SubjectKey> for SubjectKeys {
    fn from_iter<I: IntoIterator<Item = SubjectKey>>(keys: I) -> Self {
        Self(keys.into_iter().map(|key| (key.subject(), key)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CommandId;

    fn key(subject: u128) -> SubjectKey {
        SubjectKey::new(SubjectId::from_uuid(uuid::Uuid::from_u128(subject)), [7; 32])
    }

    fn event(nth: usize) -> EventId {
        CommandId::derive("system", "test", "1").event(uuid::Uuid::from_u128(1), nth)
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_event_and_subject_alone() {
        let sealed = key(1).seal(event(0), [1; 12], b"Ana").unwrap();
        assert_eq!(key(1).open(event(0), &sealed).unwrap().as_slice(), b"Ana");
        assert!(key(1).open(event(1), &sealed).is_none(), "moved to another event");
        assert!(key(2).open(event(0), &sealed).is_none(), "another subject");
        let mut other = sealed.clone();
        other.0.replace_range(60..61, if sealed.0.as_bytes()[60] == b'A' { "B" } else { "A" });
        assert!(key(1).open(event(0), &other).is_none(), "a bit changed");
        assert!(key(1).open(event(0), &Sealed("AAAA".into())).is_none(), "too short");
    }

    #[test]
    fn debug_shows_no_key() {
        assert!(!format!("{:?}", key(1)).contains('7'));
    }
}
