//! External ids: whose each is, and how it passes from one contact to another.
//!
//! Apart from the contacts because a claim outlives a crash between its own stream and the contact's: whoever wants an
//! external id next completes what was interrupted.

use std::sync::Arc;

use super::UseCases;
use super::cache::Loaded;
use super::caller::Caller;
use super::contacts::external_id;
use super::failure::Failure;
use crate::claim::{self, ClaimCommand, ClaimState, ClaimStream};
use crate::contact::{ContactEvent, ContactState, ContactStream};
use crate::id::{CommandId, ContactId};
use crate::log::{Position, StreamName};
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::value::ExternalId;
use crate::wire::Opener;

/// How often a claim that moves on is looked at again.
const TRIES: usize = 200;

/// What a claim is worth.
enum Worth {
    /// Nobody's.
    Free,
    /// A contact's that has the external id, or is about to.
    Holds(ContactId),
    /// A contact's that was never added: a crash between the two steps.
    Missing(ContactId),
    /// A contact's that had the external id and has it no longer: a crash before the release, or one under way.
    Left(ContactId),
}

impl UseCases {
    fn claim_name(&self, external_id: &ExternalId) -> StreamName {
        ClaimStream::name(self.ports.keys.keyring().external_id_index(external_id))
    }

    /// The present contact that has the external id: the claim is theirs, and so do their details say.
    pub(super) async fn claim_holder(&self, wanted: &ExternalId) -> Result<Option<ContactId>, Failure> {
        let claim = self.load::<ClaimStream>(&self.claim_name(wanted)).await?;
        let Some(contact) = claim.state.holder() else { return Ok(None) };
        let loaded = self.contact(contact).await?;
        Ok((external_id(&loaded.state) == Some(wanted)).then_some(contact))
    }

    /// Claims the external id for `contact`, and answers whose it is now: `contact`'s, or that of a contact that was
    /// claimed for but never added, who is to be completed.
    ///
    /// Refused when another contact has it or is about to. A claim whose contact left it behind is released first, the
    /// same contact's too: from then on it counts as about to have it again.
    pub(super) async fn claimed(
        &self, caller: &Caller, wanted: Option<&ExternalId>, contact: ContactId,
    ) -> Result<ContactId, Failure> {
        let Some(wanted) = wanted else { return Ok(contact) };
        match self.settled(caller, wanted).await? {
            Worth::Missing(holder) => return Ok(holder),
            Worth::Holds(holder) if holder != contact => return Err(Rejection::ExternalIdTaken.into()),
            Worth::Free | Worth::Holds(_) | Worth::Left(_) => {}
        }
        self.handle::<ClaimStream>(&self.claim_name(wanted), &self.own_command(caller), None, |state, ctx| {
            claim::decide(state, ClaimCommand::Claim { contact }, ctx)
        })
        .await?;
        Ok(contact)
    }

    /// Gives the external id free, if `contact` left it behind.
    pub(super) async fn release(
        &self, caller: &Caller, left: Option<&ExternalId>, contact: ContactId,
    ) -> Result<(), Failure> {
        let Some(left) = left else { return Ok(()) };
        let claim = self.load::<ClaimStream>(&self.claim_name(left)).await?;
        if claim.state.holder() == Some(contact) {
            self.settled(caller, left).await?;
        }
        Ok(())
    }

    /// What the claim is worth, once what was left behind is released.
    async fn settled(&self, caller: &Caller, wanted: &ExternalId) -> Result<Worth, Failure> {
        let name = self.claim_name(wanted);
        for _ in 0..TRIES {
            let claim = self.load::<ClaimStream>(&name).await?;
            let worth = self.worth(&claim, wanted).await?;
            let Worth::Left(contact) = worth else { return Ok(worth) };
            let release = |state: &ClaimState, ctx: &_| claim::decide(state, ClaimCommand::Release { contact }, ctx);
            // Exactly the claim that was looked at: a later one of the same contact stands.
            if self.handle_seen::<ClaimStream>(&claim, &name, &self.own_command(caller), None, release).await?.is_some()
            {
                return Ok(Worth::Free);
            }
        }
        Err(Failure::Contended { stream: name.to_string() })
    }

    async fn worth(&self, claim: &Arc<Loaded<ClaimStream>>, wanted: &ExternalId) -> Result<Worth, Failure> {
        let ClaimState::Held(contact) = claim.state else { return Ok(Worth::Free) };
        let loaded = self.contact(contact).await?;
        Ok(match &loaded.state {
            ContactState::Absent => Worth::Missing(contact),
            ContactState::Erasing(_) | ContactState::Erased => Worth::Left(contact),
            ContactState::Present(_) if external_id(&loaded.state) == Some(wanted) => Worth::Holds(contact),
            ContactState::Present(_) if self.had(contact, wanted, claim.position).await? => Worth::Left(contact),
            ContactState::Present(_) => Worth::Holds(contact),
        })
    }

    /// Whether the contact came by the external id after its claim. One that never did may be about to.
    async fn had(&self, contact: ContactId, wanted: &ExternalId, claimed: Position) -> Result<bool, Failure> {
        let mut events = self.prefix(contact, None).await?;
        events.retain(|event| event.position > claimed);
        let (_, keys) = self.keys_for(&events).await?;
        for recorded in &events {
            let opener = Opener { event: recorded.id, keys: &keys };
            let event = ContactStream::decode(&recorded.kind, &recorded.data, &opener)?;
            let (ContactEvent::ContactAdded { details } | ContactEvent::ContactDetailsChanged { details }) = &event
            else {
                continue;
            };
            if details.known().is_some_and(|details| details.external_id.as_ref() == Some(wanted)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A command of its own for one step on a claim. Random: the claim's state alone says whether there is something to
    /// do, and a retry may have to do it again.
    fn own_command(&self, caller: &Caller) -> Caller {
        Caller { fingerprint: None, ..caller.with_command(CommandId::from_uuid(self.ports.ids.id())) }
    }
}
