//! The rules of sending a link.

use super::live;
use crate::id::DeliveryId;
use crate::link::command::Outcome;
use crate::link::event::LinkEvent;
use crate::link::parts::{CancelledWhy, Channel};
use crate::link::state::{Delivery, DeliveryState, Link};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::time::Timestamp;

pub(super) fn request(
    link: &Link, delivery: DeliveryId, channel: Channel, to: String, now: Timestamp,
) -> Result<Vec<LinkEvent>, Rejection> {
    if link.deliveries.contains_key(&delivery) {
        return Ok(vec![]);
    }
    live(link, now)?;
    Ok(vec![LinkEvent::DeliveryRequested { delivery, channel, to: Personal::Known(to) }])
}

/// The attempt is the worker's lease: only the worker that saw the latest attempt may begin the next.
pub(super) fn attempt(
    link: &Link, delivery: DeliveryId, seen: u32, now: Timestamp,
) -> Result<Vec<LinkEvent>, Rejection> {
    let current = known(link, delivery)?;
    live(link, now)?;
    let due = match current.state {
        DeliveryState::Queued => true,
        DeliveryState::Postponed(until) => now >= until,
        DeliveryState::Sending(_)
        | DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Failed
        | DeliveryState::MaybeSent
        | DeliveryState::Cancelled(_) => false,
    };
    Ok(if due && current.attempts == seen {
        vec![LinkEvent::DeliveryAttempted { delivery, attempt: seen.saturating_add(1), at: now }]
    } else {
        vec![]
    })
}

/// Reports come late, twice and out of order: a delivery never goes backwards, and its first end stays.
pub(super) fn record(link: &Link, delivery: DeliveryId, outcome: Outcome) -> Result<Vec<LinkEvent>, Rejection> {
    let state = &known(link, delivery)?.state;
    let under_way = matches!(state, DeliveryState::Sending(_));
    // Also while it waits: an earlier attempt may have got through after all.
    let may_be_sent = under_way || state.is_waiting() || matches!(state, DeliveryState::MaybeSent);
    let may_end = may_be_sent || matches!(state, DeliveryState::Sent);
    Ok(match outcome {
        Outcome::Sent { provider_id } if may_be_sent => vec![LinkEvent::DeliverySent { delivery, provider_id }],
        Outcome::Delivered if may_end => vec![LinkEvent::DeliveryConfirmed { delivery }],
        Outcome::Failed { code, words } if may_end => vec![LinkEvent::DeliveryFailed { delivery, code, words }],
        Outcome::Unknown if under_way => vec![LinkEvent::DeliveryUnknown { delivery }],
        Outcome::Postponed { until, code, words } if under_way => {
            vec![LinkEvent::DeliveryPostponed { delivery, until, code, words }]
        }
        Outcome::Sent { .. }
        | Outcome::Delivered
        | Outcome::Failed { .. }
        | Outcome::Unknown
        | Outcome::Postponed { .. } => vec![],
    })
}

/// *Send again*: the same delivery, so that whoever keeps count of messages recognises it.
pub(super) fn retry(link: &Link, delivery: DeliveryId, now: Timestamp) -> Result<Vec<LinkEvent>, Rejection> {
    let current = known(link, delivery)?;
    live(link, now)?;
    match current.state {
        DeliveryState::Failed
        | DeliveryState::MaybeSent
        | DeliveryState::Postponed(_)
        | DeliveryState::Cancelled(_) => Ok(vec![LinkEvent::DeliveryRequeued { delivery }]),
        DeliveryState::Queued => Ok(vec![]),
        DeliveryState::Sending(_) | DeliveryState::Sent | DeliveryState::Delivered => Err(Rejection::DeliveryUnderWay),
    }
}

/// Only what waits can be put off, and only to a later instant.
pub(super) fn postpone(
    link: &Link, delivery: DeliveryId, until: Timestamp, code: String, words: String,
) -> Result<Vec<LinkEvent>, Rejection> {
    let later = match known(link, delivery)?.state {
        DeliveryState::Queued => true,
        DeliveryState::Postponed(due) => due < until,
        DeliveryState::Sending(_)
        | DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Failed
        | DeliveryState::MaybeSent
        | DeliveryState::Cancelled(_) => false,
    };
    Ok(if later { vec![LinkEvent::DeliveryPostponed { delivery, until, code, words }] } else { vec![] })
}

/// Only what waits can be called off: an attempt under way may get through.
pub(super) fn cancel(link: &Link, delivery: DeliveryId, why: CancelledWhy) -> Result<Vec<LinkEvent>, Rejection> {
    let waiting = known(link, delivery)?.state.is_waiting();
    Ok(if waiting { vec![LinkEvent::DeliveryCancelled { delivery, why }] } else { vec![] })
}

fn known(link: &Link, delivery: DeliveryId) -> Result<&Delivery, Rejection> {
    link.deliveries.get(&delivery).ok_or(Rejection::DeliveryNotFound)
}
