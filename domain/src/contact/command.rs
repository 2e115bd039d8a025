//! What one may ask of a contact's stream.

use super::event::{Details, RowDigest};
use super::notice::NoticeStep;
use crate::id::NoticeId;
use crate::time::Timestamp;
use crate::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Reason, Slug};

/// A command to a contact's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactCommand {
    /// Make the contact known.
    AddContact(Details),
    /// Correct some details.
    ChangeContactDetails(DetailsChange),
    /// Take over a row of a CRM export: details change, grants are added, nothing is removed.
    ImportContact {
        /// The row's details.
        details: Details,
        /// The row's digest; an equal one was imported before and is skipped.
        row: RowDigest,
        /// Offerings to be granted, known to exist.
        grants: Vec<Slug>,
    },
    /// Let the contact see an offering, known to exist and to take grants.
    GrantAccess {
        /// Which one.
        offering: Slug,
        /// Until when; `None` = for good.
        until: Option<Timestamp>,
    },
    /// Let the contact no longer see an offering.
    RevokeAccess {
        /// Which one.
        offering: Slug,
        /// Why.
        reason: Option<Reason>,
    },
    /// End every session, and every link with them.
    SignOutEverywhere,
    /// Say that a sign-in was not the contact's own: end every session and every link, and let staff know.
    DisputeSignIn,
    /// Kill every link, and every session with them.
    RevokeAllLinks,
    /// Look at the portal as the contact.
    PreviewPortal,
    /// Take a step with a notice to an address that the contact had.
    ServeNotice {
        /// The notice.
        notice: NoticeId,
        /// The step.
        step: NoticeStep,
    },
    /// Begin to erase the contact.
    RequestErasure,
    /// Note that the contact's key is destroyed.
    RecordKeyDestroyed,
}

/// A change of some details; `None` = leave as is, `Some(None)` = remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailsChange {
    /// Another name.
    pub name: Option<Name>,
    /// Another e-mail address.
    pub email: Option<Option<EmailAddress>>,
    /// Another phone number.
    pub phone: Option<Option<PhoneNumber>>,
    /// Another language.
    pub locale: Option<Option<Locale>>,
    /// Another external id, already claimed.
    pub external_id: Option<Option<ExternalId>>,
}

impl DetailsChange {
    /// The details after the change.
    #[must_use]
    pub fn applied_to(&self, details: &Details) -> Details {
        let mut new = details.clone();
        if let Some(name) = &self.name {
            new.name = name.clone();
        }
        if let Some(email) = &self.email {
            new.email.clone_from(email);
        }
        if let Some(phone) = &self.phone {
            new.phone.clone_from(phone);
        }
        if let Some(locale) = &self.locale {
            new.locale.clone_from(locale);
        }
        if let Some(external_id) = &self.external_id {
            new.external_id.clone_from(external_id);
        }
        new
    }

    /// Whether it changes or removes an address that links may have gone to.
    #[must_use]
    pub fn moves_an_address(&self, details: &Details) -> bool {
        let new = self.applied_to(details);
        (details.email.is_some() && new.email != details.email)
            || (details.phone.is_some() && new.phone != details.phone)
    }
}
