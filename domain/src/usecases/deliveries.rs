//! Sending a link: asking for it, and the steps the delivery worker takes.

use super::UseCases;
use super::cache::Acted;
use super::caller::Caller;
use super::contacts::present;
use super::failure::{Done, Failure};
use super::links::{address, on};
use super::sms::Wait;
use crate::authority::Act;
use crate::contact::ContactState;
use crate::id::{CommandId, DeliveryId, LinkId, StaffId};
use crate::link::{CancelledWhy, Channel, Delivery, Link, LinkCommand, LinkStatus, LinkSubject, Outcome};
use crate::message::Message;
use crate::number::NumberCommand;
use crate::personal::Personal;
use crate::ports::{Report, Sending};
use crate::rejection::Rejection;
use crate::value::PhoneNumber;

/// What the worker finds when it looks at a delivery right before sending.
#[derive(Debug)]
pub(crate) enum Ready {
    /// Send this message; `seen` attempts have begun before.
    Send { message: Message, seen: u32 },
    /// It must not be sent any more.
    Cancel(CancelledWhy),
    /// The rules no longer let it out.
    Refuse(Rejection),
    /// Not yet: a budget of text messages is used up.
    Wait(Wait),
    /// It has its outcome already.
    Settled,
}

impl UseCases {
    /// Asks for the link to be sent (again) to the address on file. Answers the delivery's id.
    ///
    /// # Errors
    /// `not_found`, `link_not_live`, `channel_not_configured`, `no_phone`, `no_email`, `sms_opted_out`,
    /// `country_not_allowed`, `number_costs_extra`, `forbidden`.
    pub async fn request_delivery(
        &self, caller: &Caller, link: LinkId, channel: Channel,
    ) -> Result<Done<DeliveryId>, Failure> {
        caller.may(on(self.link_now(link).await?.subject, Act::ManageLinks), self.now())?;
        self.deliver_again(caller, link, channel).await
    }

    /// The same for callers that were authorised otherwise.
    pub(super) async fn deliver_again(
        &self, caller: &Caller, link: LinkId, channel: Channel,
    ) -> Result<Done<DeliveryId>, Failure> {
        let to = match self.link_now(link).await?.subject {
            LinkSubject::Contact { contact, admission } => {
                let loaded = self.contact(contact).await?;
                let contact = present(&loaded.state)?;
                if contact.admission != admission {
                    return Err(Rejection::LinkNotLive.into());
                }
                self.deliverable(contact, channel).await??;
                address(contact.details.known().ok_or(Rejection::ContactErased)?, channel)?
            }
            LinkSubject::Staff(staff) => self.staff_address(staff, channel).await?,
        };
        let delivery = caller.command.delivery(0);
        let command = LinkCommand::RequestDelivery { delivery, channel, to };
        Ok(self.link_command(caller, link, command).await?.map(|_| delivery))
    }

    /// Tries a delivery again that failed, was *maybe sent* or waits: *Send again*. The message keeps its reference, so
    /// that a mailbox that has it already recognises the copy.
    ///
    /// # Errors
    /// `not_found`, `link_not_live`, `delivery_under_way`, `forbidden`.
    pub async fn retry_delivery(
        &self, caller: &Caller, link: LinkId, delivery: DeliveryId,
    ) -> Result<Done<()>, Failure> {
        caller.may(on(self.link_now(link).await?.subject, Act::ManageLinks), self.now())?;
        Ok(self.link_command(caller, link, LinkCommand::RetryDelivery { delivery }).await?.map(drop))
    }

    /// Notes what a provider reported of a delivery, late, twice or out of order.
    ///
    /// # Errors
    /// `not_found` for a delivery that never was; [`Failure::Unavailable`] when the log can't be written: the provider
    /// is to report again.
    pub async fn report_delivery(&self, report: Report) -> Result<(), Failure> {
        let Report { link, delivery, outcome } = report;
        let outcome = match outcome {
            Sending::Sent { provider_id } => Outcome::Sent { provider_id },
            Sending::Delivered => Outcome::Delivered,
            Sending::Failed { code, words } => Outcome::Failed { code, words },
            Sending::OptedOut { code, words } => {
                self.opt_out_of(link, delivery).await?;
                Outcome::Failed { code, words }
            }
            Sending::Unknown | Sending::NotNow(_) => return Ok(()),
        };
        self.record_delivery(link, delivery, outcome).await
    }

    /// A staff member's address: e-mail is the only channel to staff.
    pub(super) async fn staff_address(&self, staff: StaffId, channel: Channel) -> Result<String, Failure> {
        if !self.policy.channels.contains(&channel) {
            return Err(Rejection::ChannelNotConfigured(channel).into());
        }
        let member = self.member_now(staff).await?;
        match (channel, member.details) {
            (Channel::Email, Some(Personal::Known(details))) => Ok(details.email.to_string()),
            (Channel::Email, Some(Personal::Erased) | None) => Err(Rejection::NoEmail.into()),
            (Channel::Sms, _) => Err(Rejection::NoPhone.into()),
        }
    }

    /// Looks at a delivery right before sending: link, admission and opt-out are checked again.
    pub(crate) async fn ready(&self, id: LinkId, delivery: DeliveryId) -> Result<Ready, Failure> {
        let link = self.link_now(id).await?;
        let Some(pending) = link.deliveries.get(&delivery).filter(|delivery| delivery.state.is_waiting()) else {
            return Ok(Ready::Settled);
        };
        if link.status(self.now()) != LinkStatus::Live {
            return Ok(Ready::Cancel(CancelledWhy::LinkNotLive));
        }
        if !self.policy.channels.contains(&pending.channel) {
            return Ok(Ready::Cancel(CancelledWhy::ChannelNotConfigured));
        }
        if let Some(hindrance) = self.hindrance(&link, pending).await? {
            return Ok(hindrance);
        }
        if let Err(wait) = self.take_room(pending).await? {
            return Ok(Ready::Wait(wait));
        }
        Ok(match self.message(id, &link, delivery, pending).await? {
            Some(message) => Ready::Send { message, seen: pending.attempts },
            None => Ready::Cancel(CancelledWhy::LinkNotLive),
        })
    }

    /// What keeps a message from the link's subject, if anything does.
    async fn hindrance(&self, link: &Link, pending: &Delivery) -> Result<Option<Ready>, Failure> {
        let (contact, admission) = match link.subject {
            LinkSubject::Contact { contact, admission } => (contact, admission),
            LinkSubject::Staff(staff) => {
                return match self.member_now(staff).await {
                    Ok(_) => self.number_hindrance(pending).await,
                    Err(Failure::Rejected(_)) => Ok(Some(Ready::Cancel(CancelledWhy::SubjectGone))),
                    Err(failure) => Err(failure),
                };
            }
        };
        let loaded = self.contact(contact).await?;
        let ContactState::Present(contact) = &loaded.state else {
            return Ok(Some(Ready::Cancel(CancelledWhy::SubjectGone)));
        };
        if contact.admission != admission {
            return Ok(Some(Ready::Cancel(CancelledWhy::LinkNotLive)));
        }
        Ok(match self.deliverable(contact, pending.channel).await? {
            Err(Rejection::SmsOptedOut) => Some(Ready::Cancel(CancelledWhy::OptedOut)),
            Err(no @ (Rejection::CountryNotAllowed | Rejection::NumberCostsExtra)) => Some(Ready::Refuse(no)),
            // The address that the link was asked to be sent to stands in the delivery.
            Ok(()) | Err(_) => None,
        })
    }

    /// What keeps a test from the phone that it was asked to be sent to.
    async fn number_hindrance(&self, pending: &Delivery) -> Result<Option<Ready>, Failure> {
        let (Channel::Sms, Some(to)) = (pending.channel, pending.to.known()) else { return Ok(None) };
        let phone = PhoneNumber::stored(to.clone());
        if self.is_opted_out(&phone).await? {
            return Ok(Some(Ready::Cancel(CancelledWhy::OptedOut)));
        }
        Ok(self.may_text(&phone).err().map(Ready::Refuse))
    }

    /// Text messages cost money: their budgets are taken before the first attempt, and fail closed.
    async fn take_room(&self, pending: &Delivery) -> Result<Result<(), Wait>, Failure> {
        let to = pending.to.known().map(|to| PhoneNumber::stored(to.clone()));
        match to.filter(|_| pending.channel == Channel::Sms && pending.attempts == 0) {
            Some(phone) => self.take_sms(&phone).await,
            None => Ok(Ok(())),
        }
    }

    /// The message of a delivery as it would be written now, whether it may still be sent or not: to recognise it at a
    /// provider. `None` once the subject is erased.
    pub(crate) async fn message_of(&self, id: LinkId, delivery: DeliveryId) -> Result<Option<Message>, Failure> {
        let link = self.link_now(id).await?;
        let Some(pending) = link.deliveries.get(&delivery) else { return Ok(None) };
        self.message(id, &link, delivery, pending).await
    }

    /// Takes the lease for the next attempt. `false` = another worker has it, or there is nothing to do.
    pub(crate) async fn attempt_delivery(
        &self, link: LinkId, delivery: DeliveryId, seen: u32,
    ) -> Result<bool, Failure> {
        // Random: the same worker may try for the same lease twice, and only an append wins it.
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        let handled = self.handle_link(&caller, link, LinkCommand::AttemptDelivery { delivery, seen }).await?;
        // Its very own append: after a lost answer, somebody else's may stand in its place.
        Ok(handled.loaded.acted(caller.command, caller.fingerprint) == Acted::Same)
    }

    /// Notes what came of an attempt.
    pub(crate) async fn record_delivery(
        &self, link: LinkId, delivery: DeliveryId, outcome: Outcome,
    ) -> Result<(), Failure> {
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        self.link_command(&caller, link, LinkCommand::RecordDelivery { delivery, outcome }).await.map(drop)
    }

    /// Opts out the number that the delivery was for, before its failure is noted: what staff read as opted out is. The
    /// same attempt reported again opts out no number that has come back since.
    pub(crate) async fn opt_out_of(&self, link: LinkId, delivery: DeliveryId) -> Result<(), Failure> {
        let link = self.link_now(link).await?;
        let Some(made) = link.deliveries.get(&delivery) else { return Ok(()) };
        let (Channel::Sms, Some(to)) = (made.channel, made.to.known()) else { return Ok(()) };
        let attempt = format!("{delivery} {}", made.attempts);
        let command = CommandId::derive("sms", "opted out at the provider", &attempt);
        self.turn(command, &PhoneNumber::stored(to.clone()), NumberCommand::OptOutOfSms).await
    }

    /// Notes that a delivery is not made yet.
    pub(crate) async fn postpone_delivery(
        &self, link: LinkId, delivery: DeliveryId, wait: Wait,
    ) -> Result<(), Failure> {
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        let (until, code, words) = (wait.until, wait.code.to_owned(), wait.words.to_owned());
        let command = LinkCommand::PostponeDelivery { delivery, until, code, words };
        self.link_command(&caller, link, command).await.map(drop)
    }

    /// Notes that a delivery will not be made.
    pub(crate) async fn cancel_delivery(
        &self, link: LinkId, delivery: DeliveryId, why: CancelledWhy,
    ) -> Result<(), Failure> {
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        self.link_command(&caller, link, LinkCommand::CancelDelivery { delivery, why }).await.map(drop)
    }
}
