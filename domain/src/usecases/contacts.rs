//! Adding, changing and finding contacts.

use std::sync::Arc;

use super::UseCases;
use super::cache::Loaded;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::contact::{self, ContactCommand, ContactState, ContactStream, Details, DetailsChange};
use crate::id::ContactId;
use crate::keys::BlindIndex;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber};

/// A contact to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// What to call them.
    pub name: Name,
    /// Where e-mail reaches them.
    pub email: Option<EmailAddress>,
    /// Where text messages reach them.
    pub phone: Option<PhoneNumber>,
    /// Their language.
    pub locale: Option<Locale>,
    /// Their id in the CRM; unique.
    pub external_id: Option<ExternalId>,
}

/// Contacts that share an address are looked at up to this number.
const SHARERS: usize = 50;
/// How often a change is tried anew that somebody else's overtook. Each time somebody else got through.
const TRIES: usize = 200;

impl UseCases {
    /// Adds a contact. The same command adds it once.
    ///
    /// # Errors
    /// `no_address`, `external_id_taken`, `forbidden`.
    pub async fn add_contact(&self, caller: &Caller, new: NewContact) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageContacts, self.now())?;
        if new.email.is_none() && new.phone.is_none() {
            return Err(Rejection::NoAddress.into());
        }
        // What was done must claim nothing any more: its contact may have another external id by now.
        let contact = caller.command.contact();
        if self.contact(contact).await?.has_acted(caller)? {
            return Ok(Done { value: contact, position: None });
        }
        let contact = self.claimed(caller, new.external_id.as_ref(), caller.command.contact()).await?;
        let details = Details {
            name: new.name,
            email: new.email,
            phone: new.phone,
            locale: new.locale,
            external_id: new.external_id,
            attributes: vec![],
            row: None,
        };
        self.contact_command(caller, contact, ContactCommand::AddContact(details)).await
    }

    /// Corrects a contact's details. A changed or removed address kills the contact's links and sessions.
    ///
    /// # Errors
    /// `no_address`, `external_id_taken`, `contact_erased`, `confirmation_required` (an agent moving an address).
    pub async fn change_contact(
        &self, caller: &Caller, contact: ContactId, change: DetailsChange,
    ) -> Result<Done<ContactId>, Failure> {
        for nth in 0..TRIES {
            if let Some(mut done) = self.try_change(caller, contact, &change).await? {
                if nth > 0 && done.position.is_none() {
                    // Perhaps our own append, whose answer was lost.
                    done.position = Some(self.contact(contact).await?.position);
                }
                return Ok(done);
            }
        }
        Err(Failure::Contended { stream: ContactStream::name(contact).to_string() })
    }

    /// One try; `None` where the contact's stream has moved on, so that what was claimed may be wrong.
    async fn try_change(
        &self, caller: &Caller, contact: ContactId, change: &DetailsChange,
    ) -> Result<Option<Done<ContactId>>, Failure> {
        let now = self.now();
        caller.may(Act::ManageContacts, now)?;
        let before = self.contact(contact).await?;
        if before.has_acted(caller)? {
            return Ok(Some(Done { value: contact, position: None }));
        }
        let present = present(&before.state)?;
        let Personal::Known(old) = &present.details else { return Err(Rejection::ContactErased.into()) };
        if change.moves_an_address(old) {
            caller.may(Act::ChangeAddress, now)?;
        }
        let decide = |state: &ContactState, ctx: &Ctx| {
            contact::decide(state, ContactCommand::ChangeContactDetails(change.clone()), ctx)
        };
        // Nothing is claimed for a change that the contact's own rules refuse.
        decide(&before.state, &Ctx { now, command: caller.command })?;
        let new_id = change.external_id.clone().flatten();
        if self.claimed(caller, new_id.as_ref(), contact).await? != contact {
            return Err(Rejection::ExternalIdTaken.into());
        }
        let name = ContactStream::name(contact);
        let handled = self.handle_seen::<ContactStream>(&before, &name, caller, Some(contact.into()), decide).await?;
        let Some(handled) = handled else { return Ok(None) };
        if change.external_id.is_some() && old.external_id != new_id {
            self.release(caller, old.external_id.as_ref(), contact).await?;
        }
        Ok(Some(Done { value: contact, position: handled.position }))
    }

    /// The contact that `text` means: an id, external id, e-mail address or phone number.
    ///
    /// # Errors
    /// `contact_not_found`; `contact_ambiguous` where several contacts share the address; `forbidden`.
    pub async fn find_contact(&self, caller: &Caller, text: &str) -> Result<ContactId, Failure> {
        caller.may(Act::Read, self.now())?;
        let text = text.trim();
        if let Ok(contact) = text.parse::<ContactId>() {
            return match &self.contact(contact).await?.state {
                ContactState::Absent => Err(Rejection::ContactNotFound.into()),
                ContactState::Erasing(_) | ContactState::Erased => Err(Rejection::ContactErased.into()),
                ContactState::Present(_) => Ok(contact),
            };
        }
        if let Ok(external_id) = ExternalId::parse(text)
            && let Some(contact) = self.claim_holder(&external_id).await?
        {
            return Ok(contact);
        }
        let found = match self.address_index(text) {
            Some(address) => self.contacts_at(address).await?,
            None => vec![],
        };
        match found.as_slice() {
            [] => Err(Rejection::ContactNotFound.into()),
            [contact] => Ok(*contact),
            several => Err(Rejection::ContactAmbiguous(several.len()).into()),
        }
    }

    /// The contact's stream as it is now.
    pub(super) async fn contact(&self, contact: ContactId) -> Result<Arc<Loaded<ContactStream>>, Failure> {
        self.load(&ContactStream::name(contact)).await
    }

    /// The contact's state as it is now, for interfaces that show one contact.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn contact_state(&self, caller: &Caller, contact: ContactId) -> Result<ContactState, Failure> {
        caller.may(Act::Read, self.now())?;
        Ok(self.contact(contact).await?.state.clone())
    }

    /// Runs one command on the contact's stream.
    pub(super) async fn contact_command(
        &self, caller: &Caller, contact: ContactId, command: ContactCommand,
    ) -> Result<Done<ContactId>, Failure> {
        let handled = self
            .handle::<ContactStream>(&ContactStream::name(contact), caller, Some(contact.into()), |state, ctx| {
                contact::decide(state, command.clone(), ctx)
            })
            .await?;
        Ok(Done { value: contact, position: handled.position })
    }

    /// The keyed hash of a typed address: an e-mail address or a phone number with its `+`.
    pub(super) fn address_index(&self, text: &str) -> Option<BlindIndex> {
        let keys = self.ports.keys.keyring();
        if let Ok(email) = EmailAddress::parse(text) {
            return Some(keys.email_index(&email));
        }
        PhoneNumber::parse(text, None).ok().map(|phone| keys.phone_index(&phone))
    }

    /// Contacts whose stream, read now, still has this address; oldest first. Whoever was added a moment ago is among them.
    pub(super) async fn contacts_at(&self, address: BlindIndex) -> Result<Vec<ContactId>, Failure> {
        let keys = self.ports.keys.keyring();
        let mut found = vec![];
        let now = self.ports.log.head().await?;
        for candidate in self.ports.lookups.contacts_by_address(address, SHARERS, now).await? {
            let loaded = self.contact(candidate).await?;
            let details = loaded.state.present().and_then(|contact| contact.details.known());
            let has_it = details.is_some_and(|details| {
                details.email.as_ref().is_some_and(|email| keys.email_index(email) == address)
                    || details.phone.as_ref().is_some_and(|phone| keys.phone_index(phone) == address)
            });
            if has_it {
                found.push(candidate);
            }
        }
        Ok(found)
    }
}

/// The contact, or why there is none.
pub(super) fn present(state: &ContactState) -> Result<&contact::Contact, Rejection> {
    match state {
        ContactState::Present(contact) => Ok(contact),
        ContactState::Absent => Err(Rejection::ContactNotFound),
        ContactState::Erasing(_) | ContactState::Erased => Err(Rejection::ContactErased),
    }
}

/// The external id that the contact has.
pub(super) fn external_id(state: &ContactState) -> Option<&ExternalId> {
    state.present()?.details.known()?.external_id.as_ref()
}
