//! The contract of [`EventStore`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use magiclink_domain::id::EventId;
use magiclink_domain::log::{
    AppendError, EventStore, Expected, MAX_BYTES, MAX_EVENTS, NewEvent, Page, Position, Recorded, StreamName,
};
use magiclink_domain::ports::Clock;
use magiclink_domain::time::Lifetime;
use uuid::Uuid;

use crate::places::Place;

const NO_STREAM: Expected = Expected::NoStream;

/// Long enough never to be waited for in full by a store that works.
const PATIENCE: Duration = Duration::from_secs(20);

fn event(number: u128) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(number)),
        kind: "link.issued.v1",
        data: format!(r#"{{"number":{number}}}"#).into_bytes(),
        meta: b"{}".to_vec(),
    }
}

fn events(numbers: impl IntoIterator<Item = u128>) -> Vec<NewEvent> {
    numbers.into_iter().map(event).collect()
}

fn numbers(events: &[Recorded]) -> Vec<u128> {
    events.iter().map(|event| event.id.uuid().as_u128()).collect()
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name)
}

async fn all(log: &dyn EventStore) -> Vec<Recorded> {
    let mut found = Vec::new();
    let mut after = Position::START;
    loop {
        let Page { events, next, end } = log.read_all(after, 1_000).await.unwrap();
        found.extend(events);
        after = next;
        if end {
            return found;
        }
    }
}

fn is_conflict(outcome: &Result<impl Sized, AppendError>) -> bool {
    matches!(outcome, Err(AppendError::Conflict { .. }))
}

pub(crate) async fn an_append_succeeds_only_if_the_stream_is_as_expected(place: &impl Place) {
    let log = place.log().await;
    let expectations = [NO_STREAM, Expected::Exact(0), Expected::Exact(1), Expected::Exact(2), Expected::Exact(3)];
    let mut id = 100;
    for length in 0..=3_u64 {
        let name = stream(&format!("link-{length}"));
        if length > 0 {
            log.append(&name, NO_STREAM, events((0..length).map(|n| u128::from(length * 10 + n)))).await.unwrap();
        }
        for expected in expectations {
            if expected.next_version() == length {
                continue;
            }
            id += 1;
            let outcome = log.append(&name, expected, events([id])).await;
            let Err(AppendError::Conflict { actual }) = outcome else { panic!("{length} {expected:?} {outcome:?}") };
            assert!(actual.is_none() || actual == length.checked_sub(1), "{length} {expected:?} {actual:?}");
        }
        let expected = length.checked_sub(1).map_or(NO_STREAM, Expected::Exact);
        let appended = log.append(&name, expected, events([length.into(), 50 + u128::from(length)])).await.unwrap();
        assert_eq!(appended.version, length + 1);
        let versions: Vec<_> = log.read_stream(&name, 0, 100).await.unwrap().iter().map(|e| e.version).collect();
        assert_eq!(versions, (0..length + 2).collect::<Vec<_>>(), "dense, and nothing of the refused");
    }
}

pub(crate) async fn a_retry_gets_the_first_answer_and_writes_nothing(place: &impl Place) {
    let log = place.log().await;
    let name = stream("link-1");
    let first = log.append(&name, NO_STREAM, events([1, 2])).await.unwrap();
    assert_eq!(log.append(&name, NO_STREAM, events([1, 2])).await.unwrap(), first);
    let second = log.append(&name, Expected::Exact(1), events([3])).await.unwrap();
    assert_eq!(log.append(&name, NO_STREAM, events([1, 2])).await.unwrap(), first, "also when the stream has moved on");
    assert_eq!(log.append(&name, Expected::Exact(1), events([3])).await.unwrap(), second);
    assert_eq!(numbers(&all(log.as_ref()).await), [1, 2, 3]);
}

pub(crate) async fn a_retry_of_a_part_gets_an_answer_of_that_part(place: &impl Place) {
    let log = place.log().await;
    let name = stream("link-1");
    log.append(&name, NO_STREAM, events([1, 2, 3])).await.unwrap();
    let part = log.append(&name, Expected::Exact(0), events([2])).await.unwrap();
    let stored = all(log.as_ref()).await;
    assert_eq!((part.version, part.position), (1, stored[1].position));
}

pub(crate) async fn an_overlap_with_other_events_is_a_conflict(place: &impl Place) {
    let log = place.log().await;
    let name = stream("link-1");
    log.append(&name, NO_STREAM, events([1, 2])).await.unwrap();
    for (expected, ids) in [
        (NO_STREAM, vec![1, 2, 3]),
        (NO_STREAM, vec![1, 3]),
        (NO_STREAM, vec![3, 2]),
        (NO_STREAM, vec![2]),
        (NO_STREAM, vec![2, 1]),
        (Expected::Exact(0), vec![1]),
        (Expected::Exact(0), vec![2, 3]),
    ] {
        let outcome = log.append(&name, expected, events(ids.clone())).await;
        assert!(is_conflict(&outcome), "{expected:?} {ids:?} {outcome:?}");
    }
    assert_eq!(numbers(&all(log.as_ref()).await), [1, 2]);
    log.append(&stream("link-2"), NO_STREAM, events([1])).await.unwrap();
}

pub(crate) async fn one_of_many_racing_writers_wins(place: &impl Place) {
    let log = place.log().await;
    let name = stream("link-1");
    for round in 0..10_u64 {
        let expected = round.checked_sub(1).map_or(NO_STREAM, Expected::Exact);
        let racers: Vec<_> = (0..64)
            .map(|racer| {
                let (log, name) = (Arc::clone(&log), name.clone());
                let id = u128::from(round) * 100 + racer;
                tokio::spawn(async move { log.append(&name, expected, events([id])).await })
            })
            .collect();
        let mut won = 0;
        for racer in racers {
            let outcome = racer.await.unwrap();
            assert!(outcome.is_ok() || is_conflict(&outcome), "{outcome:?}");
            won += usize::from(outcome.is_ok());
        }
        assert_eq!(won, 1, "round {round}");
    }
    assert_eq!(log.read_stream(&name, 0, 100).await.unwrap().len(), 10);
}

pub(crate) async fn a_reader_who_remembers_its_position_misses_nothing(place: &impl Place) {
    const WRITERS: u128 = 64;
    const APPENDS: u128 = 25;
    let log = place.log().await;
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (log, done) = (Arc::clone(&log), Arc::clone(&done));
        tokio::spawn(async move {
            let (mut seen, mut after) = (Vec::<Recorded>::new(), Position::START);
            loop {
                let finished = done.load(Ordering::SeqCst);
                let page = log.read_all(after, 7).await.unwrap();
                if finished && page.events.is_empty() {
                    return seen;
                }
                for event in &page.events {
                    let known = log.read_stream(&event.stream, event.version, 1).await.unwrap();
                    assert_eq!(known.first(), Some(event), "a stream knows what the log has shown");
                }
                seen.extend(page.events);
                after = page.next;
                if page.end && !finished {
                    log.wait_beyond(after, Duration::from_millis(50)).await;
                }
            }
        })
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let name = stream(&format!("link-{writer}"));
                let mut expected = NO_STREAM;
                for nth in 0..APPENDS {
                    let id = writer * 1_000 + nth * 2;
                    let appended = log.append(&name, expected, events([id, id + 1])).await.unwrap();
                    expected = Expected::Exact(appended.version);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let seen = reader.await.unwrap();
    assert!(seen.is_sorted_by(|a, b| a.position < b.position), "strictly increasing");
    let mut ids = numbers(&seen);
    ids.sort_unstable();
    let expected: Vec<_> = (0..WRITERS).flat_map(|w| (0..APPENDS * 2).map(move |n| w * 1_000 + n)).collect();
    assert_eq!(ids, expected);
}

pub(crate) async fn a_stream_is_read_in_pages(place: &impl Place) {
    let log = place.log().await;
    let name = stream("link-1");
    log.append(&name, NO_STREAM, events(1..=5)).await.unwrap();
    log.append(&stream("link-2"), NO_STREAM, events(6..=9)).await.unwrap();
    for (from, limit, expected) in [
        (0, 100, vec![1, 2, 3, 4, 5]),
        (0, 5, vec![1, 2, 3, 4, 5]),
        (0, 2, vec![1, 2]),
        (2, 2, vec![3, 4]),
        (4, 2, vec![5]),
        (5, 2, vec![]),
        (6, 2, vec![]),
        (0, 0, vec![]),
        (u64::MAX, usize::MAX, vec![]),
        (0, usize::MAX, vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(numbers(&log.read_stream(&name, from, limit).await.unwrap()), expected, "{from} {limit}");
    }
    assert_eq!(log.read_stream(&stream("link-3"), 0, 10).await.unwrap(), []);
    let restarted = place.log_again().await;
    if let Some(log) = restarted {
        assert_eq!(numbers(&log.read_stream(&name, 5, 2).await.unwrap()), Vec::<u128>::new());
        assert_eq!(numbers(&log.read_stream(&name, 3, 1).await.unwrap()), [4]);
        assert_eq!(numbers(&log.read_stream(&name, 0, 10).await.unwrap()), [1, 2, 3, 4, 5]);
        assert_eq!(log.read_stream(&name, 9, 10).await.unwrap(), []);
        assert_eq!(log.read_stream(&stream("link-3"), 1, 10).await.unwrap(), []);
    }
}

pub(crate) async fn the_log_is_read_in_pages(place: &impl Place) {
    let log = place.log().await;
    for n in 0..5 {
        log.append(&stream(&format!("link-{n}")), NO_STREAM, events([n * 2, n * 2 + 1])).await.unwrap();
    }
    let stored = all(log.as_ref()).await;
    assert_eq!(numbers(&stored), (0..10).collect::<Vec<_>>());
    let page = log.read_all(Position::START, 4).await.unwrap();
    assert_eq!((numbers(&page.events), page.next, page.end), (vec![0, 1, 2, 3], stored[3].position, false));
    let page = log.read_all(page.next, 6).await.unwrap();
    assert_eq!((numbers(&page.events), page.next, page.end), ((4..10).collect(), stored[9].position, true));
    let page = log.read_all(page.next, 6).await.unwrap();
    assert_eq!(page, Page { events: Vec::new(), next: stored[9].position, end: true });
    let page = log.read_all(stored[4].position, 0).await.unwrap();
    assert_eq!(page, Page { events: Vec::new(), next: stored[4].position, end: false });
    assert_eq!(log.head().await.unwrap(), stored[9].position);
}

pub(crate) async fn an_empty_log_answers_everything(place: &impl Place) {
    let log = place.log().await;
    assert_eq!(log.head().await.unwrap(), Position::START);
    let page = log.read_all(Position::START, 10).await.unwrap();
    assert_eq!(page, Page { events: Vec::new(), next: Position::START, end: true });
    assert_eq!(log.read_stream(&stream("team"), 0, 10).await.unwrap(), []);
    let page = log.read_all(Position::new(u64::MAX), 10).await.unwrap();
    assert_eq!(page, Page { events: Vec::new(), next: Position::new(u64::MAX), end: true });
}

pub(crate) async fn bytes_come_back_unchanged(place: &impl Place) {
    let log = place.log().await;
    let every: Vec<u8> = (0..=255).collect();
    let samples = [every, Vec::new(), vec![0], "ｅ́\u{202e}'\"%_\\".as_bytes().to_vec(), vec![0xff; 70_000]];
    let stored: Vec<_> = samples
        .iter()
        .zip(1..)
        .map(|(bytes, id)| NewEvent { data: bytes.clone(), meta: bytes.iter().rev().copied().collect(), ..event(id) })
        .collect();
    for (nth, event) in stored.iter().enumerate() {
        log.append(&stream(&format!("link-{nth}")), NO_STREAM, vec![event.clone()]).await.unwrap();
    }
    let same = |read: &Recorded, given: &NewEvent| {
        read.data == given.data && read.meta == given.meta && read.kind == given.kind && read.id == given.id
    };
    for log in [Some(log), place.log_again().await].into_iter().flatten() {
        let read = all(log.as_ref()).await;
        assert!(read.len() == stored.len() && read.iter().zip(&stored).all(|(r, g)| same(r, g)));
        for (nth, given) in stored.iter().enumerate() {
            let read = log.read_stream(&stream(&format!("link-{nth}")), 0, 1).await.unwrap();
            assert!(same(&read[0], given));
        }
    }
}

pub(crate) async fn the_limits_hold_on_both_sides(place: &impl Place) {
    let log = place.log().await;
    let most = MAX_EVENTS as u128;
    let sized = |bytes: usize| vec![NewEvent { data: vec![b'x'; bytes - 10], meta: vec![b'y'; 10], ..event(1) }];
    let long = "l".repeat(200);
    log.append(&stream("link-1"), NO_STREAM, events(0..most)).await.unwrap();
    log.append(&stream("link-2"), NO_STREAM, sized(MAX_BYTES)).await.unwrap();
    log.append(&stream(&long), NO_STREAM, events([1])).await.unwrap();
    for (name, events) in [
        ("link-3", vec![]),
        ("link-3", events(0..=most)),
        ("link-3", sized(MAX_BYTES + 1)),
        (&*format!("{long}l"), events([1])),
        ("", events([1])),
    ] {
        let outcome = log.append(&stream(name), NO_STREAM, events).await;
        assert!(matches!(outcome, Err(AppendError::OutOfBounds)), "{name} {outcome:?}");
    }
    assert_eq!(all(log.as_ref()).await.len(), MAX_EVENTS + 2);
}

pub(crate) async fn waiting_ends_when_something_lies_beyond(place: &impl Place) {
    let log = place.log().await;
    let waiter = {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            let begun = Instant::now();
            log.wait_beyond(Position::START, PATIENCE).await;
            begun.elapsed()
        })
    };
    tokio::task::yield_now().await;
    let appended = log.append(&stream("link-1"), NO_STREAM, events([1])).await.unwrap();
    assert!(waiter.await.unwrap() < PATIENCE);
    let begun = Instant::now();
    log.wait_beyond(Position::START, PATIENCE).await;
    assert!(begun.elapsed() < PATIENCE, "it lies there already");
    assert!(log.head().await.unwrap() >= appended.position);
}

pub(crate) async fn waiting_ends_in_time(place: &impl Place) {
    let log = place.log().await;
    let waiting = log.wait_beyond(Position::START, Duration::from_millis(1));
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

pub(crate) async fn everything_is_there_after_a_restart(place: &impl Place) {
    let log = place.log().await;
    for n in 0..20 {
        log.append(&stream(&format!("link-{}", n % 3)), expected_of(n / 3), events([n])).await.unwrap();
    }
    let before = all(log.as_ref()).await;
    drop(log);
    let Some(log) = place.log_again().await else { return };
    assert_eq!(all(log.as_ref()).await, before);
    assert_eq!(log.head().await.unwrap(), before[19].position);
    assert!(is_conflict(&log.append(&stream("link-0"), NO_STREAM, events([99])).await));
    let next = log.append(&stream("link-0"), Expected::Exact(6), events([20])).await.unwrap();
    assert_eq!(next.version, 7);
    assert!(next.position > before[19].position);
}

fn expected_of(length: u128) -> Expected {
    length.checked_sub(1).map_or(NO_STREAM, |last| Expected::Exact(u64::try_from(last).unwrap()))
}

pub(crate) async fn retries_are_recognised_after_a_restart(place: &impl Place) {
    let log = place.log().await;
    let first = log.append(&stream("link-1"), NO_STREAM, events([1, 2])).await.unwrap();
    let second = log.append(&stream("link-1"), Expected::Exact(1), events([3, 4])).await.unwrap();
    drop(log);
    let Some(log) = place.log_again().await else { return };
    assert_eq!(log.append(&stream("link-1"), NO_STREAM, events([1, 2])).await.unwrap(), first);
    assert_eq!(log.append(&stream("link-1"), Expected::Exact(1), events([3, 4])).await.unwrap(), second);
    assert!(is_conflict(&log.append(&stream("link-1"), NO_STREAM, events([1, 9])).await));
    assert!(is_conflict(&log.append(&stream("link-1"), Expected::Exact(1), events([3, 9])).await));
    assert_eq!(numbers(&all(log.as_ref()).await), [1, 2, 3, 4]);
}

pub(crate) async fn versions_beyond_any_number_are_conflicts(place: &impl Place) {
    let log = place.log().await;
    for version in [u64::MAX, u64::MAX - 1, i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() + 1] {
        let outcome = log.append(&stream("link-1"), Expected::Exact(version), events([1])).await;
        assert!(is_conflict(&outcome), "{version} {outcome:?}");
    }
}

pub(crate) async fn recorded_at_is_the_clocks(place: &impl Place) {
    let log = place.log().await;
    let first = place.clock().now();
    log.append(&stream("link-1"), NO_STREAM, events([1])).await.unwrap();
    place.clock().advance(Lifetime::from_secs(1));
    log.append(&stream("link-1"), Expected::Exact(0), events([2])).await.unwrap();
    let times: Vec<_> = all(log.as_ref()).await.iter().map(|event| event.recorded_at).collect();
    assert_eq!(times, [first, first.plus(Lifetime::from_secs(1))]);
}
