//! The keys of one log and everything that is computed with them: tokens, codes, cookies, keyed hashes.
//!
//! Apart because no other module may see key bytes. HMAC-SHA-256 throughout (RFC 2104), one purpose per use so that
//! nothing made for one place verifies in another.

mod code;
mod cookie;
mod end;
mod token;

pub use code::{Code, InvalidCode};
pub use cookie::{Realm, SessionCookie};
pub use end::KeyEnd;
pub use token::{Token, TokenKind};

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::log::Fingerprint;
use crate::value::{EmailAddress, ExternalId, PhoneNumber, Tag};

/// Which of the signing keys; the first byte of every token and cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u8);

/// 256 bits that sign or hash.
#[derive(Clone)]
pub struct MacKey(Zeroizing<[u8; 32]>);

impl MacKey {
    /// The key with these bits. The length is fixed: HMAC itself would take an empty key.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> Self {
        Self(Zeroizing::new(bits))
    }

    /// HMAC-SHA-256 over the purpose and the length-prefixed parts.
    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a short key with zeros to the hash's block, so this is the 32-byte key, by the infallible way in.
        let mut block = Zeroizing::new([0; 64]);
        block.split_at_mut(32).0.copy_from_slice(self.0.as_slice());
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The first 16 bytes of [`MacKey::mac`].
    fn tag(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut tag = [0; 16];
        tag.copy_from_slice(self.mac(purpose, parts).split_at(16).0);
        tag
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(***)")
    }
}

/// Whether two tags are equal, in constant time.
fn same(ours: &[u8; 16], theirs: &[u8; 16]) -> bool {
    ours.ct_eq(theirs).into()
}

/// A keyed hash of a normalised address or external id, for exact look-up without storing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex(pub [u8; 16]);

impl fmt::Display for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// The keys in force: one signs, several verify, one names.
#[derive(Clone, Debug)]
pub struct Keyring {
    signing: KeyId,
    signing_key: MacKey,
    verifying: BTreeMap<KeyId, MacKey>,
    naming: MacKey,
    ended: BTreeMap<KeyId, KeyEnd>,
}

impl Keyring {
    /// A keyring in which `signing` signs and verifies, `verifying` only verify, and `naming` makes the keyed hashes of
    /// stream names and blind indexes (one per log, never rotated).
    #[must_use]
    pub fn new(signing: (KeyId, MacKey), verifying: impl IntoIterator<Item = (KeyId, MacKey)>, naming: MacKey) -> Self {
        let mut all: BTreeMap<_, _> = verifying.into_iter().collect();
        all.insert(signing.0, signing.1.clone());
        Self { signing: signing.0, signing_key: signing.1, verifying: all, naming, ended: BTreeMap::new() }
    }

    /// The key that new links and cookies are signed with.
    #[must_use]
    pub fn signing_id(&self) -> KeyId {
        self.signing
    }

    /// Every key that still verifies, the signing one included.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.verifying.keys().copied()
    }

    fn key(&self, id: KeyId) -> Option<&MacKey> {
        self.verifying.get(&id)
    }

    /// The keyed hash of a normalised value; `purpose` keeps e-mails, phones and external ids apart.
    #[must_use]
    pub fn blind_index(&self, purpose: &str, value: &str) -> BlindIndex {
        BlindIndex(self.naming.tag(purpose, &[value.as_bytes()]))
    }

    /// The keyed hash of an e-mail address.
    #[must_use]
    pub fn email_index(&self, email: &EmailAddress) -> BlindIndex {
        self.blind_index("email", email.as_str())
    }

    /// The keyed hash of a phone number.
    #[must_use]
    pub fn phone_index(&self, phone: &PhoneNumber) -> BlindIndex {
        self.blind_index("phone", phone.as_str())
    }

    /// The keyed hash of an external id.
    #[must_use]
    pub fn external_id_index(&self, external_id: &ExternalId) -> BlindIndex {
        self.blind_index("external_id", external_id.as_str())
    }

    /// The keyed hash of a tag, whatever its case.
    #[must_use]
    pub fn tag_index(&self, tag: &Tag) -> BlindIndex {
        self.blind_index("tag", &tag.folded())
    }

    /// The fingerprint of a request's content.
    #[must_use]
    pub fn fingerprint(&self, content: &[u8]) -> Fingerprint {
        Fingerprint(self.naming.tag("fingerprint", &[content]))
    }

    /// What a form must carry beside the browser's nonce cookie: proof that our own page made it (signed double submit,
    /// OWASP CSRF cheat sheet). `place` is the form's meaning, such as the token it posts.
    #[must_use]
    pub fn form_tag(&self, nonce: &str, place: &str) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&self.signing_key.tag("form", &[nonce.as_bytes(), place.as_bytes()]))
    }

    /// Whether `tag` is what [`Keyring::form_tag`] makes, with any key that still verifies.
    #[must_use]
    pub fn verifies_form(&self, nonce: &str, place: &str, tag: &str) -> bool {
        let Some(theirs) =
            data_encoding::BASE64URL_NOPAD.decode(tag.as_bytes()).ok().and_then(|t| <[u8; 16]>::try_from(t).ok())
        else {
            return false;
        };
        self.verifying.values().any(|key| same(&key.tag("form", &[nonce.as_bytes(), place.as_bytes()]), &theirs))
    }

    /// The keyed hash under which a browser's nonce is remembered with a link's use.
    #[must_use]
    pub fn nonce_hash(&self, nonce: &str) -> [u8; 16] {
        self.naming.tag("nonce", &[nonce.as_bytes()])
    }

    /// Authenticates a list cursor, so that only our own come back (Kratos CVE-2026-33503).
    #[must_use]
    pub fn cursor_tag(&self, list: &str, cursor: &[u8]) -> [u8; 16] {
        self.naming.tag("cursor", &[list.as_bytes(), cursor])
    }

    /// What only a node of this installation can answer to a number that was drawn for one look.
    #[must_use]
    pub fn knock_tag(&self, nonce: &str) -> [u8; 16] {
        self.naming.tag("knock", &[nonce.as_bytes()])
    }
}
