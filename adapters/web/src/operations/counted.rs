//! Ports that count what goes through them: links, redemptions, deliveries, whichever door they came from.
//!
//! Apart from the handlers because console, API, command line, portal and policies all make the same events.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use magiclink_domain::link::{Channel, Refusal};
use magiclink_domain::log::{
    AppendError, Appended, EventStore, Expected, NewEvent, Page, Position, ReadError, Recorded, StreamName,
};
use magiclink_domain::message::Message;
use magiclink_domain::ports::{Look, Pace, Sender, Sending};
use magiclink_domain::time::Timestamp;
use serde::Deserialize;

use super::deliveries::{Deliveries, turns};

/// An event log that counts what is appended, and knows whether appending works.
pub struct CountedLog {
    log: Arc<dyn EventStore>,
    deliveries: Deliveries,
    /// When an append last failed, in milliseconds since [`BEGUN`]; 0 = never.
    failed: AtomicU64,
}

/// A log is unwritable for so long after a failed append: a node that is asked nothing finds out again.
const MEMORY: Duration = Duration::from_secs(5);

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl CountedLog {
    /// The same log, counted.
    #[must_use]
    pub fn new(log: Arc<dyn EventStore>) -> Arc<Self> {
        LazyLock::force(&BEGUN);
        Arc::new(Self { log, deliveries: Deliveries::default(), failed: AtomicU64::new(0) })
    }

    /// Whether no append has failed lately.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        let failed = self.failed.load(Ordering::Relaxed);
        failed == 0 || BEGUN.elapsed() >= Duration::from_millis(failed) + MEMORY
    }

    fn note(&self, result: &Result<Appended, AppendError>) {
        let outcome = match result {
            Ok(_) => "appended",
            Err(AppendError::Conflict { .. }) => "conflict",
            Err(AppendError::UnknownOutcome { .. }) => "unknown",
            Err(AppendError::OutOfBounds) => "out_of_bounds",
            Err(AppendError::Overloaded) => "overloaded",
            Err(AppendError::Unavailable { .. }) => "unavailable",
        };
        metrics::counter!("magiclink_appends_total", "outcome" => outcome).increment(1);
        if let Err(AppendError::Unavailable { .. } | AppendError::UnknownOutcome { .. }) = result {
            let now = u64::try_from(BEGUN.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.failed.store(now.max(1), Ordering::Relaxed);
        }
    }
}

/// What one event adds to the counts.
fn counted(event: &NewEvent) -> Option<(&'static str, &'static str)> {
    match event.kind.split_once(".v").map_or(event.kind, |(kind, _)| kind) {
        "link.issued" => Some(("magiclink_links_issued_total", "")),
        "link.redeemed" => Some(("magiclink_redemptions_total", "signed_in")),
        "link.redemption_refused" => Some(("magiclink_redemptions_total", why(&event.data))),
        _ => None,
    }
}

/// The word of a refusal, one of ours whatever stands there.
fn why(data: &[u8]) -> &'static str {
    #[derive(Deserialize)]
    struct Refused {
        why: String,
    }
    let word = serde_json::from_slice::<Refused>(data).ok().and_then(|refused| Refusal::from_word(&refused.why));
    word.map_or("refused", Refusal::as_str)
}

fn count((name, outcome): (&'static str, &'static str)) {
    if outcome.is_empty() {
        metrics::counter!(name).increment(1);
    } else {
        metrics::counter!(name, "outcome" => outcome).increment(1);
    }
}

#[async_trait]
impl EventStore for CountedLog {
    async fn append(
        &self, stream: &StreamName, expected: Expected, events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let counts: Vec<_> = events.iter().filter_map(counted).collect();
        let turns = turns(&events);
        let result = self.log.append(stream, expected, events).await;
        self.note(&result);
        if result.is_ok() {
            counts.into_iter().for_each(count);
            self.deliveries.count(self.log.as_ref(), stream, turns).await;
        }
        result
    }

    async fn read_stream(&self, stream: &StreamName, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.log.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Position, limit: usize) -> Result<Page, ReadError> {
        self.log.read_all(after, limit).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.log.head().await
    }

    async fn wait_beyond(&self, position: Position, max: Duration) {
        self.log.wait_beyond(position, max).await;
    }
}

/// A sender that counts what its provider answers.
pub struct CountedSender(Arc<dyn Sender>);

impl CountedSender {
    /// The same sender, counted.
    #[must_use]
    pub fn new(sender: Arc<dyn Sender>) -> Arc<Self> {
        Arc::new(Self(sender))
    }
}

#[async_trait]
impl Sender for CountedSender {
    fn channel(&self) -> Channel {
        self.0.channel()
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }

    async fn send(&self, message: &Message) -> Sending {
        let sending = self.0.send(message).await;
        let outcome = match &sending {
            Sending::Sent { .. } => "sent",
            Sending::Delivered => "delivered",
            Sending::Failed { .. } | Sending::OptedOut { .. } => "failed",
            Sending::Unknown => "unknown",
            Sending::NotNow(_) => "postponed",
        };
        let channel = self.0.channel().as_str();
        metrics::counter!("magiclink_provider_answers_total", "channel" => channel, "outcome" => outcome).increment(1);
        sending
    }

    async fn look_up(&self, message: &Message, since: Timestamp) -> Look {
        self.0.look_up(message, since).await
    }

    async fn check(&self) -> Result<String, String> {
        self.0.check().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use magiclink_domain::id::EventId;

    fn event(kind: &'static str, data: &str) -> NewEvent {
        NewEvent { id: EventId::from_uuid(uuid::Uuid::nil()), kind, data: data.into(), meta: vec![] }
    }

    #[test]
    fn links_redemptions_and_refusals_are_counted_by_outcome() {
        assert_eq!(counted(&event("link.issued.v1", "{}")), Some(("magiclink_links_issued_total", "")));
        assert_eq!(counted(&event("link.redeemed.v2", "{}")), Some(("magiclink_redemptions_total", "signed_in")));
        for (data, outcome) in [(r#"{"why":"expired"}"#, "expired"), (r#"{"why":"<x>"}"#, "refused"), ("[]", "refused")]
        {
            let refused = event("link.redemption_refused.v1", data);
            assert_eq!(counted(&refused), Some(("magiclink_redemptions_total", outcome)), "{data}");
        }
        assert_eq!(counted(&event("contact.added.v1", "{}")), None);
    }

    #[tokio::test]
    async fn a_log_is_unwritable_right_after_an_append_failed_and_a_conflict_is_no_failure() {
        let log = CountedLog::new(magiclink_store::MemoryLog::new(Arc::new(magiclink_store::SystemClock)));
        let stream = StreamName::new("team");
        log.append(&stream, Expected::NoStream, vec![event("team.x.v1", "{}")]).await.unwrap();
        let mut other = event("team.y.v1", "{}");
        other.id = EventId::from_uuid(uuid::Uuid::from_u128(1));
        assert!(log.append(&stream, Expected::NoStream, vec![other]).await.is_err());
        assert!(log.is_writable());
        log.note(&Err(AppendError::Unavailable { source: "disk full".into() }));
        assert!(!log.is_writable());
    }
}
