//! *Will it work?* Everything that would stop a link, named before anything is made.

use std::collections::BTreeSet;

use super::UseCases;
use super::caller::Caller;
use super::contacts::present;
use super::failure::Failure;
use super::links::IssueRequest;
use crate::authority::Act;
use crate::contact::Contact;
use crate::id::{ContactId, LinkId};
use crate::link::{Channel, Destination, MAX_USES};
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};

impl UseCases {
    /// *Will it work?* Everything that would stop [`UseCases::issue_link`], without making anything.
    ///
    /// # Errors
    /// `forbidden`, `contact_not_found`, `contact_erased`.
    pub async fn check_link(&self, caller: &Caller, request: &IssueRequest) -> Result<Vec<Rejection>, Failure> {
        let now = self.now();
        caller.may(Act::ManageLinks, now)?;
        let loaded = self.contact(request.contact).await?;
        let contact = present(&loaded.state)?;
        let lifetime = request.lifetime.unwrap_or(self.policy.default_lifetime);
        let mut problems = vec![];
        let mut note = |result: Result<(), Rejection>| problems.extend(result.err());
        note(if self.settings_now().await?.issuing_stopped { Err(Rejection::IssuingStopped) } else { Ok(()) });
        note(self.lifetime_allowed(caller, lifetime, now));
        note(if (1..=MAX_USES).contains(&request.max_uses.unwrap_or(1)) {
            Ok(())
        } else {
            Err(Rejection::MaxUsesOutOfRange)
        });
        note(if self.policy.require_reason && request.reason.is_none() {
            Err(Rejection::ReasonRequired)
        } else {
            Ok(())
        });
        for offering in request.grants.iter().filter(|offering| !contact.may_see(offering, now)) {
            note(caller.may(Act::ManageAccess, now));
            match self.takes_grants(offering).await {
                Err(Failure::Rejected(rejection)) => note(Err(rejection)),
                Err(failure) => return Err(failure),
                Ok(()) => {}
            }
        }
        note(reaches(contact, request, now));
        for channel in &request.deliver {
            note(self.deliverable(contact, *channel).await?);
        }
        let live = self.live_links(request.contact).await?.len();
        let most = self.policy.max_live_per_contact;
        note(if live >= most as usize && !self.policy.replace_older {
            Err(Rejection::TooManyLiveLinks(most))
        } else {
            Ok(())
        });
        let mut seen = BTreeSet::new();
        problems.retain(|problem| seen.insert(problem.to_string()));
        Ok(problems)
    }

    pub(super) fn lifetime_allowed(
        &self, caller: &Caller, lifetime: Lifetime, now: Timestamp,
    ) -> Result<(), Rejection> {
        if lifetime > self.policy.max_lifetime {
            return Err(Rejection::ExpiresInTooLong(self.policy.max_lifetime));
        }
        if lifetime > Lifetime::WELCOME { caller.may(Act::LongLifetime, now) } else { Ok(()) }
    }

    /// Whether a message could reach the contact over `channel`.
    pub(super) async fn deliverable(
        &self, contact: &Contact, channel: Channel,
    ) -> Result<Result<(), Rejection>, Failure> {
        if !self.policy.channels.contains(&channel) {
            return Ok(Err(Rejection::ChannelNotConfigured(channel)));
        }
        let Some(details) = contact.details.known() else { return Ok(Err(Rejection::ContactErased)) };
        Ok(match channel {
            Channel::Email => details.email.as_ref().map(drop).ok_or(Rejection::NoEmail),
            Channel::Sms => match &details.phone {
                None => Err(Rejection::NoPhone),
                Some(_) if self.opted_out(details).await? => Err(Rejection::SmsOptedOut),
                Some(phone) => self.may_text(phone),
            },
        })
    }

    /// The contact's live staff-made links: found in the read model, after our own writes for that contact.
    pub(super) async fn live_links(&self, contact: ContactId) -> Result<Vec<LinkId>, Failure> {
        let beyond = self.caches.last_links.get(contact);
        Ok(self.ports.lookups.live_links(contact.into(), self.now(), false, beyond).await?)
    }
}

/// Whether the contact would be in the portal and could see the destination, the request's own grants counted in.
fn reaches(contact: &Contact, request: &IssueRequest, now: Timestamp) -> Result<(), Rejection> {
    if !contact.in_portal(now) && request.grants.is_empty() {
        return Err(Rejection::ContactNotInPortal);
    }
    match &request.destination {
        Destination::Home => Ok(()),
        Destination::Offering(slug) if contact.may_see(slug, now) || request.grants.contains(slug) => Ok(()),
        Destination::Offering(_) => Err(Rejection::DestinationNotGranted),
    }
}
