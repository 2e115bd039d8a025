//! The catalogue.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::offering::{self, Offering, OfferingCommand, OfferingKind, OfferingState, OfferingStream};
use crate::rejection::Rejection;
use crate::time::Lifetime;
use crate::value::{OfferingUrl, Slug, Title};

/// How long an idempotency key is known to belong to an offering.
const KEY_REMEMBERED: Lifetime = Lifetime::from_days(365);

impl UseCases {
    /// Adds an offering; adding an equal one again is nothing.
    ///
    /// # Errors
    /// `slug_taken`, `idempotency_key_reused`.
    pub async fn add_offering(
        &self, caller: &Caller, slug: Slug, kind: OfferingKind, title: Title, url: Option<OfferingUrl>,
    ) -> Result<Done<Slug>, Failure> {
        caller.may(Act::ManageOfferings, self.now())?;
        if caller.fingerprint.is_some() {
            self.key_is_for(caller, &slug).await?;
        }
        self.offering_command(caller, slug, OfferingCommand::AddOffering { kind, title, url }).await
    }

    /// Refuses an idempotency key that added another offering before. Whatever else is made has its id from the key, so that
    /// its stream tells; an offering's stream is named by its slug, and which that was lies in the state store.
    async fn key_is_for(&self, caller: &Caller, slug: &Slug) -> Result<(), Failure> {
        let (parcels, key) = (&self.ports().parcels, format!("offering-key/{}", caller.command));
        let before = parcels.look(&key, self.now()).await?;
        let before = before.and_then(|slug| Slug::parse(&String::from_utf8(slug).ok()?).ok());
        if let Some(before) = before.filter(|before| before != slug) {
            self.load::<OfferingStream>(&OfferingStream::name(&before)).await?.has_acted(caller)?;
        }
        Ok(parcels.put(&key, slug.as_str().as_bytes(), self.now().plus(KEY_REMEMBERED)).await?)
    }

    /// Changes title or URL (`Some(None)` removes the URL).
    ///
    /// # Errors
    /// `offering_not_found`, `offering_archived`.
    pub async fn change_offering(
        &self, caller: &Caller, slug: Slug, title: Option<Title>, url: Option<Option<OfferingUrl>>,
    ) -> Result<Done<Slug>, Failure> {
        self.offering_command(caller, slug, OfferingCommand::ChangeOffering { title, url }).await
    }

    /// Archives the offering: no new grants; existing ones stay until revoked.
    ///
    /// # Errors
    /// `offering_not_found`.
    pub async fn archive_offering(&self, caller: &Caller, slug: Slug) -> Result<Done<Slug>, Failure> {
        self.offering_command(caller, slug, OfferingCommand::ArchiveOffering).await
    }

    /// The offering as it is now, archived or not.
    ///
    /// # Errors
    /// `offering_not_found`, `forbidden`.
    pub async fn offering(&self, caller: &Caller, slug: &Slug) -> Result<Offering, Failure> {
        caller.may(Act::Read, self.now())?;
        self.offering_now(slug).await
    }

    pub(super) async fn offering_now(&self, slug: &Slug) -> Result<Offering, Failure> {
        let loaded = self.load::<OfferingStream>(&OfferingStream::name(slug)).await?;
        match &loaded.state {
            OfferingState::Present(offering) | OfferingState::Archived(offering) => Ok(offering.clone()),
            OfferingState::Absent => Err(Rejection::OfferingNotFound.into()),
        }
    }

    /// The offering's phase of life, for interfaces that show one offering.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn offering_state(&self, caller: &Caller, slug: &Slug) -> Result<OfferingState, Failure> {
        caller.may(Act::Read, self.now())?;
        Ok(self.load::<OfferingStream>(&OfferingStream::name(slug)).await?.state.clone())
    }

    async fn offering_command(
        &self, caller: &Caller, slug: Slug, command: OfferingCommand,
    ) -> Result<Done<Slug>, Failure> {
        caller.may(Act::ManageOfferings, self.now())?;
        let handled = self
            .handle::<OfferingStream>(&OfferingStream::name(&slug), caller, None, |state, ctx| {
                offering::decide(state, command.clone(), ctx)
            })
            .await?;
        Ok(Done { value: slug, position: handled.position })
    }
}
