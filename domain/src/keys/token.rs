//! The token in a magic link's URL.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::{KeyId, Keyring, same};
use crate::id::LinkId;

const VERSION: &[u8] = &[1];
const BYTES: usize = 33;
const CHARS: usize = 44;

/// Whom a token signs in; part of what the tag covers, so that one never works as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A contact, at `/m/<token>`.
    Contact,
    /// A staff member, at `/console/m/<token>`.
    Staff,
}

impl TokenKind {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Contact => "link/contact",
            Self::Staff => "link/staff",
        }
    }
}

/// `base64url(key id 1 byte ‖ link id 16 ‖ tag 16)`: 33 bytes leave no spare bits in 44 characters, so there is one
/// spelling. A secret: whoever has it can sign in, so it has no `Display` and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The text for the URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl Keyring {
    fn token_tag(&self, key_id: KeyId, kind: TokenKind, link: LinkId) -> Option<[u8; 16]> {
        Some(self.key(key_id)?.tag(kind.purpose(), &[VERSION, &[key_id.0], link.uuid().as_bytes()]))
    }

    /// The token of `link` under the key it was issued with; `None` once that key is retired.
    #[must_use]
    pub fn token(&self, key_id: KeyId, kind: TokenKind, link: LinkId) -> Option<Token> {
        let tag = self.token_tag(key_id, kind, link)?;
        let mut bytes = [0; BYTES];
        let (head, rest) = bytes.split_at_mut(1);
        let (id, end) = rest.split_at_mut(16);
        head.copy_from_slice(&[key_id.0]);
        id.copy_from_slice(link.uuid().as_bytes());
        end.copy_from_slice(&tag);
        Some(Token(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Whether the token of `link` under this key survives link detectors, which drop trailing punctuation: its last character is
    /// neither `-` nor `_`.
    #[must_use]
    pub fn pastes_well(&self, key_id: KeyId, kind: TokenKind, link: LinkId) -> bool {
        self.token(key_id, kind, link).is_some_and(|token| !token.0.ends_with(['-', '_']))
    }

    /// The link that `text` is the token of. Decides by the keys alone; anything else is `None`, in one way.
    #[must_use]
    pub fn verify_token(&self, kind: TokenKind, text: &str) -> Option<LinkId> {
        if text.len() != CHARS {
            return None;
        }
        let bytes: [u8; BYTES] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (head, rest) = bytes.split_at(1);
        let (id, tag) = rest.split_at(16);
        let link = LinkId::from_uuid(Uuid::from_slice(id).ok()?);
        let theirs: [u8; 16] = tag.try_into().ok()?;
        let ours = self.token_tag(KeyId(*head.first()?), kind, link)?;
        same(&ours, &theirs).then_some(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MacKey;

    fn keyring() -> Keyring {
        Keyring::new((KeyId(2), MacKey::new([2; 32])), [(KeyId(1), MacKey::new([1; 32]))], MacKey::new([9; 32]))
    }

    fn link() -> LinkId {
        LinkId::from_uuid(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef))
    }

    #[test]
    fn a_token_verifies_for_its_kind_and_key_alone() {
        let keys = keyring();
        for key_id in [KeyId(1), KeyId(2)] {
            let token = keys.token(key_id, TokenKind::Contact, link()).unwrap();
            assert_eq!(token.expose().len(), 44);
            assert_eq!(keys.verify_token(TokenKind::Contact, token.expose()), Some(link()));
            assert_eq!(keys.verify_token(TokenKind::Staff, token.expose()), None);
        }
        assert_eq!(keys.token(KeyId(3), TokenKind::Contact, link()), None, "a retired key");
    }

    #[test]
    fn every_other_text_is_refused() {
        let keys = keyring();
        let token = keys.token(KeyId(2), TokenKind::Contact, link()).unwrap();
        let text = token.expose();
        for cut in 0..text.len() {
            assert_eq!(keys.verify_token(TokenKind::Contact, &text[..cut]), None, "prefix of {cut}");
        }
        for suffix in ["A", "=", " ", "\n", "/", "%00"] {
            assert_eq!(keys.verify_token(TokenKind::Contact, &format!("{text}{suffix}")), None);
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keys.verify_token(TokenKind::Contact, &BASE64URL_NOPAD.encode(&other)), None, "bit {bit}");
        }
        for spelling in [text.replace(['-', '_'], "+"), text.to_lowercase(), text.to_uppercase()] {
            assert!(spelling == text || keys.verify_token(TokenKind::Contact, &spelling).is_none());
        }
    }

    #[test]
    fn debug_shows_no_token() {
        assert_eq!(format!("{:?}", keyring().token(KeyId(1), TokenKind::Contact, link()).unwrap()), "Token(***)");
    }
}
