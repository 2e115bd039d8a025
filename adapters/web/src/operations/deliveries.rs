//! What is counted of deliveries: how they turn out, per channel, and how long they take.
//!
//! Apart from the counted log because an event after the first names its delivery alone: the channel is remembered, or
//! read from the link's stream.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use magiclink_domain::link::Channel;
use magiclink_domain::log::{EventStore, Metadata, NewEvent, StreamName};
use magiclink_domain::time::Timestamp;
use serde::Deserialize;

/// Deliveries that are under way, as far as this node remembers them.
#[derive(Default)]
pub(super) struct Deliveries(Mutex<HashMap<String, Request>>);

/// What the first event of a delivery says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Request {
    channel: Channel,
    at: Timestamp,
}

/// One turn of one delivery.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Turn {
    delivery: String,
    outcome: &'static str,
    /// Of a failure.
    class: Option<String>,
    at: Timestamp,
    /// Of a request.
    channel: Option<Channel>,
}

/// Deliveries remembered at most; what is forgotten is read again.
const MOST: usize = 10_000;
/// Events of a link's stream that are read for a forgotten one.
const PAGE: usize = 500;

#[derive(Deserialize)]
struct Data {
    delivery: String,
    channel: Option<String>,
    code: Option<String>,
}

/// What an event says of a delivery, if it is about one.
pub(super) fn turn(kind: &str, data: &[u8], meta: &[u8]) -> Option<Turn> {
    let outcome = match kind.split_once(".v").map_or(kind, |(kind, _)| kind) {
        "link.delivery_requested" => "requested",
        "link.delivery_attempted" => "attempted",
        "link.delivery_sent" => "sent",
        "link.delivery_confirmed" => "confirmed",
        "link.delivery_failed" => "failed",
        "link.delivery_postponed" => "postponed",
        "link.delivery_unknown" => "maybe_sent",
        "link.delivery_requeued" => "requeued",
        "link.delivery_cancelled" => "cancelled",
        _ => return None,
    };
    let data: Data = serde_json::from_slice(data).ok()?;
    let class = data.code.as_deref().filter(|_| outcome == "failed").map(class);
    let channel = data.channel.as_deref().and_then(Channel::from_word);
    let at = Metadata::decode(meta).map(|meta| meta.at).unwrap_or_default();
    Some(Turn { delivery: data.delivery, outcome, class, at, channel })
}

/// A provider's code without its last digits, so that there are few: `30xxx`, `5xx`; `other` where it is no such number.
fn class(code: &str) -> String {
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    match (code.len(), code.get(..2), code.get(..1)) {
        (5, Some(first), _) if digits => format!("{first}xxx"),
        (3, _, Some(first)) if digits => format!("{first}xx"),
        _ => "other".to_owned(),
    }
}

impl Deliveries {
    /// Counts what was appended to a stream.
    pub(super) async fn count(&self, log: &dyn EventStore, stream: &StreamName, turns: Vec<Turn>) {
        for turn in turns {
            let known = match turn.channel {
                Some(channel) => Some(self.keep(&turn.delivery, Request { channel, at: turn.at })),
                None => self.known(log, stream, &turn.delivery).await,
            };
            let Some(request) = known else { continue };
            let channel = request.channel.as_str();
            let class = turn.class.unwrap_or_default();
            metrics::counter!(
                "magiclink_deliveries_total", "channel" => channel, "outcome" => turn.outcome, "class" => class
            )
            .increment(1);
            if turn.outcome == "sent" {
                let micros = u32::try_from(turn.at.micros().saturating_sub(request.at.micros()) / 1_000);
                let seconds = f64::from(micros.unwrap_or(u32::MAX)) / 1_000.0;
                metrics::histogram!("magiclink_delivery_seconds", "channel" => channel).record(seconds);
            }
        }
    }

    fn keep(&self, delivery: &str, request: Request) -> Request {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(delivery.to_owned(), request);
        request
    }

    async fn known(&self, log: &dyn EventStore, stream: &StreamName, delivery: &str) -> Option<Request> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(delivery).copied();
        if known.is_some() {
            return known;
        }
        let events = log.read_stream(stream, 0, PAGE).await.ok()?;
        let mut turns = events.iter().filter_map(|event| turn(&event.kind, &event.data, &event.meta));
        let first = turns.find(|turn| turn.delivery == delivery && turn.channel.is_some())?;
        first.channel.map(|channel| self.keep(delivery, Request { channel, at: first.at }))
    }
}

/// What events that are about to be appended say of deliveries.
pub(super) fn turns(events: &[NewEvent]) -> Vec<Turn> {
    events.iter().filter_map(|event| turn(event.kind, &event.data, &event.meta)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted_by_their_class() {
        let classes = ["30006", "21610", "550", "421", "country_not_allowed", "", "1234", "3000x", "٣٠٠"].map(class);
        assert_eq!(classes, ["30xxx", "21xxx", "5xx", "4xx", "other", "other", "other", "other", "other"]);
    }

    #[test]
    fn every_event_of_a_delivery_is_an_outcome_and_no_other_event_is() {
        let data = br#"{"delivery":"d","code":"30006","words":"w"}"#;
        let outcome = |kind| turn(kind, data, b"").map(|turn| (turn.outcome, turn.class));
        assert_eq!(outcome("link.delivery_failed.v1"), Some(("failed", Some("30xxx".to_owned()))));
        assert_eq!(outcome("link.delivery_postponed.v1"), Some(("postponed", None)));
        assert_eq!(outcome("link.delivery_unknown.v1"), Some(("maybe_sent", None)));
        assert_eq!(outcome("link.issued.v1"), None);
        let requested = turn("link.delivery_requested.v1", br#"{"delivery":"d","channel":"sms"}"#, b"").unwrap();
        assert_eq!((requested.outcome, requested.channel), ("requested", Some(Channel::Sms)));
    }
}
