//! Granting and revoking access.

use super::UseCases;
use super::caller::Caller;
use super::contacts::present;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::contact::{self, ContactCommand, ContactStream};
use crate::id::ContactId;
use crate::offering::{OfferingState, OfferingStream};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::time::Timestamp;
use crate::value::{Reason, Slug};

impl UseCases {
    /// Lets the contact see an offering, until a time or for good; idempotent.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `offering_not_found`, `offering_archived`, `invalid_field` (until).
    pub async fn grant_access(
        &self, caller: &Caller, contact: ContactId, offering: Slug, until: Option<Timestamp>,
    ) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageAccess, self.now())?;
        // What is granted already stays so, whatever became of the offering.
        let granted =
            |contact: &contact::Contact| contact.grants.get(&offering).is_some_and(|grant| grant.until == until);
        if !self.contact(contact).await?.state.present().is_some_and(granted) {
            self.takes_grants(&offering).await?;
        }
        self.contact_command(caller, contact, ContactCommand::GrantAccess { offering, until }).await
    }

    /// Lets the contact no longer see an offering; idempotent.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`.
    pub async fn revoke_access(
        &self, caller: &Caller, contact: ContactId, offering: Slug, reason: Option<Reason>,
    ) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageAccess, self.now())?;
        self.contact_command(caller, contact, ContactCommand::RevokeAccess { offering, reason }).await
    }

    /// Takes all access away at once, in one append: the contact is out of the portal.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`.
    pub async fn revoke_all_access(
        &self, caller: &Caller, contact: ContactId, reason: Option<Reason>,
    ) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageAccess, self.now())?;
        let granted = self.contact(contact).await?;
        let offerings = present(&granted.state)?.grants.keys().cloned();
        let revoke = |offering| ContactCommand::RevokeAccess { offering, reason: reason.clone() };
        let commands: Vec<ContactCommand> = offerings.map(revoke).collect();
        self.contact_commands(caller, contact, &commands).await
    }

    /// Grants what the contact may not see yet, for good, in one append. What they may see keeps its end.
    pub(super) async fn grant_all(
        &self, caller: &Caller, contact: ContactId, offerings: &[Slug],
    ) -> Result<Done<ContactId>, Failure> {
        let handled = self
            .handle::<ContactStream>(&ContactStream::name(contact), caller, Some(contact.into()), |state, ctx| {
                let mut state = state.clone();
                let mut events = vec![];
                for offering in offerings {
                    if state.present().is_some_and(|contact| contact.may_see(offering, ctx.now)) {
                        continue;
                    }
                    let grant = ContactCommand::GrantAccess { offering: offering.clone(), until: None };
                    for event in contact::decide(&state, grant, ctx)? {
                        state = ContactStream::evolve(state, &event);
                        events.push(event);
                    }
                }
                Ok(events)
            })
            .await?;
        Ok(Done { value: contact, position: handled.position })
    }

    /// Whether the offering exists and takes grants.
    ///
    /// # Errors
    /// `offering_not_found`, `offering_archived`, `forbidden`.
    pub async fn grantable(&self, caller: &Caller, offering: &Slug) -> Result<(), Failure> {
        caller.may(Act::Read, self.now())?;
        self.takes_grants(offering).await
    }

    pub(super) async fn takes_grants(&self, offering: &Slug) -> Result<(), Failure> {
        match &self.load::<OfferingStream>(&OfferingStream::name(offering)).await?.state {
            OfferingState::Present(_) => Ok(()),
            OfferingState::Absent => Err(Rejection::OfferingNotFound.into()),
            OfferingState::Archived(_) => Err(Rejection::OfferingArchived.into()),
        }
    }
}
