//! The master key, and data keys wrapped under it.
//!
//! Apart from the vault's file because it is all the cryptography there is: AES-256-GCM with a fresh nonce, bound to
//! the subject (NIST SP 800-38D; OWASP ASVS 5.0, 13.3.1).

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::{NONCE_BYTES, SubjectKey};
use zeroize::Zeroizing;

/// The key that wraps every subject's data key. Kept as a file of its own, never in a database.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// The key with these bits.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> Self {
        Self(Zeroizing::new(bits))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// Wraps and unwraps.
pub(crate) struct Wrapper(Aes256Gcm);

impl fmt::Debug for Wrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrapper(***)")
    }
}

/// What a subject id can never be confused with: 15 bytes.
const CHECK: &[u8] = b"magiclink-vault";

impl Wrapper {
    pub(crate) fn new(master: &MasterKey) -> Self {
        Self(Aes256Gcm::new(&(*master.0).into()))
    }

    /// Nonce (12 bytes), ciphertext (32) and tag (16). `None` never happens for 32 bytes.
    pub(super) fn wrap(&self, key: &SubjectKey, nonce: [u8; NONCE_BYTES]) -> Option<Vec<u8>> {
        self.seal(key.expose(), key.subject().uuid().as_bytes(), nonce)
    }

    /// The subject's key; `None` if these bytes were not wrapped for this subject under this master key.
    pub(super) fn unwrap(&self, subject: SubjectId, wrapped: &[u8]) -> Option<SubjectKey> {
        let plain = self.open(wrapped, subject.uuid().as_bytes())?;
        let mut bits = Zeroizing::new([0; 32]);
        bits.copy_from_slice(plain.get(..32).filter(|_| plain.len() == 32)?);
        Some(SubjectKey::new(subject, *bits))
    }

    /// A known text, to be opened at start.
    pub(super) fn check(&self, nonce: [u8; NONCE_BYTES]) -> Option<Vec<u8>> {
        self.seal(CHECK, CHECK, nonce)
    }

    /// Whether [`Wrapper::check`] made these bytes under this master key.
    pub(super) fn recognises(&self, check: &[u8]) -> bool {
        self.open(check, CHECK).is_some_and(|plain| plain.as_slice() == CHECK)
    }

    /// Nonce (12 bytes), ciphertext and tag, bound to `aad`: whoever seals other things than keys takes one of more than
    /// 16 bytes.
    pub(crate) fn seal(&self, plain: &[u8], aad: &[u8], nonce: [u8; NONCE_BYTES]) -> Option<Vec<u8>> {
        let ciphertext = self.0.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad }).ok()?;
        Some([nonce.as_slice(), &ciphertext].concat())
    }

    /// What [`Wrapper::seal`] sealed for the same `aad`.
    pub(crate) fn open(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        self.0.decrypt(&Nonce::from(nonce), Payload { msg: ciphertext, aad }).ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn subject(number: u128) -> SubjectId {
        SubjectId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_wrapped_key_opens_for_its_subject_and_master_alone() {
        let wrapper = Wrapper::new(&MasterKey::new([1; 32]));
        let wrapped = wrapper.wrap(&SubjectKey::new(subject(1), [9; 32]), [3; 12]).unwrap();
        assert_eq!(wrapper.unwrap(subject(1), &wrapped).unwrap().expose(), &[9; 32]);
        assert!(wrapper.unwrap(subject(2), &wrapped).is_none(), "another subject");
        assert!(Wrapper::new(&MasterKey::new([2; 32])).unwrap(subject(1), &wrapped).is_none(), "another master");
        assert!(wrapper.unwrap(subject(1), &wrapped[..59]).is_none(), "cut");
        assert!(wrapper.unwrap(subject(1), &[]).is_none(), "empty");
    }

    #[test]
    fn the_check_tells_master_keys_apart() {
        let wrapper = Wrapper::new(&MasterKey::new([1; 32]));
        let check = wrapper.check([3; 12]).unwrap();
        assert!(wrapper.recognises(&check));
        assert!(!Wrapper::new(&MasterKey::new([2; 32])).recognises(&check));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", MasterKey::new([7; 32])), "MasterKey(***)");
    }
}
