//! Folded states, so that a stream is read only past what is already known.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::caller::Caller;
use crate::bulk::BulkStream;
use crate::claim::ClaimStream;
use crate::contact::ContactStream;
use crate::id::{CommandId, ContactId};
use crate::link::LinkStream;
use crate::log::{Fingerprint, Position, StreamName};
use crate::number::NumberStream;
use crate::offering::OfferingStream;
use crate::rejection::Rejection;
use crate::settings::SettingsStream;
use crate::stream::Stream;
use crate::team::TeamStream;

/// A stream's state as of some version.
pub(super) struct Loaded<S: Stream> {
    pub(super) state: S::State,
    /// The last event's version; `None` for a stream without events.
    pub(super) version: Option<u64>,
    /// The last event's position.
    pub(super) position: Position,
    /// The commands that have acted on the stream, with what they asked for.
    pub(super) commands: Vec<(CommandId, Option<Fingerprint>)>,
}

/// Whether a command has acted on a stream before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acted {
    /// Never.
    No,
    /// Yes, asking for the same.
    Same,
    /// Yes, asking for something else.
    Otherwise,
}

impl<S: Stream> Clone for Loaded<S> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            version: self.version,
            position: self.position,
            commands: self.commands.clone(),
        }
    }
}

impl<S: Stream> Default for Loaded<S> {
    fn default() -> Self {
        Self { state: S::State::default(), version: None, position: Position::START, commands: vec![] }
    }
}

impl<S: Stream> Loaded<S> {
    /// Where the next read begins.
    pub(super) fn next_version(&self) -> u64 {
        self.version.map_or(0, |version| version + 1)
    }

    /// Whether a command has acted here, and whether it asked for the same.
    pub(super) fn acted(&self, command: CommandId, fingerprint: Option<Fingerprint>) -> Acted {
        match self.commands.iter().find(|(id, _)| *id == command) {
            None => Acted::No,
            Some((_, before)) if *before == fingerprint => Acted::Same,
            Some(_) => Acted::Otherwise,
        }
    }

    /// Whether the caller's command has acted here, asking for the same.
    ///
    /// # Errors
    /// `idempotency_key_reused` where it asked for something else.
    pub(super) fn has_acted(&self, caller: &Caller) -> Result<bool, Rejection> {
        match self.acted(caller.command, caller.fingerprint) {
            Acted::No => Ok(false),
            Acted::Same => Ok(true),
            Acted::Otherwise => Err(Rejection::IdempotencyKeyReused),
        }
    }
}

/// Entries kept at most, of each kind.
const MOST: NonZeroUsize = NonZeroUsize::new(32_768).expect("not zero");

/// A map whose longest untouched entry goes first.
struct Bounded<K: Eq + Hash, V>(Mutex<LruCache<K, V>>);

impl<K: Eq + Hash, V> Default for Bounded<K, V> {
    fn default() -> Self {
        // Grows with what it holds.
        let mut entries = LruCache::unbounded();
        entries.resize(MOST);
        Self(Mutex::new(entries))
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Bounded<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.entries().get(key).cloned()
    }

    fn clear(&self) {
        self.entries().clear();
    }

    /// Keeps `value` unless what is kept is `newer`.
    fn put(&self, key: &K, value: V, newer: impl Fn(&V) -> bool) {
        let mut entries = self.entries();
        if !entries.peek(key).is_some_and(newer) {
            entries.put(key.clone(), value);
        }
    }

    fn entries(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folded states of one kind of stream.
pub(super) struct Cache<S: Stream>(Bounded<StreamName, Arc<Loaded<S>>>);

impl<S: Stream> Default for Cache<S> {
    fn default() -> Self {
        Self(Bounded::default())
    }
}

impl<S: Stream> Cache<S> {
    pub(super) fn get(&self, name: &StreamName) -> Option<Arc<Loaded<S>>> {
        self.0.get(name)
    }

    pub(super) fn put(&self, name: &StreamName, loaded: &Arc<Loaded<S>>) {
        self.0.put(name, Arc::clone(loaded), |known| known.version > loaded.version);
    }
}

/// Where this node last made a link for a contact: what the soft limit of live links must have seen.
#[derive(Default)]
pub(super) struct LastLinks(Bounded<ContactId, Position>);

impl LastLinks {
    /// The position, or the beginning where none is known.
    pub(super) fn get(&self, contact: ContactId) -> Position {
        self.0.get(&contact).unwrap_or_default()
    }

    pub(super) fn note(&self, contact: ContactId, position: Position) {
        self.0.put(&contact, position, |known| *known > position);
    }
}

/// One cache per kind of stream.
#[derive(Default)]
pub(super) struct Caches {
    contacts: Cache<ContactStream>,
    links: Cache<LinkStream>,
    claims: Cache<ClaimStream>,
    numbers: Cache<NumberStream>,
    offerings: Cache<OfferingStream>,
    team: Cache<TeamStream>,
    settings: Cache<SettingsStream>,
    bulks: Cache<BulkStream>,
    pub(super) last_links: LastLinks,
}

impl Caches {
    /// Forgets every link and contact: folded states hold addresses, and somebody was erased.
    pub(super) fn forget_people(&self) {
        self.links.0.clear();
        self.contacts.0.clear();
    }
}

/// A stream whose states are cached.
pub(super) trait Cached: Stream + Sized {
    fn cache(caches: &Caches) -> &Cache<Self>;
}

macro_rules! cached {
    ($($stream:ty => $field:ident),+ $(,)?) => {
        $(impl Cached for $stream {
            fn cache(caches: &Caches) -> &Cache<Self> {
                &caches.$field
            }
        })+
    };
}

cached! {
    ContactStream => contacts,
    LinkStream => links,
    ClaimStream => claims,
    NumberStream => numbers,
    OfferingStream => offerings,
    TeamStream => team,
    SettingsStream => settings,
    BulkStream => bulks,
}
