//! Everything about one contact on one card: folded from the streams, never from a read model.

use std::collections::BTreeMap;

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use crate::authority::Act;
use crate::contact::{Contact, ContactEvent, ContactState, ContactStream, Details};
use crate::id::ContactId;
use crate::number::{NumberState, NumberStream};
use crate::offering::{Offering, OfferingStream};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::time::Timestamp;
use crate::value::Slug;
use crate::wire::Opener;

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
    pub grants: Vec<GrantCard>,
    /// When they were added.
    pub created_at: Timestamp,
}

/// One live grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantCard {
    /// The offering's slug.
    pub slug: Slug,
    /// What it is.
    pub offering: Offering,
    /// Granted since.
    pub since: Timestamp,
    /// Not from this instant on; `None` = for good.
    pub until: Option<Timestamp>,
}

impl UseCases {
    /// Everything about one contact.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn contact_card(&self, caller: &Caller, contact: ContactId) -> Result<ContactCard, Failure> {
        let now = self.now();
        caller.may(Act::Read, now)?;
        let events = self.prefix(contact, None).await?;
        let (metas, keys) = self.keys_for(&events).await?;
        let mut state = ContactState::default();
        let mut since: BTreeMap<Slug, Timestamp> = BTreeMap::new();
        for (recorded, meta) in events.iter().zip(&metas) {
            let opener = Opener { event: recorded.id, keys: &keys };
            let event = ContactStream::decode(&recorded.kind, &recorded.data, &opener)?;
            if let ContactEvent::AccessGranted { offering, .. } = &event {
                since.entry(offering.clone()).or_insert(meta.at);
            } else if let ContactEvent::AccessRevoked { offering, .. } = &event {
                since.remove(offering);
            }
            state = ContactStream::evolve(state, &event);
        }
        let contact_now = super::contacts::present(&state)?;
        let details = contact_now.details.known().ok_or(Rejection::ContactErased)?.clone();
        Ok(ContactCard {
            id: contact,
            in_portal: contact_now.in_portal(now),
            sms_opted_out: self.opted_out(&details).await?,
            grants: self.grant_cards(contact_now, &since, now).await?,
            created_at: metas.first().map(|meta| meta.at).unwrap_or_default(),
            details,
        })
    }

    async fn opted_out(&self, details: &Details) -> Result<bool, Failure> {
        let Some(phone) = &details.phone else { return Ok(false) };
        let name = NumberStream::name(self.ports.keys.keyring().phone_index(phone));
        Ok(self.load::<NumberStream>(&name).await?.state == NumberState::OptedOut)
    }

    async fn grant_cards(
        &self, contact: &Contact, since: &BTreeMap<Slug, Timestamp>, now: Timestamp,
    ) -> Result<Vec<GrantCard>, Failure> {
        let mut cards = vec![];
        for (slug, grant) in contact.grants.iter().filter(|(_, grant)| grant.is_live(now)) {
            let loaded = self.load::<OfferingStream>(&OfferingStream::name(slug)).await?;
            if let (Some(offering), Some(since)) = (loaded.state.offering(), since.get(slug)) {
                let (slug, offering) = (slug.clone(), offering.clone());
                cards.push(GrantCard { slug, offering, since: *since, until: grant.until });
            }
        }
        cards.sort_by(|a, b| (a.offering.kind, &a.offering.title).cmp(&(b.offering.kind, &b.offering.title)));
        Ok(cards)
    }
}
