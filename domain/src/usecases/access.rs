//! What a contact may see, with since when and by whom: folded from the contact's own stream, now or as of an instant.

use std::collections::BTreeMap;

use super::UseCases;
use super::contacts::present;
use super::failure::Failure;
use super::portal::PortalOffering;
use crate::actor::Actor;
use crate::contact::{Contact, ContactEvent, ContactState, ContactStream};
use crate::id::ContactId;
use crate::log::{Metadata, Recorded};
use crate::offering::OfferingStream;
use crate::stream::Stream;
use crate::time::Timestamp;
use crate::value::Slug;
use crate::wire::Opener;

/// A contact with what they may see.
pub(super) struct Access {
    pub(super) contact: Contact,
    pub(super) added_at: Timestamp,
    /// Courses first, each by title.
    pub(super) offerings: Vec<PortalOffering>,
}

/// Since when, and by whom.
type Granted = BTreeMap<Slug, (Timestamp, Actor)>;

const PAGE: usize = 500;

impl UseCases {
    /// The contact's access at `at` (`None` = now).
    pub(super) async fn access(&self, contact: ContactId, at: Option<Timestamp>) -> Result<Access, Failure> {
        let when = at.unwrap_or_else(|| self.now());
        let events = self.prefix(contact, at).await?;
        let (metas, keys) = self.keys_for(&events).await?;
        let mut state = ContactState::default();
        let mut granted = Granted::new();
        for (recorded, meta) in events.iter().zip(&metas) {
            let opener = Opener { event: recorded.id, keys: &keys };
            let event = ContactStream::decode(&recorded.kind, &recorded.data, &opener)?;
            note(&mut granted, &state, &event, meta);
            state = ContactStream::evolve(state, &event);
        }
        let contact = present(&state)?.clone();
        let mut offerings = vec![];
        for (slug, grant) in contact.grants.iter().filter(|(_, grant)| grant.is_live(when)) {
            let loaded = self.load::<OfferingStream>(&OfferingStream::name(slug)).await?;
            if let (Some(offering), Some((since, granted_by))) = (loaded.state.offering(), granted.remove(slug)) {
                let (slug, offering) = (slug.clone(), offering.clone());
                offerings.push(PortalOffering { slug, offering, since, until: grant.until, granted_by });
            }
        }
        offerings.sort_by(|a, b| (a.offering.kind, &a.offering.title).cmp(&(b.offering.kind, &b.offering.title)));
        let added_at = metas.first().map(|meta| meta.at).unwrap_or_default();
        Ok(Access { contact, added_at, offerings })
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

/// Access counts from its first grant on; one that had lapsed counts anew.
fn note(granted: &mut Granted, before: &ContactState, event: &ContactEvent, meta: &Metadata) {
    let ContactEvent::AccessGranted { offering, .. } = event else { return };
    if !before.present().is_some_and(|contact| contact.may_see(offering, meta.at)) {
        granted.insert(offering.clone(), (meta.at, meta.actor.clone()));
    }
}
