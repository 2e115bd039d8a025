//! Everything about one contact or link on one card: folded from the streams, never from a read model.

use std::collections::BTreeMap;

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use super::portal::PortalOffering;
use crate::authority::Act;
use crate::card::{Facts, LinkCard};
use crate::contact::Details;
use crate::id::{ContactId, LinkId};
use crate::link::{Channel, LinkSubject};
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

    /// How a link stands, and the next best action.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn link_card(&self, caller: &Caller, link: LinkId) -> Result<LinkCard, Failure> {
        let timeline = self.link_timeline(caller, link).await?;
        let subject = self.link_now(link).await?.subject;
        let facts = Facts {
            link,
            timeline: &timeline,
            standing: self.standing(subject).await?,
            channels: &self.ways(subject).await?,
            look_up_after: self.policy.look_up_after,
            now: self.now(),
        };
        Ok(LinkCard::of(&facts).ok_or(Rejection::LinkNotFound)?)
    }

    /// Which of the configured channels could carry a link to its subject now, and why others could not.
    async fn ways(&self, subject: LinkSubject) -> Result<BTreeMap<Channel, Result<(), Rejection>>, Failure> {
        let mut ways = BTreeMap::new();
        for channel in &self.policy.channels {
            let way = match subject {
                LinkSubject::Contact { contact, .. } => match self.contact(contact).await?.state.present() {
                    Some(contact) => self.deliverable(contact, *channel).await?,
                    None => Err(Rejection::ContactErased),
                },
                LinkSubject::Staff(staff) => match self.staff_address(staff, *channel).await {
                    Ok(_) => Ok(()),
                    Err(Failure::Rejected(rejection)) => Err(rejection),
                    Err(failure) => return Err(failure),
                },
            };
            ways.insert(*channel, way);
        }
        Ok(ways)
    }

    /// Whether the contact's number said STOP.
    pub(super) async fn opted_out(&self, details: &Details) -> Result<bool, Failure> {
        match &details.phone {
            Some(phone) => self.is_opted_out(phone).await,
            None => Ok(false),
        }
    }
}
