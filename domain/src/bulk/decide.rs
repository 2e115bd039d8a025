//! The rules of a bulk send.

use std::collections::{BTreeMap, BTreeSet};

use super::CHUNK;
use super::command::BulkCommand;
use super::event::{BulkEvent, Plan, StoppedWhy};
use super::state::{Bulk, BulkState, BulkStatus, Ended};
use crate::id::ContactId;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::value::InvalidValue;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// [`Rejection::Invalid`], [`Rejection::NobodyToSendTo`], [`Rejection::BulkNotFound`] or [`Rejection::BulkEnded`].
pub fn decide(state: &BulkState, command: BulkCommand, _: &Ctx) -> Result<Vec<BulkEvent>, Rejection> {
    match (state, command) {
        (BulkState::Absent, BulkCommand::StartBulkSend(plan)) => start(plan),
        (BulkState::Absent, _) => Err(Rejection::BulkNotFound),
        (BulkState::Started(bulk), command) => change(bulk, command),
    }
}

fn start(plan: Plan) -> Result<Vec<BulkEvent>, Rejection> {
    let by_tag = plan.words.as_ref().and_then(|words| words.known()).is_some_and(|words| words.tag.is_some());
    if plan.segment.is_everybody() && !by_tag {
        return Err(
            InvalidValue::new("segment", "name who is meant: never signed in, unused, an offering or a tag").into()
        );
    }
    if plan.channels.is_empty() {
        return Err(InvalidValue::new("send", "name at least one channel: email, sms or both").into());
    }
    if plan.messages == 0 { Err(Rejection::NobodyToSendTo) } else { Ok(vec![BulkEvent::BulkStarted(plan)]) }
}

fn change(bulk: &Bulk, command: BulkCommand) -> Result<Vec<BulkEvent>, Rejection> {
    match command {
        BulkCommand::StartBulkSend(_) => Ok(vec![]),
        BulkCommand::ListRecipients { recipients, refused } => list(bulk, &recipients, refused),
        BulkCommand::SkipRecipients(refused) => {
            let awaited = refused.into_iter().filter(|(contact, _)| bulk.awaits(*contact)).collect();
            Ok(if bulk.ended.is_some() { vec![] } else { skips(awaited) })
        }
        BulkCommand::PauseBulkSend => {
            going(bulk)?;
            Ok(if bulk.paused { vec![] } else { vec![BulkEvent::BulkPaused] })
        }
        BulkCommand::ResumeBulkSend => {
            going(bulk)?;
            Ok(if bulk.paused { vec![BulkEvent::BulkResumed] } else { vec![] })
        }
        BulkCommand::StopBulkSend(why) => stop(bulk, why),
        BulkCommand::FinishBulkSend => {
            Ok(if bulk.status() == BulkStatus::Running { vec![BulkEvent::BulkFinished] } else { vec![] })
        }
    }
}

fn going(bulk: &Bulk) -> Result<(), Rejection> {
    if bulk.ended.is_some() { Err(Rejection::BulkEnded) } else { Ok(()) }
}

/// Never more than was confirmed.
fn list(bulk: &Bulk, recipients: &[ContactId], refused: Vec<(ContactId, String)>) -> Result<Vec<BulkEvent>, Rejection> {
    going(bulk)?;
    let mut seen: BTreeSet<ContactId> = bulk.listed.union(&bulk.skipped).copied().collect();
    let refused: Vec<_> = refused.into_iter().filter(|(contact, _)| seen.insert(*contact)).collect();
    let room = (bulk.plan.messages as usize).saturating_sub(bulk.listed.len());
    let fresh: Vec<ContactId> = recipients.iter().copied().filter(|contact| seen.insert(*contact)).take(room).collect();
    let mut events = skips(refused);
    events.extend(fresh.chunks(CHUNK).map(|chunk| BulkEvent::RecipientsListed { contacts: chunk.to_vec() }));
    Ok(events)
}

fn skips(refused: Vec<(ContactId, String)>) -> Vec<BulkEvent> {
    let mut by_code: BTreeMap<String, Vec<ContactId>> = BTreeMap::new();
    for (contact, code) in refused {
        by_code.entry(code).or_default().push(contact);
    }
    let event = |code: &str, chunk: &[ContactId]| BulkEvent::RecipientsSkipped {
        code: code.to_owned(),
        contacts: chunk.to_vec(),
    };
    by_code.iter().flat_map(|(code, contacts)| contacts.chunks(CHUNK).map(|chunk| event(code, chunk))).collect()
}

fn stop(bulk: &Bulk, why: StoppedWhy) -> Result<Vec<BulkEvent>, Rejection> {
    match bulk.ended {
        None => Ok(vec![BulkEvent::BulkStopped { why }]),
        Some(Ended::Stopped(_)) => Ok(vec![]),
        Some(Ended::Finished) => Err(Rejection::BulkEnded),
    }
}
