//! The newest events of the whole log, in memory.
//!
//! Apart from [`super::recent`] because it is ordered by position: a projection that keeps up reads what was just committed
//! without the database.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use magiclink_domain::log::{Position, Recorded};

use super::recent::weight;

/// The last events without a gap, bounded in bytes.
#[derive(Debug)]
pub(super) struct Latest {
    events: Mutex<Ring>,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Ring {
    events: VecDeque<Recorded>,
    bytes: usize,
}

impl Latest {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { events: Mutex::default(), most_bytes }
    }

    /// Events beyond `after` up to `head`, at most `limit`; `None` if some of them are on disk alone.
    pub(super) fn read(&self, after: Position, head: Position, limit: usize) -> Option<Vec<Recorded>> {
        let ring = self.ring();
        let first = ring.events.front()?.position.get();
        let skipped = usize::try_from((after.get() + 1).checked_sub(first)?).ok()?;
        let events = ring.events.iter().skip(skipped).take(limit);
        Some(events.take_while(|event| event.position <= head).cloned().collect())
    }

    /// Takes in events that have just been committed, in their order.
    pub(super) fn appended(&self, events: &[Recorded]) {
        let mut ring = self.ring();
        for event in events {
            ring.bytes += weight(event);
            ring.events.push_back(event.clone());
        }
        while ring.bytes > self.most_bytes {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= weight(&oldest);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        *self.ring() = Ring::default();
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use magiclink_domain::id::EventId;
    use magiclink_domain::log::StreamName;
    use magiclink_domain::time::Timestamp;
    use uuid::Uuid;

    fn events(positions: std::ops::RangeInclusive<u64>) -> Vec<Recorded> {
        let event = |position: u64| Recorded {
            position: Position::new(position),
            stream: StreamName::new("team"),
            version: position,
            id: EventId::from_uuid(Uuid::from_u128(position.into())),
            kind: "staff.added.v1".into(),
            data: vec![0; 100],
            meta: Vec::new(),
            recorded_at: Timestamp::default(),
        };
        positions.map(event).collect()
    }

    fn read(latest: &Latest, after: u64, head: u64, limit: usize) -> Option<Vec<u64>> {
        let events = latest.read(Position::new(after), Position::new(head), limit)?;
        Some(events.iter().map(|event| event.position.get()).collect())
    }

    #[test]
    fn only_a_reader_who_misses_nothing_is_answered() {
        let latest = Latest::new(1 << 20);
        assert_eq!(read(&latest, 0, 9, 10), None, "nothing is known yet");
        latest.appended(&events(5..=9));
        assert_eq!(read(&latest, 3, 9, 10), None, "4 is on disk");
        assert_eq!(read(&latest, 4, 9, 10), Some(vec![5, 6, 7, 8, 9]));
        assert_eq!(read(&latest, 6, 9, 2), Some(vec![7, 8]));
        assert_eq!(read(&latest, 9, 9, 10), Some(vec![]));
    }

    #[test]
    fn nothing_beyond_the_head_is_shown() {
        let latest = Latest::new(1 << 20);
        latest.appended(&events(1..=9));
        assert_eq!(read(&latest, 0, 3, 10), Some(vec![1, 2, 3]));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let latest = Latest::new(10_000);
        latest.appended(&events(1..=1_000));
        assert!(latest.ring().bytes <= 10_000);
        assert_eq!(read(&latest, 990, 1_000, 100), Some((991..=1_000).collect()));
        assert_eq!(read(&latest, 0, 1_000, 100), None);
    }
}
