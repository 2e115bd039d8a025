//! What happened to a link, in the words of the login history.

use magiclink_domain::link::{Client, LinkEvent};
use magiclink_domain::personal::Personal;
use magiclink_domain::usecases::{TimelineEntry, TimelineEvent};
use magiclink_domain::value::Reason;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::fields::Time;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-05-01T15:04:05Z", "event": "redeemed", "actor": "contact:6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d",
    "origin": "self-service", "detail": {"method": "link", "session": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0.1",
        "ip": "203.0.113.7", "user_agent": "Mozilla/5.0"}
}))]
pub(crate) struct TimelineItem {
    /// When.
    at: Time,
    /// What: `issued`, `revealed`, `delivery_requested`, `attempted`, `sent`, `delivered`, `postponed`, `requeued`, `failed`, `maybe_sent`, `cancelled`,
    /// `opened`, `redeemed`, `refused`, `session_seen`, `session_ended` or `revoked`.
    event: &'static str,
    /// Who, such as `token:<id>`, `staff:<id>`, `contact:<id>` or `system`.
    actor: String,
    /// Through which door.
    origin: &'static str,
    /// How and why.
    #[schema(value_type = Object)]
    detail: Value,
}

impl From<&TimelineEntry> for TimelineItem {
    fn from(entry: &TimelineEntry) -> Self {
        let (event, detail) = match &entry.event {
            TimelineEvent::Link(event) => told(event),
            // Of a contact's stream, which this timeline does not read.
            TimelineEvent::Contact(_) => ("contact", json!({})),
        };
        Self {
            at: Time(entry.meta.at),
            event,
            actor: entry.meta.actor.to_string(),
            origin: entry.meta.origin.as_str(),
            detail,
        }
    }
}

fn told(event: &LinkEvent) -> (&'static str, Value) {
    match event {
        LinkEvent::LinkIssued { destination, kind, expires_at, max_uses, reason, .. } => (
            "issued",
            json!({
                "destination": destination.as_str(), "kind": kind.as_str(), "expires_at": expires_at.to_string(),
                "max_uses": max_uses, "reason": words(reason.as_ref())
            }),
        ),
        LinkEvent::WordsTried(trial) => {
            ("words_tried", json!({"channel": trial.channel.as_str(), "locale": trial.locale.as_str()}))
        }
        LinkEvent::LinkRevealed => ("revealed", json!({})),
        LinkEvent::LinkOpened { by, client } => ("opened", from(json!({"by": by.as_str()}), client)),
        LinkEvent::LinkRedeemed { use_number, method, client, beside, .. } => (
            "redeemed",
            from(
                json!({
                    "method": method.as_str(), "use": use_number,
                    "beside": beside.map(|staff| format!("staff:{staff}"))
                }),
                client,
            ),
        ),
        LinkEvent::RedemptionRefused { why, client } => ("refused", from(json!({"why": why.as_str()}), client)),
        LinkEvent::SessionSeen { use_number, at } => {
            ("session_seen", json!({"use": use_number, "seen_at": at.to_string()}))
        }
        LinkEvent::SessionEnded { use_number, why } => {
            ("session_ended", json!({"use": use_number, "why": why.as_str()}))
        }
        LinkEvent::LinkRevoked { why, reason } => {
            ("revoked", json!({"why": why.as_str(), "reason": words(reason.as_ref())}))
        }
        LinkEvent::DeliveryRequested { .. }
        | LinkEvent::DeliveryAttempted { .. }
        | LinkEvent::DeliverySent { .. }
        | LinkEvent::DeliveryFailed { .. }
        | LinkEvent::DeliveryConfirmed { .. }
        | LinkEvent::DeliveryPostponed { .. }
        | LinkEvent::DeliveryRequeued { .. }
        | LinkEvent::DeliveryUnknown { .. }
        | LinkEvent::DeliveryCancelled { .. } => told_of_delivery(event),
    }
}

fn told_of_delivery(event: &LinkEvent) -> (&'static str, Value) {
    match event {
        LinkEvent::DeliveryRequested { delivery, channel, to } => (
            "delivery_requested",
            json!({"delivery": delivery.to_string(), "channel": channel.as_str(), "to": to.known()}),
        ),
        LinkEvent::DeliveryAttempted { delivery, attempt, .. } => {
            ("attempted", json!({"delivery": delivery.to_string(), "attempt": attempt}))
        }
        LinkEvent::DeliverySent { delivery, .. } => ("sent", json!({"delivery": delivery.to_string()})),
        LinkEvent::DeliveryFailed { delivery, code, words } => {
            ("failed", json!({"delivery": delivery.to_string(), "code": code, "words": words}))
        }
        LinkEvent::DeliveryConfirmed { delivery } => ("delivered", json!({"delivery": delivery.to_string()})),
        LinkEvent::DeliveryPostponed { delivery, until, code, words } => (
            "postponed",
            json!({"delivery": delivery.to_string(), "until": until.to_string(), "code": code, "words": words}),
        ),
        LinkEvent::DeliveryRequeued { delivery } => ("requeued", json!({"delivery": delivery.to_string()})),
        LinkEvent::DeliveryUnknown { delivery } => ("maybe_sent", json!({"delivery": delivery.to_string()})),
        LinkEvent::DeliveryCancelled { delivery, why } => {
            ("cancelled", json!({"delivery": delivery.to_string(), "why": why.as_str()}))
        }
        LinkEvent::LinkIssued { .. }
        | LinkEvent::LinkRevealed
        | LinkEvent::WordsTried(_)
        | LinkEvent::LinkOpened { .. }
        | LinkEvent::LinkRedeemed { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. }
        | LinkEvent::LinkRevoked { .. } => told(event),
    }
}

/// Staff's words; null where there are none, or none any more.
fn words(reason: Option<&Personal<Reason>>) -> Option<&str> {
    reason.and_then(Personal::known).map(Reason::as_str)
}

/// Adds the browser that it came from.
fn from(mut detail: Value, client: &Personal<Client>) -> Value {
    if let (Some(detail), Some(client)) = (detail.as_object_mut(), client.known()) {
        detail.insert("ip".to_owned(), json!(client.ip.map(|ip| ip.to_string())));
        detail.insert("user_agent".to_owned(), json!(client.user_agent));
    }
    detail
}
