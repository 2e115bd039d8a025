//! Taking over one row of a CRM export, or finding out what that would do.

use std::sync::Arc;

use super::UseCases;
use super::cache::Loaded;
use super::caller::Caller;
use super::contacts::{NewContact, present};
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::contact::{self, ContactCommand, ContactState, ContactStream, Details, RowDigest};
use crate::id::ContactId;
use crate::import::OfferingRow;
use crate::offering::{OfferingState, OfferingStream};
use crate::rejection::Rejection;
use crate::stream::Ctx;
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

/// What importing a row would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// What it would do.
    pub imported: Imported,
    /// It would put another address in an address's place, which ends the contact's links and sessions.
    pub moves_an_address: bool,
}

/// A row beside what is known of its contact.
struct Look {
    known: Option<(ContactId, Arc<Loaded<ContactStream>>)>,
    digest: RowDigest,
    grants: Vec<Slug>,
    /// Equal to the row last imported.
    same: bool,
    moves_an_address: bool,
}

impl UseCases {
    /// Imports one row, whole or not at all: contact and grants stand in one append, after the claim of the external id.
    ///
    /// # Errors
    /// `no_address`, `offering_not_found`, `offering_archived`, `contact_erased`, `confirmation_required` (an agent
    /// moving an address).
    pub async fn import_contact(
        &self, caller: &Caller, row: ImportRow,
    ) -> Result<Done<(ContactId, Imported)>, Failure> {
        let look = self.look_at_row(caller, &row).await?;
        if let Some((contact, _)) = look.known
            && look.same
        {
            return Ok(Done { value: (contact, Imported::Unchanged), position: None });
        }
        let contact = match look.known {
            Some((contact, _)) => contact,
            None => self.claimed(caller, row.contact.external_id.as_ref(), caller.command.contact()).await?,
        };
        let command = import_command(row, look.digest, look.grants);
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

    /// What [`UseCases::import_contact`] would do with this row now; makes nothing.
    ///
    /// # Errors
    /// What it would be refused for.
    pub async fn rehearse_contact(&self, caller: &Caller, row: &ImportRow) -> Result<Rehearsed, Failure> {
        let look = self.look_at_row(caller, row).await?;
        let (state, imported) = match look.known {
            Some((_, loaded)) => (loaded.state.clone(), Imported::Changed),
            None => (ContactState::Absent, Imported::Added),
        };
        let ctx = Ctx { now: self.now(), command: caller.command };
        let same = look.same
            || contact::decide(&state, import_command(row.clone(), look.digest, look.grants), &ctx)?.is_empty();
        let imported = if same { Imported::Unchanged } else { imported };
        Ok(Rehearsed { imported, moves_an_address: look.moves_an_address && !same })
    }

    async fn look_at_row(&self, caller: &Caller, row: &ImportRow) -> Result<Look, Failure> {
        let now = self.now();
        caller.may(Act::ManageContacts, now)?;
        let known = match &row.contact.external_id {
            Some(external_id) => self.claim_holder(external_id).await?,
            None => None,
        };
        let digest = RowDigest(self.ports.keys.keyring().fingerprint(row.cells.join("\u{1f}").as_bytes()).0);
        let mut grants = row.grants.clone();
        grants.sort_unstable();
        grants.dedup();
        let mut unseen = grants.clone();
        let mut look = Look { known: None, digest, grants, same: false, moves_an_address: false };
        if let Some(contact) = known {
            let loaded = self.contact(contact).await?;
            let current = present(&loaded.state)?;
            let old = current.details.known().ok_or(Rejection::ContactErased)?;
            look.same = old.row == Some(digest);
            look.moves_an_address = !look.same && moves_an_address(old, &row.contact);
            unseen.retain(|offering| !look.same && !current.may_see(offering, now));
            look.known = Some((contact, Arc::clone(&loaded)));
        }
        if look.moves_an_address {
            caller.may(Act::ChangeAddress, now)?;
        }
        for offering in &unseen {
            self.takes_grants(offering).await?;
        }
        Ok(look)
    }

    /// Imports one row of offerings: an unknown one is added; of a known one of the same kind, title and URL become the
    /// row's.
    ///
    /// # Errors
    /// `slug_taken` where the known one is of another kind.
    pub async fn import_offering(&self, caller: &Caller, row: OfferingRow) -> Result<Done<Imported>, Failure> {
        let rehearsed = self.rehearse_offering(caller, &row).await?;
        let OfferingRow { slug, kind, title, url } = row;
        let done = match rehearsed {
            Imported::Added => self.add_offering(caller, slug, kind, title, url).await?,
            Imported::Changed => self.change_offering(caller, slug, Some(title), Some(url)).await?,
            Imported::Unchanged => return Ok(Done { value: Imported::Unchanged, position: None }),
        };
        let value = if done.position.is_some() { rehearsed } else { Imported::Unchanged };
        Ok(Done { value, position: done.position })
    }

    /// What [`UseCases::import_offering`] would do with this row now; makes nothing.
    ///
    /// # Errors
    /// What it would be refused for.
    pub async fn rehearse_offering(&self, caller: &Caller, row: &OfferingRow) -> Result<Imported, Failure> {
        caller.may(Act::ManageOfferings, self.now())?;
        match &self.load::<OfferingStream>(&OfferingStream::name(&row.slug)).await?.state {
            OfferingState::Absent => Ok(Imported::Added),
            OfferingState::Present(known) | OfferingState::Archived(known) if known.kind != row.kind => {
                Err(Rejection::SlugTaken.into())
            }
            OfferingState::Present(known) | OfferingState::Archived(known) => {
                let same = known.title == row.title && known.url == row.url;
                Ok(if same { Imported::Unchanged } else { Imported::Changed })
            }
        }
    }
}

fn import_command(row: ImportRow, digest: RowDigest, grants: Vec<Slug>) -> ContactCommand {
    let details = Details {
        name: row.contact.name,
        email: row.contact.email,
        phone: row.contact.phone,
        locale: row.contact.locale,
        external_id: row.contact.external_id,
        attributes: row.attributes,
        row: None,
    };
    ContactCommand::ImportContact { details, row: digest, grants }
}

/// Whether the row brings another e-mail address or phone number than the one on file. An empty cell brings none.
fn moves_an_address(old: &Details, row: &NewContact) -> bool {
    let email = row.email.is_some() && old.email.is_some() && row.email != old.email;
    let phone = row.phone.is_some() && old.phone.is_some() && row.phone != old.phone;
    email || phone
}
