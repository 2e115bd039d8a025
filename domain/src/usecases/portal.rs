//! What a contact sees in the portal, now or at an earlier instant: folded from the streams, never from a read model.

use super::UseCases;
use super::authentication::PortalSession;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::actor::Actor;
use crate::authority::Act;
use crate::contact::{Contact, ContactCommand};
use crate::id::ContactId;
use crate::offering::Offering;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::value::Slug;

/// What the portal shows to one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalView {
    /// At least one live grant.
    pub in_portal: bool,
    /// Courses and groups, courses first, each by title.
    pub offerings: Vec<PortalOffering>,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalOffering {
    /// Its slug.
    pub slug: Slug,
    /// What it is.
    pub offering: Offering,
    /// Granted since.
    pub since: Timestamp,
    /// Not from this instant on.
    pub until: Option<Timestamp>,
    /// Who granted it.
    pub granted_by: Actor,
}

impl UseCases {
    /// What the portal shows to the contact at `at` (`None` = now), for whoever looks it up.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn portal_view(
        &self, caller: &Caller, contact: ContactId, at: Option<Timestamp>,
    ) -> Result<PortalView, Failure> {
        caller.may(Act::Read, self.now())?;
        self.portal_of(contact, at).await
    }

    /// What the portal shows now to the contact who is signed in.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`.
    pub async fn own_portal(&self, session: &PortalSession) -> Result<PortalView, Failure> {
        self.portal_of(session.contact, None).await
    }

    /// The contact who is signed in, as they are now; `None` once they were erased.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn own_contact(&self, session: &PortalSession) -> Result<Option<Contact>, Failure> {
        Ok(self.contact(session.contact).await?.state.present().cloned())
    }

    /// Whether there is such an offering at all, so that a signed-in contact's page tells what is not open to them from
    /// what never was.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn is_offering(&self, _: &PortalSession, slug: &Slug) -> Result<bool, Failure> {
        match self.offering_now(slug).await {
            Ok(_) => Ok(true),
            Err(Failure::Rejected(Rejection::OfferingNotFound)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    async fn portal_of(&self, contact: ContactId, at: Option<Timestamp>) -> Result<PortalView, Failure> {
        let access = self.access(contact, at).await?;
        let in_portal = access.contact.in_portal(at.unwrap_or_else(|| self.now()));
        Ok(PortalView { in_portal, offerings: access.offerings })
    }

    /// Notes that staff looked at the portal as the contact, and answers what they saw.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn preview_portal(&self, caller: &Caller, contact: ContactId) -> Result<Done<PortalView>, Failure> {
        caller.may(Act::Preview, self.now())?;
        let done = self.contact_command(caller, contact, ContactCommand::PreviewPortal).await?;
        let view = self.portal_of(contact, None).await?;
        Ok(done.map(|_| view))
    }
}
