//! Data keys in memory, briefly.
//!
//! Apart from the vault's file because forgetting has rules of its own: nothing older than a minute, nothing destroyed,
//! every key wiped when it goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::{SubjectKey, SubjectKeys};

/// How many keys one generation holds; there are two.
const MOST_KEYS: usize = 10_000;

/// How many keys of one reading are kept: a start reads all of them, once.
pub(super) const WORTH_KEEPING: usize = 2_000;

/// How long a generation stays young: no key is kept longer than twice this.
const TURN: Duration = Duration::from_secs(30);

/// Two generations: when a turn is over, or the young one full, the old one is wiped. Keys are not moved back when used,
/// so that their age is bounded.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<SubjectId, SubjectKey>,
    old: HashMap<SubjectId, SubjectKey>,
    destructions: u64,
}

/// How many keys had been destroyed at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Cache {
    /// An empty cache, and the task that makes it forget.
    pub(super) fn start() -> Arc<Self> {
        let cache = Arc::new(Self::default());
        tokio::spawn(forget_in_time(Arc::downgrade(&cache)));
        cache
    }

    /// Those keys that are here, the subjects of the others, and when this was asked.
    pub(super) fn find(&self, subjects: &[SubjectId]) -> (SubjectKeys, Vec<SubjectId>, Moment) {
        let keys = self.generations();
        let mut found = SubjectKeys::default();
        let mut missing = Vec::new();
        for subject in subjects {
            match keys.young.get(subject).or_else(|| keys.old.get(subject)) {
                Some(key) => found.insert(key.clone()),
                None => missing.push(*subject),
            }
        }
        (found, missing, Moment(keys.destructions))
    }

    /// Keeps keys that were read after `asked`, unless one has been destroyed since: it might be among them.
    pub(super) fn keep(&self, asked: Moment, read: impl IntoIterator<Item = SubjectKey>) {
        let mut keys = self.generations();
        if keys.destructions != asked.0 {
            return;
        }
        for key in read {
            keys.young.insert(key.subject(), key);
            if keys.young.len() >= MOST_KEYS {
                keys.turn();
            }
        }
    }

    /// The moment, for [`Cache::keep`].
    pub(super) fn moment(&self) -> Moment {
        Moment(self.generations().destructions)
    }

    /// Wipes a destroyed key.
    pub(super) fn destroyed(&self, subject: SubjectId) {
        let mut keys = self.generations();
        keys.destructions += 1;
        keys.young.remove(&subject);
        keys.old.remove(&subject);
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn turn(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }
}

async fn forget_in_time(cache: Weak<Cache>) {
    let mut turns = tokio::time::interval(TURN);
    loop {
        turns.tick().await;
        let Some(cache) = cache.upgrade() else { break };
        cache.generations().turn();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key(number: u128) -> SubjectKey {
        SubjectKey::new(SubjectId::from_uuid(Uuid::from_u128(number)), [1; 32])
    }

    fn holds(cache: &Cache, number: u128) -> bool {
        cache.find(&[key(number).subject()]).0.contains(key(number).subject())
    }

    #[test]
    fn a_key_read_before_a_destruction_is_not_kept() {
        let cache = Cache::default();
        let asked = cache.moment();
        cache.destroyed(key(1).subject());
        cache.keep(asked, [key(1)]);
        assert!(!holds(&cache, 1));
        cache.keep(cache.moment(), [key(2)]);
        assert!(holds(&cache, 2));
    }

    #[test]
    fn no_key_is_kept_longer_than_two_turns() {
        let cache = Cache::default();
        cache.keep(cache.moment(), [key(1)]);
        cache.generations().turn();
        assert!(holds(&cache, 1));
        cache.generations().turn();
        assert!(!holds(&cache, 1));
        assert!(TURN * 2 <= Duration::from_mins(1));
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let cache = Cache::default();
        cache.keep(cache.moment(), (0..50_000).map(key));
        let keys = cache.generations();
        assert!(keys.young.len() + keys.old.len() <= 2 * MOST_KEYS);
    }
}
