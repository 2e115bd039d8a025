//! What a contact sees in the portal, now or at an earlier instant: folded from the streams, never from a read model.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::actor::Actor;
use crate::authority::Act;
use crate::contact::ContactCommand;
use crate::id::ContactId;
use crate::offering::Offering;
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
    /// What the portal shows to the contact at `at` (`None` = now): for the contact, and for staff who look it up.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`.
    pub async fn portal_view(&self, contact: ContactId, at: Option<Timestamp>) -> Result<PortalView, Failure> {
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
        let view = self.portal_view(contact, None).await?;
        Ok(done.map(|_| view))
    }
}
