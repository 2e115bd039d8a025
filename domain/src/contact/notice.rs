//! Notices to the addresses that a contact had: whoever reads there learns that no link comes there any more.
//!
//! Apart from the other rules because a notice goes on by itself, after the change that it tells of.

use std::collections::BTreeMap;

use super::event::{ContactEvent, Details};
use crate::id::NoticeId;
use crate::link::Channel;
use crate::personal::Personal;
use crate::stream::Ctx;
use crate::time::Timestamp;

/// A notice that has not come to an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it travels.
    pub channel: Channel,
    /// The address of before.
    pub to: Personal<String>,
    /// When the address was changed or removed.
    pub changed_at: Timestamp,
    /// How many attempts have begun.
    pub attempts: u32,
    /// Where it stands.
    pub state: NoticeState,
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// To be sent, not before then.
    Waiting(Timestamp),
    /// A worker began to send it then.
    Sending(Timestamp),
}

/// What a worker does with a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeStep {
    /// Begin to send it.
    Attempt,
    /// Try it again later.
    Postpone {
        /// Not before then.
        until: Timestamp,
        /// Why, for programs.
        code: String,
        /// Why, for people.
        words: String,
    },
    /// Leave it at this.
    Settle(NoticeOutcome),
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// The provider took it.
    Sent,
    /// The provider refused it.
    Failed {
        /// The provider's code.
        code: String,
        /// The code in plain words.
        words: String,
    },
    /// The answer was lost: it may have been sent. It is not sent again.
    Unknown,
    /// It must not be sent.
    Cancelled {
        /// The rule, for programs.
        code: String,
        /// The rule, for people.
        words: String,
    },
}

/// Asks for a notice to each address that was there and is another one now, or none.
pub(super) fn requested(old: &Details, new: &Details, ctx: &Ctx) -> Vec<ContactEvent> {
    let email = old.email.as_ref().filter(|_| new.email != old.email).map(|email| (Channel::Email, email.to_string()));
    let phone = old.phone.as_ref().filter(|_| new.phone != old.phone).map(|phone| (Channel::Sms, phone.to_string()));
    let lost = [email, phone].into_iter().flatten().enumerate();
    lost.map(|(nth, (channel, to))| ContactEvent::NoticeRequested {
        notice: ctx.command.notice(nth),
        channel,
        to: Personal::Known(to),
        at: ctx.now,
    })
    .collect()
}

/// What a step makes happen; nothing where the notice has its outcome, or somebody else is at it.
pub(super) fn step(
    notices: &BTreeMap<NoticeId, Notice>, id: NoticeId, step: NoticeStep, now: Timestamp,
) -> Vec<ContactEvent> {
    let Some(notice) = notices.get(&id) else { return vec![] };
    match (step, notice.state) {
        (NoticeStep::Attempt, NoticeState::Waiting(until)) if until <= now => {
            vec![ContactEvent::NoticeAttempted { notice: id, at: now }]
        }
        (NoticeStep::Attempt, NoticeState::Waiting(_) | NoticeState::Sending(_)) => vec![],
        (NoticeStep::Postpone { until, code, words }, NoticeState::Waiting(_) | NoticeState::Sending(_)) => {
            vec![ContactEvent::NoticePostponed { notice: id, until, code, words }]
        }
        (NoticeStep::Settle(outcome), NoticeState::Waiting(_) | NoticeState::Sending(_)) => {
            vec![ContactEvent::NoticeSettled { notice: id, outcome }]
        }
    }
}

pub(super) fn evolve(notices: &mut BTreeMap<NoticeId, Notice>, event: &ContactEvent) {
    match event {
        ContactEvent::NoticeRequested { notice, channel, to, at } => {
            let state = NoticeState::Waiting(*at);
            let requested = Notice { channel: *channel, to: to.clone(), changed_at: *at, attempts: 0, state };
            notices.insert(*notice, requested);
        }
        ContactEvent::NoticeAttempted { notice, at } => {
            if let Some(notice) = notices.get_mut(notice) {
                notice.attempts = notice.attempts.saturating_add(1);
                notice.state = NoticeState::Sending(*at);
            }
        }
        ContactEvent::NoticePostponed { notice, until, .. } => {
            if let Some(notice) = notices.get_mut(notice) {
                notice.state = NoticeState::Waiting(*until);
            }
        }
        ContactEvent::NoticeSettled { notice, .. } => drop(notices.remove(notice)),
        ContactEvent::ContactAdded { .. }
        | ContactEvent::ContactDetailsChanged { .. }
        | ContactEvent::AccessGranted { .. }
        | ContactEvent::AccessRevoked { .. }
        | ContactEvent::AdmissionsRenewed { .. }
        | ContactEvent::PortalPreviewed
        | ContactEvent::SignInDisputed
        | ContactEvent::ErasureRequested
        | ContactEvent::ContactErased => {}
    }
}
