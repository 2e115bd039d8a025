//! Erasing a contact: the key goes, the history stays.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::contact::{ContactCommand, ContactState};
use crate::id::{CommandId, ContactId};
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Proof for the person (or their lawyer) that it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// Who was erased.
    pub contact: ContactId,
    /// When it was completed.
    pub erased_at: Timestamp,
}

impl UseCases {
    /// Erases a contact: links and sessions die, the external id becomes free, the key is destroyed, and that is noted.
    /// Safe to repeat after a crash at any step; [`UseCases::complete_erasures`] does so by itself.
    ///
    /// # Errors
    /// `contact_not_found`, `forbidden`, `sign_in_again`.
    pub async fn erase_contact(&self, caller: &Caller, contact: ContactId) -> Result<Done<ErasureReceipt>, Failure> {
        caller.may(Act::EraseContact, self.now())?;
        let requested = self.contact_command(caller, contact, ContactCommand::RequestErasure).await?;
        let completed = self.complete_erasure(caller, contact).await?;
        let position = completed.position.or(requested.position);
        // The last event of an erased contact is its erasure: the receipt says the same each time.
        let events = self.prefix(contact, None).await?;
        let (metas, _) = self.keys_for(&events).await?;
        let erased_at = metas.last().map_or_else(|| self.now(), |meta| meta.at);
        Ok(Done { value: ErasureReceipt { contact, erased_at }, position })
    }

    /// Completes what a crash interrupted. Returns how many erasures were completed.
    ///
    /// # Errors
    /// As [`UseCases::erase_contact`].
    pub async fn complete_erasures(&self) -> Result<usize, Failure> {
        let pending = self.ports.lookups.erasures_pending(100).await?;
        let mut first_failure = None;
        for contact in &pending {
            let command = CommandId::derive("system", "complete erasure", &contact.to_string());
            if let Err(failure) = self.complete_erasure(&Caller::system(command), *contact).await {
                first_failure.get_or_insert(failure);
            }
        }
        first_failure.map_or(Ok(pending.len()), Err)
    }

    async fn complete_erasure(&self, caller: &Caller, contact: ContactId) -> Result<Done<ContactId>, Failure> {
        let loaded = self.contact(contact).await?;
        match &loaded.state {
            ContactState::Erasing(erasing) => {
                if let Personal::Known(details) = &erasing.details {
                    self.release(caller, details.external_id.as_ref(), contact).await?;
                }
            }
            ContactState::Erased => return Ok(Done { value: contact, position: None }),
            ContactState::Absent | ContactState::Present(_) => return Err(Rejection::ContactNotFound.into()),
        }
        self.ports.vault.destroy(contact.into()).await?;
        let caller = caller.with_command(caller.command.entails("key destroyed"));
        let caller = Caller { fingerprint: None, ..caller };
        let done = self.contact_command(&caller, contact, ContactCommand::RecordKeyDestroyed).await;
        self.caches.forget_people();
        done
    }
}
