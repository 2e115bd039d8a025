//! Notices to addresses that contacts had: the steps that the worker takes.
//!
//! Apart from the deliveries because a notice belongs to the contact and carries no link.

use super::UseCases;
use super::cache::Acted;
use super::caller::Caller;
use super::failure::Failure;
use super::sms::Wait;
use crate::contact::{
    self, Contact, ContactCommand, ContactState, ContactStream, Notice, NoticeOutcome, NoticeState, NoticeStep,
};
use crate::id::{CommandId, ContactId, DeliveryId, NoticeId};
use crate::link::Channel;
use crate::message::{Message, notice};
use crate::number::NumberCommand;
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};
use crate::value::PhoneNumber;

/// A notice that could not be sent for so long is news no more.
const WORTH: Lifetime = Lifetime::from_days(3);

/// What the worker finds when it looks at a notice.
#[derive(Debug)]
pub(crate) enum NoticeReady {
    /// Send this message; `seen` attempts have begun before.
    Send { message: Message, seen: u32 },
    /// It must not be sent.
    Cancel(Rejection),
    /// It could not be sent in time.
    Late,
    /// Not yet: a budget of text messages is used up.
    Wait(Wait),
    /// A worker began to send it then, and has said nothing since.
    Sending(Timestamp),
    /// There is nothing to do.
    Nothing,
}

impl UseCases {
    /// Looks at a notice right before sending: the rules for its channel and number are asked now.
    pub(crate) async fn notice_ready(&self, contact: ContactId, id: NoticeId) -> Result<NoticeReady, Failure> {
        let loaded = self.contact(contact).await?;
        let ContactState::Present(contact) = &loaded.state else { return Ok(NoticeReady::Nothing) };
        let Some(notice) = contact.notices.get(&id) else { return Ok(NoticeReady::Nothing) };
        match notice.state {
            NoticeState::Sending(at) => return Ok(NoticeReady::Sending(at)),
            NoticeState::Waiting(until) if until > self.now() => return Ok(NoticeReady::Nothing),
            NoticeState::Waiting(_) => {}
        }
        let Some(to) = notice.to.known() else { return Ok(NoticeReady::Nothing) };
        if notice.changed_at.plus(WORTH) <= self.now() {
            return Ok(NoticeReady::Late);
        }
        if let Err(no) = self.may_notify(notice.channel, to).await? {
            return Ok(NoticeReady::Cancel(no));
        }
        if notice.channel == Channel::Sms
            && notice.attempts == 0
            && let Err(wait) = self.take_sms(&PhoneNumber::stored(to.clone())).await?
        {
            return Ok(NoticeReady::Wait(wait));
        }
        Ok(NoticeReady::Send { message: self.notice_message(contact, id, notice, to), seen: notice.attempts })
    }

    /// Whether a message may go to an address that a contact had.
    async fn may_notify(&self, channel: Channel, to: &str) -> Result<Result<(), Rejection>, Failure> {
        if !self.policy.channels.contains(&channel) {
            return Ok(Err(Rejection::ChannelNotConfigured(channel)));
        }
        if channel == Channel::Email {
            return Ok(Ok(()));
        }
        let phone = PhoneNumber::stored(to.to_owned());
        Ok(if self.is_opted_out(&phone).await? { Err(Rejection::SmsOptedOut) } else { self.may_text(&phone) })
    }

    fn notice_message(&self, contact: &Contact, id: NoticeId, notice: &Notice, to: &str) -> Message {
        let change = notice::Change {
            portal: &self.policy.portal_name,
            at: notice.changed_at,
            zone: self.policy.time_zone,
            support: self.policy.support_contact.as_deref(),
        };
        let own = contact.details.known().and_then(|details| details.locale.as_ref());
        let written = notice::written(notice.channel, change, own.into_iter().chain([&self.policy.locale]));
        Message {
            delivery: DeliveryId::from_uuid(id.uuid()),
            link: None,
            channel: notice.channel,
            to: to.to_owned(),
            subject: written.subject,
            paragraphs: written.paragraphs,
            language: written.language.to_string(),
            valid_for: WORTH,
        }
    }

    /// Takes the lease for the next attempt. `false` = another worker has it, or there is nothing to do.
    pub(crate) async fn attempt_notice(&self, contact: ContactId, notice: NoticeId) -> Result<bool, Failure> {
        self.serve_notice(contact, notice, NoticeStep::Attempt).await
    }

    /// Notes that a notice is tried again later.
    pub(crate) async fn postpone_notice(
        &self, contact: ContactId, notice: NoticeId, wait: (Timestamp, String, String),
    ) -> Result<(), Failure> {
        let (until, code, words) = wait;
        self.serve_notice(contact, notice, NoticeStep::Postpone { until, code, words }).await.map(drop)
    }

    /// Notes what became of a notice.
    pub(crate) async fn settle_notice(
        &self, contact: ContactId, notice: NoticeId, outcome: NoticeOutcome,
    ) -> Result<(), Failure> {
        self.serve_notice(contact, notice, NoticeStep::Settle(outcome)).await.map(drop)
    }

    /// Opts out the number that the notice was for, before its failure is noted.
    pub(crate) async fn opt_out_of_notice(&self, contact: ContactId, id: NoticeId) -> Result<(), Failure> {
        let loaded = self.contact(contact).await?;
        let Some(notice) = loaded.state.present().and_then(|contact| contact.notices.get(&id)) else { return Ok(()) };
        let (Channel::Sms, Some(to)) = (notice.channel, notice.to.known()) else { return Ok(()) };
        let attempt = format!("{id} {}", notice.attempts);
        let command = CommandId::derive("sms", "opted out at the provider", &attempt);
        self.turn(command, &PhoneNumber::stored(to.clone()), NumberCommand::OptOutOfSms).await
    }

    /// Whether this very step was taken: after a lost answer, somebody else may have taken it instead.
    async fn serve_notice(&self, id: ContactId, notice: NoticeId, step: NoticeStep) -> Result<bool, Failure> {
        // Random: the same worker may try for the same lease twice, and only an append wins it.
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        let handled = self
            .handle::<ContactStream>(&ContactStream::name(id), &caller, Some(id.into()), |state, ctx| {
                contact::decide(state, ContactCommand::ServeNotice { notice, step: step.clone() }, ctx)
            })
            .await?;
        Ok(handled.loaded.acted(caller.command, caller.fingerprint) == Acted::Same)
    }
}
