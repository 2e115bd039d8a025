//! Bulk sending: who is meant, what it would come to, and starting, pausing, resuming and stopping it.
//!
//! Apart from single links because here one decision stands behind thousands of messages: it is shown before it is made,
//! and fixed when it is made.

mod rehearse;
mod work;

pub use rehearse::{BulkPreview, Refused};
pub(crate) use work::Worked;

use std::sync::Arc;

use super::UseCases;
use super::cache::{Acted, Loaded};
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::bulk::{self, Bulk, BulkCommand, BulkStream, CHUNK, Plan, Segment, StoppedWhy, Words};
use crate::id::{BulkId, CommandId, ContactId};
use crate::link::{Channel, Destination};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::time::Lifetime;
use crate::value::{Reason, Tag};

/// What staff ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkRequest {
    /// Who is meant.
    pub segment: Segment,
    /// Only those with this tag.
    pub tag: Option<Tag>,
    /// Over which channel each is written to: the first that reaches them.
    pub channels: Vec<Channel>,
    /// How long each link lives; `None` = the preset `welcome`.
    pub lifetime: Option<Lifetime>,
    /// Why.
    pub reason: Option<Reason>,
}

impl BulkRequest {
    fn lifetime(&self) -> Lifetime {
        self.lifetime.unwrap_or(Lifetime::WELCOME)
    }

    fn plan(&self, messages: u32) -> Plan {
        let words = Words { tag: self.tag.clone(), reason: self.reason.clone() };
        Plan {
            segment: self.segment.clone(),
            channels: self.channels.clone(),
            lifetime: self.lifetime(),
            destination: Destination::Home,
            messages,
            words: (words != Words::default()).then_some(Personal::Known(words)),
        }
    }
}

/// Contacts listed in one append, beside those refused: well within the log's limits.
const AT_ONCE: usize = 8 * CHUNK;

impl UseCases {
    /// Starts a bulk send; the policy makes the links and has them sent. `confirmed` is the number of messages that was
    /// shown: fewer may be sent, never more. Who gets one is fixed from now on.
    ///
    /// # Errors
    /// `forbidden`, `confirmation_required`, `invalid_field`, `nobody_to_send_to`, `count_changed`,
    /// `channel_not_configured`, `expires_in_too_long`, `reason_required`, `issuing_stopped`, `offering_not_found`.
    pub async fn start_bulk_send(
        &self, caller: &Caller, request: &BulkRequest, confirmed: u32,
    ) -> Result<Done<BulkId>, Failure> {
        caller.may(Act::BulkSend, self.now())?;
        let id = caller.command.bulk();
        let before = self.load::<BulkStream>(&BulkStream::name(id)).await?;
        match before.acted(caller.command, caller.fingerprint) {
            Acted::Otherwise => return Err(Rejection::IdempotencyKeyReused.into()),
            Acted::Same => return Ok(Done { value: id, position: None }),
            Acted::No => {}
        }
        self.bulk_allowed(caller, request).await?;
        let sorted = self.sort(caller, request).await?;
        let now = sorted.preview.messages();
        if now > confirmed {
            return Err(Rejection::CountChanged { confirmed, now }.into());
        }
        let caller = Caller { correlation: id.into(), ..caller.clone() };
        let started = self.bulk_command(&caller, id, BulkCommand::StartBulkSend(request.plan(now))).await?;
        let mut last = started.position;
        let mut refused = sorted.refused.chunks(AT_ONCE);
        let mut recipients = sorted.recipients.chunks(AT_ONCE);
        // Those refused come first: once everybody is listed, nobody else can be meant.
        for nth in 0_usize.. {
            let command = match refused.next() {
                Some(refused) => BulkCommand::ListRecipients { recipients: vec![], refused: refused.to_vec() },
                None => match recipients.next() {
                    Some(recipients) => {
                        BulkCommand::ListRecipients { recipients: recipients.to_vec(), refused: vec![] }
                    }
                    None => break,
                },
            };
            let part =
                Caller { fingerprint: None, ..caller.with_command(caller.command.entails(&format!("list {nth}"))) };
            last = self.bulk_command(&part, id, command).await?.position.or(last);
        }
        Ok(Done { value: id, position: last })
    }

    /// What would stop the whole, whoever is meant.
    async fn bulk_allowed(&self, caller: &Caller, request: &BulkRequest) -> Result<(), Failure> {
        if self.settings_now().await?.issuing_stopped {
            return Err(Rejection::IssuingStopped.into());
        }
        self.lifetime_allowed(caller, request.lifetime(), self.now())?;
        if self.policy.require_reason && request.reason.is_none() {
            return Err(Rejection::ReasonRequired.into());
        }
        if let Some(channel) = request.channels.iter().find(|channel| !self.policy.channels.contains(channel)) {
            return Err(Rejection::ChannelNotConfigured(*channel).into());
        }
        if let Some(offering) = &request.segment.offering {
            self.offering_now(offering).await?;
        }
        Ok(())
    }

    /// Sends no more until resumed. Whoever may make links may pause: it does no harm.
    ///
    /// # Errors
    /// `not_found`, `bulk_ended`, `forbidden`.
    pub async fn pause_bulk_send(&self, caller: &Caller, bulk: BulkId) -> Result<Done<()>, Failure> {
        caller.may(Act::ManageLinks, self.now())?;
        self.bulk_command(caller, bulk, BulkCommand::PauseBulkSend).await
    }

    /// Goes on.
    ///
    /// # Errors
    /// `not_found`, `bulk_ended`, `forbidden`, `confirmation_required`.
    pub async fn resume_bulk_send(&self, caller: &Caller, bulk: BulkId) -> Result<Done<()>, Failure> {
        caller.may(Act::BulkSend, self.now())?;
        self.bulk_command(caller, bulk, BulkCommand::ResumeBulkSend).await
    }

    /// Sends no more, for good. What waits for the provider already still goes out.
    ///
    /// # Errors
    /// `not_found`, `bulk_ended`, `forbidden`.
    pub async fn stop_bulk_send(&self, caller: &Caller, bulk: BulkId) -> Result<Done<()>, Failure> {
        caller.may(Act::ManageLinks, self.now())?;
        self.bulk_command(caller, bulk, BulkCommand::StopBulkSend(StoppedWhy::Asked)).await
    }

    /// The bulk send as it is now.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn bulk_send(&self, caller: &Caller, bulk: BulkId) -> Result<Bulk, Failure> {
        caller.may(Act::Read, self.now())?;
        Ok(self.load_bulk(bulk).await?.state.started().ok_or(Rejection::BulkNotFound)?.clone())
    }

    async fn load_bulk(&self, bulk: BulkId) -> Result<Arc<Loaded<BulkStream>>, Failure> {
        self.load::<BulkStream>(&BulkStream::name(bulk)).await
    }

    async fn bulk_command(&self, caller: &Caller, bulk: BulkId, command: BulkCommand) -> Result<Done<()>, Failure> {
        let handled = self
            .handle::<BulkStream>(&BulkStream::name(bulk), caller, Some(bulk.into()), |state, ctx| {
                bulk::decide(state, command.clone(), ctx)
            })
            .await?;
        Ok(Done { value: (), position: handled.position })
    }
}

/// The command under which a bulk send makes a contact's link: the same whoever makes it, and however often.
fn link_command(bulk: BulkId, contact: ContactId) -> CommandId {
    CommandId::derive(&format!("bulk:{bulk}"), "send", &contact.to_string())
}
