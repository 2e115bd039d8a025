//! From a delivery's events to its row.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::{CancelledWhy, Channel, LinkEvent};
use serde::Serialize;

use crate::projection::{Batch, Entry, Folded, Text};

const REQUEST: &str = "
    insert into deliveries (id, link_id, subject, channel, target, requested_by, requested_at_us, state, attempts,
        attempted_at_us, due_at_us, settled_at_us, code, words, provider_id)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
        value ->> '$[7].state', value ->> '$[7].attempts', value ->> '$[7].attempted_at_us',
        value ->> '$[7].due_at_us', value ->> '$[7].settled_at_us', value ->> '$[7].code', value ->> '$[7].words', value ->> '$[7].provider_id'
    from jsonb_each(?1)";

const CHANGE: &str = "
    update deliveries set
        state = made.value ->> '$[1].state',
        attempts = coalesce(made.value ->> '$[1].attempts', attempts),
        attempted_at_us = coalesce(made.value ->> '$[1].attempted_at_us', attempted_at_us),
        due_at_us = made.value ->> '$[1].due_at_us',
        settled_at_us = made.value ->> '$[1].settled_at_us',
        code = made.value ->> '$[1].code',
        words = made.value ->> '$[1].words',
        provider_id = coalesce(made.value ->> '$[1].provider_id', provider_id)
    from jsonb_each(?1) as made where deliveries.id = made.value ->> 0";

const ERASE: &str = "update deliveries set target = null where subject in (select value from jsonb_each(?1))";

/// Where a delivery stands, as far as the batch says.
#[derive(Clone, Default, Serialize)]
struct Standing<'a> {
    state: &'static str,
    attempts: Option<u32>,
    attempted_at_us: Option<i64>,
    due_at_us: Option<i64>,
    settled_at_us: Option<i64>,
    code: Option<&'a str>,
    words: Option<&'a str>,
    provider_id: Option<&'a str>,
}

impl Standing<'_> {
    /// What the latest event says; what an earlier one said of failing or waiting is over.
    fn turn(&mut self, state: &'static str) {
        let Self { attempts, attempted_at_us, provider_id, .. } = *self;
        *self = Self { state, attempts, attempted_at_us, provider_id, ..Self::default() };
    }

    fn settle(&mut self, state: &'static str, entry: &Entry) {
        self.turn(state);
        self.settled_at_us = Some(entry.at_us());
    }
}

/// What the batch says about one delivery.
#[derive(Default)]
struct Row<'a> {
    requested: Option<(LinkId, Channel, &'a Entry)>,
    state: Standing<'a>,
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<DeliveryId, Row<'_>> = BTreeMap::new();
    for entry in &batch.entries {
        if let Event::Link(link, event) = &entry.event {
            note(&mut rows, entry, *link, event);
        }
    }
    let (mut requested, mut changed) = (vec![], vec![]);
    for (delivery, row) in &rows {
        let Some((link, channel, entry)) = row.requested else {
            changed.push((Text(*delivery), &row.state));
            continue;
        };
        let state = Standing { attempts: row.state.attempts.or(Some(0)), ..row.state.clone() };
        let (target, by) = (entry.sealed.as_deref(), Text(&entry.meta.actor));
        let (id, link, channel) = (Text(*delivery), Text(link), channel.as_str());
        requested.push((id, link, entry.subject(), channel, target, by, entry.at_us(), state));
    }
    let mut folded = Folded::default();
    folded.write(REQUEST, requested)?;
    folded.write(CHANGE, changed)?;
    folded.erase(ERASE, batch)?;
    Ok(folded)
}

fn state<'a, 'b>(rows: &'b mut BTreeMap<DeliveryId, Row<'a>>, delivery: &DeliveryId) -> &'b mut Standing<'a> {
    &mut rows.entry(*delivery).or_default().state
}

fn note<'a>(rows: &mut BTreeMap<DeliveryId, Row<'a>>, entry: &'a Entry, link: LinkId, event: &'a LinkEvent) {
    match event {
        LinkEvent::DeliveryRequested { delivery, channel, .. } => {
            let state = Standing { state: "queued", ..Standing::default() };
            rows.insert(*delivery, Row { requested: Some((link, *channel, entry)), state });
        }
        LinkEvent::DeliveryAttempted { delivery, attempt, at } => {
            let state = state(rows, delivery);
            state.turn("sending");
            state.attempts = Some(*attempt);
            state.attempted_at_us = Some(at.micros());
        }
        LinkEvent::DeliverySent { delivery, provider_id } => {
            let state = state(rows, delivery);
            state.settle("sent", entry);
            state.provider_id = Some(provider_id);
        }
        LinkEvent::DeliveryFailed { delivery, code, words } => {
            let state = state(rows, delivery);
            state.settle("failed", entry);
            (state.code, state.words) = (Some(code.as_str()), Some(words.as_str()));
        }
        LinkEvent::DeliveryConfirmed { delivery } => state(rows, delivery).settle("delivered", entry),
        LinkEvent::DeliveryUnknown { delivery } => state(rows, delivery).settle("maybe_sent", entry),
        LinkEvent::DeliveryPostponed { delivery, until, code, words } => {
            let state = state(rows, delivery);
            state.turn("queued");
            state.due_at_us = Some(until.micros());
            (state.code, state.words) = (Some(code.as_str()), Some(words.as_str()));
        }
        LinkEvent::DeliveryRequeued { delivery } => state(rows, delivery).turn("queued"),
        LinkEvent::DeliveryCancelled { delivery, why } => {
            let state = state(rows, delivery);
            state.settle("cancelled", entry);
            state.words = Some(CancelledWhy::as_str(*why));
        }
        LinkEvent::LinkIssued { .. }
        | LinkEvent::LinkRevealed
        | LinkEvent::WordsTried(_)
        | LinkEvent::LinkOpened { .. }
        | LinkEvent::LinkRedeemed { .. }
        | LinkEvent::RedemptionRefused { .. }
        | LinkEvent::SessionSeen { .. }
        | LinkEvent::SessionEnded { .. }
        | LinkEvent::LinkRevoked { .. } => {}
    }
}
