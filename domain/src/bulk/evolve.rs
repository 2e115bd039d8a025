//! How events change a bulk send's state.

use std::collections::BTreeSet;

use super::event::BulkEvent;
use super::state::{Bulk, BulkState, Ended};

pub(super) fn evolve(state: BulkState, event: &BulkEvent) -> BulkState {
    match (state, event) {
        (_, BulkEvent::BulkStarted(plan)) => BulkState::Started(Box::new(Bulk {
            plan: plan.clone(),
            listed: BTreeSet::new(),
            skipped: BTreeSet::new(),
            paused: false,
            ended: None,
        })),
        (BulkState::Absent, _) => BulkState::Absent,
        (BulkState::Started(mut bulk), event) => {
            change(&mut bulk, event);
            BulkState::Started(bulk)
        }
    }
}

fn change(bulk: &mut Bulk, event: &BulkEvent) {
    match event {
        BulkEvent::BulkStarted(_) => {}
        BulkEvent::RecipientsListed { contacts } => bulk.listed.extend(contacts),
        BulkEvent::RecipientsSkipped { contacts, .. } => bulk.skipped.extend(contacts),
        BulkEvent::BulkPaused => bulk.paused = true,
        BulkEvent::BulkResumed => bulk.paused = false,
        BulkEvent::BulkStopped { why } => bulk.ended = Some(Ended::Stopped(*why)),
        BulkEvent::BulkFinished => bulk.ended = Some(Ended::Finished),
    }
}
