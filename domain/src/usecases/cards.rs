//! Everything about one contact on one card: folded from the streams, never from a read model.

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use super::portal::PortalOffering;
use crate::authority::Act;
use crate::contact::Details;
use crate::id::ContactId;
use crate::number::{NumberState, NumberStream};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// A contact, as interfaces show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCard {
    /// Whose.
    pub id: ContactId,
    /// Who they are.
    pub details: Details,
    /// At least one live grant.
    pub in_portal: bool,
    /// Their number said STOP.
    pub sms_opted_out: bool,
    /// What they may see at the moment, courses first, each by title.
    pub grants: Vec<PortalOffering>,
    /// When they were added.
    pub created_at: Timestamp,
}

impl UseCases {
    /// Everything about one contact.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn contact_card(&self, caller: &Caller, contact: ContactId) -> Result<ContactCard, Failure> {
        let now = self.now();
        caller.may(Act::Read, now)?;
        let access = self.access(contact, None).await?;
        let details = access.contact.details.known().ok_or(Rejection::ContactErased)?.clone();
        Ok(ContactCard {
            id: contact,
            in_portal: access.contact.in_portal(now),
            sms_opted_out: self.opted_out(&details).await?,
            grants: access.offerings,
            created_at: access.added_at,
            details,
        })
    }

    /// Whether the contact's number said STOP.
    pub(super) async fn opted_out(&self, details: &Details) -> Result<bool, Failure> {
        let Some(phone) = &details.phone else { return Ok(false) };
        let name = NumberStream::name(self.ports.keys.keyring().phone_index(phone));
        Ok(self.load::<NumberStream>(&name).await?.state == NumberState::OptedOut)
    }
}
