//! How events change a link's state.

use std::collections::{BTreeMap, BTreeSet};

use super::event::LinkEvent;
use super::state::{Delivery, DeliveryState, Link, LinkState, Use};
use crate::id::DeliveryId;

pub(super) fn evolve(state: LinkState, event: &LinkEvent) -> LinkState {
    if let LinkEvent::LinkIssued { subject, destination, kind, expires_at, max_uses, key, browser, reason: _ } = event {
        return LinkState::Issued(Box::new(Link {
            subject: *subject,
            destination: destination.clone(),
            kind: *kind,
            expires_at: *expires_at,
            max_uses: *max_uses,
            key: *key,
            browser: *browser,
            trial: None,
            revoked: None,
            uses: vec![],
            refusals: BTreeMap::new(),
            opened_by: BTreeSet::new(),
            deliveries: BTreeMap::new(),
        }));
    }
    match state {
        LinkState::Absent => LinkState::Absent,
        LinkState::Issued(mut link) => {
            change(&mut link, event);
            LinkState::Issued(link)
        }
    }
}

fn change(link: &mut Link, event: &LinkEvent) {
    match event {
        LinkEvent::LinkIssued { .. } | LinkEvent::LinkRevealed => {}
        LinkEvent::WordsTried(trial) => link.trial = Some(Box::new(trial.clone())),
        LinkEvent::DeliveryRequested { delivery, channel, to } => {
            let new = Delivery {
                channel: *channel,
                to: to.clone(),
                state: DeliveryState::Queued,
                attempts: 0,
                first_attempt_at: None,
            };
            link.deliveries.insert(*delivery, new);
        }
        LinkEvent::DeliveryAttempted { delivery, attempt, at } => {
            if let Some(delivery) = link.deliveries.get_mut(delivery) {
                delivery.state = DeliveryState::Sending(*at);
                delivery.attempts = *attempt;
                delivery.first_attempt_at.get_or_insert(*at);
            }
        }
        LinkEvent::DeliverySent { delivery, .. } => settle(link, *delivery, DeliveryState::Sent),
        LinkEvent::DeliveryConfirmed { delivery } => settle(link, *delivery, DeliveryState::Delivered),
        LinkEvent::DeliveryPostponed { delivery, until, .. } => {
            settle(link, *delivery, DeliveryState::Postponed(*until));
        }
        LinkEvent::DeliveryRequeued { delivery } => settle(link, *delivery, DeliveryState::Queued),
        LinkEvent::DeliveryFailed { delivery, .. } => settle(link, *delivery, DeliveryState::Failed),
        LinkEvent::DeliveryUnknown { delivery } => settle(link, *delivery, DeliveryState::MaybeSent),
        LinkEvent::DeliveryCancelled { delivery, why } => settle(link, *delivery, DeliveryState::Cancelled(*why)),
        LinkEvent::LinkOpened { by, .. } => drop(link.opened_by.insert(*by)),
        LinkEvent::LinkRedeemed { nonce, admission, at, limits, .. } => link.uses.push(Use {
            nonce: *nonce,
            admission: *admission,
            at: *at,
            limits: *limits,
            seen_at: *at,
            ended: None,
        }),
        LinkEvent::RedemptionRefused { why, .. } => {
            let noted = link.refusals.entry(*why).or_default();
            *noted = noted.saturating_add(1);
        }
        LinkEvent::SessionSeen { use_number, at } => {
            if let Some(session) = session(link, *use_number) {
                session.seen_at = *at;
            }
        }
        LinkEvent::SessionEnded { use_number, why } => {
            if let Some(session) = session(link, *use_number) {
                session.ended.get_or_insert(*why);
            }
        }
        LinkEvent::LinkRevoked { why, .. } => drop(link.revoked.get_or_insert(*why)),
    }
}

fn settle(link: &mut Link, delivery: DeliveryId, state: DeliveryState) {
    if let Some(delivery) = link.deliveries.get_mut(&delivery) {
        delivery.state = state;
    }
}

fn session(link: &mut Link, use_number: u8) -> Option<&mut Use> {
    link.uses.get_mut(usize::from(use_number).checked_sub(1)?)
}
