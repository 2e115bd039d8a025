//! The session cookie: self-certifying, checked against the log at every request.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::{KeyId, Keyring, same};
use crate::id::{LinkId, SessionId};

const VERSION: u8 = 1;
const BYTES: usize = 1 + 1 + 16 + 1 + 4 + 16;

/// Which of the two worlds a session belongs to; cookies have separate names and purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Realm {
    /// Contacts.
    Portal,
    /// Staff members.
    Console,
}

impl Realm {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Portal => "session/portal",
            Self::Console => "session/console",
        }
    }
}

/// What a verified cookie says. It proves who the browser was, never what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// The session.
    pub session: SessionId,
    /// The minute (since the Unix epoch) in which the cookie was issued; the idle limit counts from here.
    pub seen_minute: u32,
}

impl Keyring {
    fn cookie_tag(&self, key_id: KeyId, realm: Realm, body: &[u8]) -> Option<[u8; 16]> {
        Some(self.key(key_id)?.tag(realm.purpose(), &[body]))
    }

    /// The cookie's value: `base64url(version ‖ key id ‖ link id ‖ use ‖ last-seen minute ‖ tag)`. A secret.
    #[must_use]
    pub fn seal_cookie(&self, realm: Realm, cookie: &SessionCookie) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend_from_slice(&[VERSION, self.signing.0]);
        bytes.extend_from_slice(cookie.session.link.uuid().as_bytes());
        bytes.push(cookie.session.use_number);
        bytes.extend_from_slice(&cookie.seen_minute.to_be_bytes());
        let tag = self.signing_key.tag(realm.purpose(), &[&bytes]);
        bytes.extend_from_slice(&tag);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// What `text` says, if we sealed it for this realm with a key that still verifies.
    #[must_use]
    pub fn open_cookie(&self, realm: Realm, text: &str) -> Option<SessionCookie> {
        let bytes: [u8; BYTES] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (body, tag) = bytes.split_at(BYTES - 16);
        let [version, key_id, rest @ ..] = body else { return None };
        let theirs: [u8; 16] = tag.try_into().ok()?;
        if *version != VERSION || !same(&self.cookie_tag(KeyId(*key_id), realm, body)?, &theirs) {
            return None;
        }
        let (link, rest) = rest.split_at_checked(16)?;
        let (number, minute) = rest.split_first()?;
        Some(SessionCookie {
            session: SessionId { link: LinkId::from_uuid(Uuid::from_slice(link).ok()?), use_number: *number },
            seen_minute: u32::from_be_bytes(minute.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MacKey;

    #[test]
    fn a_cookie_opens_in_its_own_realm_unchanged() {
        let keys = Keyring::new((KeyId(1), MacKey::new([1; 32])), [], MacKey::new([9; 32]));
        let cookie = SessionCookie {
            session: SessionId { link: LinkId::from_uuid(Uuid::from_u128(5)), use_number: 2 },
            seen_minute: 29_000_000,
        };
        let text = keys.seal_cookie(Realm::Portal, &cookie);
        assert_eq!(keys.open_cookie(Realm::Portal, &text), Some(cookie));
        assert_eq!(keys.open_cookie(Realm::Console, &text), None, "the other realm");
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keys.open_cookie(Realm::Portal, &BASE64URL_NOPAD.encode(&other)), None, "bit {bit}");
        }
        assert_eq!(keys.open_cookie(Realm::Portal, ""), None);
    }
}
