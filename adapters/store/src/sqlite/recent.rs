//! Last versions and recent events of streams, in memory.
//!
//! Apart from reader and writer because both lean on it: the writer decides by it, and a reader who asks for what lies
//! past a stream's end is answered without the database. The one process owns the only writer, so what stands here is
//! the truth and not a guess.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use magiclink_domain::id::EventId;
use magiclink_domain::log::{Position, Recorded, StreamName};

use super::latest::Latest;

const SHARDS: usize = 8;

/// Two bounds: streams whose last version is known (the longest untouched goes first), and, far tighter, bytes of their
/// events (the oldest event goes first). A folded state that is up to date needs the version alone.
#[derive(Debug)]
pub(super) struct Recent {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    latest: Latest,
    most_bytes: usize,
    most_streams: NonZeroUsize,
}

#[derive(Debug)]
struct Shard {
    tails: LruCache<StreamName, Tail>,
    /// The events of `tails` in the order of their coming, with their weight; some may have gone with their stream.
    coming: VecDeque<(StreamName, Position, usize)>,
    /// What `coming` weighs.
    bytes: usize,
    /// The highest position of any stream that was dropped: whoever read the database before then may have missed it.
    dropped: Position,
}

impl Default for Shard {
    fn default() -> Self {
        Self { tails: LruCache::unbounded(), coming: VecDeque::new(), bytes: 0, dropped: Position::START }
    }
}

/// The end of a stream.
#[derive(Debug, Default)]
struct Tail {
    /// The version the next event will have.
    next: u64,
    /// Position of the last event.
    last: Position,
    /// The last events, without a gap, up to `next - 1`; none when they had to give way.
    events: VecDeque<Recorded>,
}

impl Tail {
    /// Whether the event is news.
    fn push(&mut self, event: Recorded) -> bool {
        if event.version < self.next {
            // A reader saw the commit before memory was told of it.
            return false;
        }
        if event.version > self.next {
            self.events.clear();
        }
        self.next = event.version.saturating_add(1);
        self.last = event.position;
        self.events.push_back(event);
        true
    }

    /// The cached events from version `from` on; `None` if some of them are not here.
    fn from(&self, from: u64) -> Option<impl Iterator<Item = &Recorded>> {
        let wanted = usize::try_from(self.next.saturating_sub(from)).ok()?;
        let skipped = self.events.len().checked_sub(wanted)?;
        Some(self.events.iter().skip(skipped))
    }
}

/// Bytes an event takes in memory, with what allocator and maps need for it.
pub(super) fn weight(event: &Recorded) -> usize {
    const AROUND: usize = 200;
    AROUND
        + size_of::<Recorded>()
        + event.stream.as_str().len()
        + event.kind.len()
        + event.data.len()
        + event.meta.len()
}

impl Recent {
    pub(super) fn new(most_bytes: usize, most_streams: usize) -> Self {
        Self {
            shards: Default::default(),
            hasher: RandomState::new(),
            latest: Latest::new(most_bytes / 8),
            most_bytes: (most_bytes - most_bytes / 8) / SHARDS,
            most_streams: NonZeroUsize::new(most_streams / SHARDS).unwrap_or(NonZeroUsize::MIN),
        }
    }

    /// The stream's events from version `from` on, at most `limit`; `None` if memory does not know.
    pub(super) fn read(&self, stream: &StreamName, from: u64, limit: usize) -> Option<Vec<Recorded>> {
        let mut shard = self.shard(stream);
        Some(shard.tails.get(stream)?.from(from)?.take(limit).cloned().collect())
    }

    /// The version the stream's next event will have; `None` if memory does not know.
    pub(super) fn next(&self, stream: &StreamName) -> Option<u64> {
        Some(self.shard(stream).tails.get(stream)?.next)
    }

    /// Ids and positions of `count` events from version `from` on; `None` if memory does not know all of them.
    pub(super) fn ids(&self, stream: &StreamName, from: u64, count: usize) -> Option<Vec<(EventId, Position)>> {
        let mut shard = self.shard(stream);
        let found: Vec<_> =
            shard.tails.get(stream)?.from(from)?.take(count).map(|event| (event.id, event.position)).collect();
        (found.len() == count).then_some(found)
    }

    /// Events of all streams beyond `after` up to `head`, at most `limit`; `None` if memory does not know all of them.
    pub(super) fn all(&self, after: Position, head: Position, limit: usize) -> Option<Vec<Recorded>> {
        self.latest.read(after, head, limit)
    }

    /// Takes in events that have just been committed, in their order.
    pub(super) fn appended(&self, events: Vec<Recorded>) {
        self.latest.appended(&events);
        for event in events {
            let mut shard = self.shard(&event.stream);
            shard.push(event);
            shard.give_way(self.most_bytes, self.most_streams);
        }
    }

    /// Takes in what was read from the database: `events` are the last ones of the stream (all of them, or from some
    /// version on), and every event up to `seen` was visible to the reader.
    pub(super) fn fill(&self, stream: &StreamName, seen: Position, events: &[Recorded]) {
        let mut shard = self.shard(stream);
        // Present: the writer knows better. Dropped since: the database may have been read before the last append.
        if shard.dropped > seen || shard.tails.contains(stream) {
            return;
        }
        // A stream without events is known, too.
        shard.tails.put(stream.clone(), Tail::default());
        events.iter().cloned().for_each(|event| shard.push(event));
        shard.give_way(self.most_bytes, self.most_streams);
    }

    /// Forgets everything; nobody who read the database before it held `head` may bring it back.
    pub(super) fn clear(&self, head: Position) {
        self.latest.clear();
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            *shard = Shard { dropped: head, ..Shard::default() };
        }
    }

    fn shard(&self, stream: &StreamName) -> MutexGuard<'_, Shard> {
        let hash = usize::try_from(self.hasher.hash_one(stream) % SHARDS as u64).unwrap_or_default();
        let shard = self.shards.get(hash).unwrap_or(&self.shards[0]);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn push(&mut self, event: Recorded) {
        let (stream, position, weight) = (event.stream.clone(), event.position, weight(&event));
        if self.tails.get_or_insert_mut_ref(&stream, Tail::default).push(event) {
            self.bytes += weight;
            self.coming.push_back((stream, position, weight));
        }
    }

    fn give_way(&mut self, most_bytes: usize, most_streams: NonZeroUsize) {
        while self.tails.len() > most_streams.get() {
            let Some((_, tail)) = self.tails.pop_lru() else { break };
            self.dropped = self.dropped.max(tail.last);
        }
        while self.bytes > most_bytes {
            let Some((stream, position, weight)) = self.coming.pop_front() else { break };
            self.bytes -= weight;
            let tail = self.tails.peek_mut(&stream);
            if let Some(tail) = tail.filter(|tail| tail.events.front().is_some_and(|event| event.position == position))
            {
                tail.events.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use magiclink_domain::time::Timestamp;
    use uuid::Uuid;

    fn name(number: u64) -> StreamName {
        StreamName::new(&format!("link-{number}"))
    }

    fn event(stream: u64, version: u64, position: u64) -> Recorded {
        Recorded {
            position: Position::new(position),
            stream: name(stream),
            version,
            id: EventId::from_uuid(Uuid::from_u128(position.into())),
            kind: "link.issued.v1".into(),
            data: vec![0; 100],
            meta: Vec::new(),
            recorded_at: Timestamp::default(),
        }
    }

    fn versions(recent: &Recent, from: u64) -> Option<Vec<u64>> {
        recent.read(&name(1), from, 100).map(|events| events.iter().map(|event| event.version).collect())
    }

    #[test]
    fn what_was_appended_is_read_and_nothing_is_guessed() {
        let recent = Recent::new(1 << 20, 1_000);
        assert_eq!(versions(&recent, 0), None, "an unknown stream may have events");
        recent.appended(vec![event(1, 4, 10), event(1, 5, 11)]);
        assert_eq!(versions(&recent, 4), Some(vec![4, 5]));
        assert_eq!(versions(&recent, 6), Some(vec![]));
        assert_eq!(versions(&recent, u64::MAX), Some(vec![]));
        assert_eq!(versions(&recent, 3), None, "older events are on disk alone");
        assert_eq!(recent.next(&name(1)), Some(6));
    }

    #[test]
    fn a_reader_who_saw_a_commit_first_brings_it_in_once() {
        let recent = Recent::new(1 << 20, 1_000);
        recent.fill(&name(1), Position::new(9), &[event(1, 0, 9), event(1, 1, 10)]);
        recent.appended(vec![event(1, 1, 10), event(1, 2, 11)]);
        assert_eq!(versions(&recent, 0), Some(vec![0, 1, 2]));
    }

    #[test]
    fn a_late_reader_does_not_overwrite_what_the_writer_knows() {
        let recent = Recent::new(1 << 20, 1_000);
        recent.appended(vec![event(1, 1, 10)]);
        recent.fill(&name(1), Position::new(9), &[event(1, 0, 9)]);
        assert_eq!(recent.next(&name(1)), Some(2));
    }

    #[test]
    fn a_late_reader_does_not_bring_back_what_was_dropped() {
        let recent = Recent::new(1 << 20, SHARDS);
        recent.appended(vec![event(1, 1, 10)]);
        for other in 2..200 {
            recent.appended(vec![event(other, 0, 9 + other)]);
        }
        assert_eq!(recent.next(&name(1)), None, "dropped");
        recent.fill(&name(1), Position::new(9), &[event(1, 0, 9)]);
        assert_eq!(recent.next(&name(1)), None, "read before position 10");
        recent.fill(&name(1), Position::new(208), &[event(1, 0, 9), event(1, 1, 10)]);
        assert_eq!(recent.next(&name(1)), Some(2));
    }

    #[test]
    fn nothing_read_before_a_clearing_comes_back() {
        let recent = Recent::new(1 << 20, 1_000);
        recent.appended(vec![event(1, 0, 10)]);
        recent.clear(Position::new(10));
        assert_eq!(recent.next(&name(1)), None);
        recent.fill(&name(1), Position::new(9), &[]);
        assert_eq!(recent.next(&name(1)), None);
        recent.fill(&name(1), Position::new(10), &[event(1, 0, 10)]);
        assert_eq!(recent.next(&name(1)), Some(1));
    }

    #[test]
    fn a_version_outlives_its_events() {
        let recent = Recent::new(100_000, 10_000);
        recent.appended(vec![event(1, 0, 1)]);
        for other in 2..2_000 {
            recent.appended(vec![event(other, 0, other)]);
        }
        assert_eq!(versions(&recent, 0), None, "its event is on disk alone");
        assert_eq!(versions(&recent, 1), Some(vec![]), "that nothing lies beyond is known");
        recent.appended(vec![event(1, 1, 2_000)]);
        assert_eq!(versions(&recent, 1), Some(vec![1]));
        assert_eq!(versions(&recent, 0), None);
    }

    #[test]
    fn memory_is_bounded() {
        let recent = Recent::new(1 << 20, 1_000);
        for position in 1..20_000 {
            recent.appended(vec![event(position, 0, position), event(0, position - 1, position)]);
        }
        let (mut streams, mut bytes) = (0, 0);
        for shard in &recent.shards {
            let shard = shard.lock().unwrap();
            streams += shard.tails.len();
            bytes += shard.tails.iter().flat_map(|(_, tail)| &tail.events).map(weight).sum::<usize>();
        }
        assert!(streams <= 1_000, "{streams}");
        assert!(bytes <= 1 << 20, "{bytes}");
    }
}
