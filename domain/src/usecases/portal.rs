//! What a contact sees in the portal, now or at an earlier instant: folded from the streams, never from a read model.

use std::collections::BTreeMap;

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::actor::Actor;
use crate::authority::Act;
use crate::contact::{ContactCommand, ContactEvent, ContactState, ContactStream};
use crate::id::ContactId;
use crate::log::Recorded;
use crate::offering::{Offering, OfferingState, OfferingStream};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::time::Timestamp;
use crate::value::Slug;
use crate::wire::Opener;

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

const PAGE: usize = 500;

impl UseCases {
    /// What the portal shows to the contact at `at` (`None` = now): for the contact, and for staff who look it up.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`.
    pub async fn portal_view(&self, contact: ContactId, at: Option<Timestamp>) -> Result<PortalView, Failure> {
        let when = at.unwrap_or_else(|| self.now());
        let events = self.prefix(contact, at).await?;
        let (metas, keys) = self.keys_for(&events).await?;
        let mut state = ContactState::default();
        let mut granted: BTreeMap<Slug, (Timestamp, Actor)> = BTreeMap::new();
        for (recorded, meta) in events.iter().zip(metas) {
            let event =
                ContactStream::decode(&recorded.kind, &recorded.data, &Opener { event: recorded.id, keys: &keys })?;
            if let ContactEvent::AccessGranted { offering, .. } = &event {
                granted.entry(offering.clone()).or_insert((meta.at, meta.actor));
            } else if let ContactEvent::AccessRevoked { offering, .. } = &event {
                granted.remove(offering);
            }
            state = ContactStream::evolve(state, &event);
        }
        let contact = match &state {
            ContactState::Present(contact) => contact,
            ContactState::Absent => return Err(Rejection::ContactNotFound.into()),
            ContactState::Erasing(_) | ContactState::Erased => return Err(Rejection::ContactErased.into()),
        };
        let mut offerings = vec![];
        for (slug, grant) in contact.grants.iter().filter(|(_, grant)| grant.is_live(when)) {
            let loaded = self.load::<OfferingStream>(&OfferingStream::name(slug)).await?;
            let (OfferingState::Present(offering) | OfferingState::Archived(offering)) = &loaded.state else {
                continue;
            };
            let Some((since, granted_by)) = granted.get(slug).cloned() else { continue };
            let offering = offering.clone();
            offerings.push(PortalOffering { slug: slug.clone(), offering, since, until: grant.until, granted_by });
        }
        offerings.sort_by(|a, b| (a.offering.kind, &a.offering.title).cmp(&(b.offering.kind, &b.offering.title)));
        Ok(PortalView { in_portal: contact.in_portal(when), offerings })
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

    /// The contact's events; as of an instant, those before the first that was recorded later.
    pub(super) async fn prefix(&self, contact: ContactId, at: Option<Timestamp>) -> Result<Vec<Recorded>, Failure> {
        let name = ContactStream::name(contact);
        let mut events: Vec<Recorded> = vec![];
        loop {
            let from = events.last().map_or(0, |event| event.version + 1);
            let page = self.ports.log.read_stream(&name, from, PAGE).await?;
            let complete = page.len() < PAGE;
            events.extend(page);
            if complete {
                break;
            }
        }
        if let Some(at) = at {
            let later = events.iter().position(|event| event.recorded_at > at).unwrap_or(events.len());
            events.truncate(later);
        }
        Ok(events)
    }
}
