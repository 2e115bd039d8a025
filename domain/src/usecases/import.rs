//! Taking over one row of a CRM export.

use super::UseCases;
use super::caller::Caller;
use super::contacts::{NewContact, present};
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::contact::{self, ContactCommand, ContactState, ContactStream, Details, RowDigest};
use crate::id::ContactId;
use crate::rejection::Rejection;
use crate::value::Slug;

/// A validated row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Who it is about; the external id is required.
    pub contact: NewContact,
    /// Attributes such as tags and the CRM's creation date.
    pub attributes: Vec<(String, String)>,
    /// Offerings to be granted.
    pub grants: Vec<Slug>,
    /// The row's cells as they came; only a keyed hash is kept.
    pub cells: Vec<String>,
}

/// What a row did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// A new contact.
    Added,
    /// A known contact changed.
    Changed,
    /// Nothing: the row equals the one last imported.
    Unchanged,
}

impl UseCases {
    /// Imports one row, whole or not at all: contact and grants stand in one append, after the claim of the external id.
    ///
    /// # Errors
    /// `no_address`, `offering_not_found`, `offering_archived`, `contact_erased`.
    pub async fn import_contact(
        &self, caller: &Caller, row: ImportRow,
    ) -> Result<Done<(ContactId, Imported)>, Failure> {
        caller.may(Act::ManageContacts, self.now())?;
        let known = match &row.contact.external_id {
            Some(external_id) => self.claim_holder(external_id).await?,
            None => None,
        };
        let digest = RowDigest(self.ports.keys.keyring().fingerprint(row.cells.join("\u{1f}").as_bytes()).0);
        let mut grants = row.grants;
        grants.sort_unstable();
        grants.dedup();
        let mut unseen: Vec<&Slug> = grants.iter().collect();
        if let Some(contact) = known {
            let now = self.now();
            let loaded = self.contact(contact).await?;
            let current = present(&loaded.state)?;
            let old = current.details.known().ok_or(Rejection::ContactErased)?;
            if old.row == Some(digest) {
                return Ok(Done { value: (contact, Imported::Unchanged), position: None });
            }
            if moves_an_address(old, &row.contact) {
                caller.may(Act::ChangeAddress, now)?;
            }
            unseen.retain(|offering| !current.may_see(offering, now));
        }
        for offering in unseen {
            self.takes_grants(offering).await?;
        }
        let contact = match known {
            Some(contact) => contact,
            None => self.claimed(caller, row.contact.external_id.as_ref(), caller.command.contact()).await?,
        };
        let details = Details {
            name: row.contact.name,
            email: row.contact.email,
            phone: row.contact.phone,
            locale: row.contact.locale,
            external_id: row.contact.external_id,
            attributes: row.attributes,
            row: None,
        };
        let command = ContactCommand::ImportContact { details, row: digest, grants };
        let before = matches!(self.contact(contact).await?.state, ContactState::Absent);
        let handled = self
            .handle::<ContactStream>(&ContactStream::name(contact), caller, Some(contact.into()), |state, ctx| {
                contact::decide(state, command.clone(), ctx)
            })
            .await?;
        let outcome = match (handled.position, before) {
            (None, _) => Imported::Unchanged,
            (Some(_), true) => Imported::Added,
            (Some(_), false) => Imported::Changed,
        };
        Ok(Done { value: (contact, outcome), position: handled.position })
    }
}

/// Whether the row brings another e-mail address or phone number than the one on file. An empty cell brings none.
fn moves_an_address(old: &Details, row: &NewContact) -> bool {
    let email = row.email.is_some() && old.email.is_some() && row.email != old.email;
    let phone = row.phone.is_some() && old.phone.is_some() && row.phone != old.phone;
    email || phone
}
