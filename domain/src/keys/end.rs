//! How keys end, and what ends with them.
//!
//! Apart from the keys because an ended one has no bytes any more; what it signed is still in the log.

use super::{KeyId, Keyring};
use crate::link::{Link, LinkRevokedWhy, LinkStatus};
use crate::time::Timestamp;

/// Why a key does not verify any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyEnd {
    /// Its time was over. Links it signed are dead; sessions live on under cookies that younger keys signed.
    Retired,
    /// After an incident, with every link and session there was.
    Revoked,
    /// Because a backup was restored, with every link and session there was.
    Restored,
}

impl KeyEnd {
    /// What a link that it signed is revoked for.
    #[must_use]
    pub const fn of_links(self) -> LinkRevokedWhy {
        match self {
            Self::Retired | Self::Revoked => LinkRevokedWhy::Revoked,
            Self::Restored => LinkRevokedWhy::Restored,
        }
    }

    /// Whether the sessions that its links began ended with it.
    #[must_use]
    pub const fn ends_sessions(self) -> bool {
        match self {
            Self::Retired => false,
            Self::Revoked | Self::Restored => true,
        }
    }
}

impl Keyring {
    /// The same keyring, knowing how earlier keys ended.
    #[must_use]
    pub fn knowing(mut self, ended: impl IntoIterator<Item = (KeyId, KeyEnd)>) -> Self {
        self.ended.extend(ended);
        self
    }

    /// How the key ended; `None` while it verifies. A key that nobody remembers was retired.
    #[must_use]
    pub fn end_of(&self, key: KeyId) -> Option<KeyEnd> {
        let ended = || self.ended.get(&key).copied().unwrap_or(KeyEnd::Retired);
        (!self.verifying.contains_key(&key)).then(ended)
    }

    /// The keys whose links' sessions ended with them.
    pub fn ended_with_sessions(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.ended.keys().copied().filter(|key| self.end_of(*key).is_some_and(KeyEnd::ends_sessions))
    }

    /// The link as it works under these keys at `now`: one that would be live but for its key is revoked, written down or
    /// not.
    #[must_use]
    pub fn counted_in(&self, link: &Link, now: Timestamp) -> Link {
        let end = self.end_of(link.key).filter(|_| link.status(now) == LinkStatus::Live);
        Link { revoked: link.revoked.or(end.map(KeyEnd::of_links)), ..link.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::MacKey;
    use super::*;

    fn key(id: u8) -> (KeyId, MacKey) {
        (KeyId(id), MacKey::new([id; 32]))
    }

    #[test]
    fn a_key_ends_as_remembered_and_not_while_it_verifies() {
        let ended = [(KeyId(1), KeyEnd::Restored), (KeyId(2), KeyEnd::Revoked), (KeyId(3), KeyEnd::Revoked)];
        let keys = Keyring::new(key(5), [key(3)], MacKey::new([9; 32])).knowing(ended);
        assert_eq!(keys.end_of(KeyId(1)), Some(KeyEnd::Restored));
        assert_eq!(keys.end_of(KeyId(4)), Some(KeyEnd::Retired), "nobody remembers it");
        assert_eq!((keys.end_of(KeyId(3)), keys.end_of(KeyId(5))), (None, None), "they verify");
        assert_eq!(keys.ended_with_sessions().collect::<Vec<_>>(), [KeyId(1), KeyId(2)]);
    }
}
