//! Looking at a link's page: what it would do, without doing it.

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use crate::contact::ContactState;
use crate::id::{CommandId, LinkId};
use crate::keys::TokenKind;
use crate::link::{Client, Link, LinkCommand, LinkSubject, OpenedBy, Refusal, Standing, refusal, repeats};
use crate::rejection::Rejection;

/// What a link's page shows.
#[derive(Clone, Debug)]
pub enum Door {
    /// The button.
    Ready(Link),
    /// This browser has pressed the button already, and its session is open: pressing again leads back into it.
    Again(Link),
    /// Why it does not sign in.
    Refused {
        /// The link.
        link: Link,
        /// Why.
        why: Refusal,
    },
    /// Redeeming is stopped by the emergency switch.
    Stopped(Link),
}

impl Door {
    /// The link, whatever it does.
    #[must_use]
    pub const fn link(&self) -> &Link {
        match self {
            Self::Ready(link) | Self::Again(link) | Self::Stopped(link) | Self::Refused { link, .. } => link,
        }
    }
}

impl UseCases {
    /// The link that `token` stands for, by the keys alone: no look-up happens for a text that is not a token.
    #[must_use]
    pub fn verify_token(&self, kind: TokenKind, token: &str) -> Option<LinkId> {
        self.ports.keys.keyring().verify_token(kind, token)
    }

    /// What the link's page shows to a browser with this nonce. Changes nothing.
    ///
    /// # Errors
    /// `not_found` for a link that was never issued.
    pub async fn door(&self, id: LinkId, nonce: Option<&str>) -> Result<Door, Failure> {
        let link = self.link_now(id).await?;
        let standing = self.standing(link.subject).await?;
        let nonce = nonce.map(|nonce| self.ports.keys.keyring().nonce_hash(nonce));
        let now = self.now();
        if nonce.is_some_and(|nonce| repeats(&link, nonce, standing, now).is_some()) {
            return Ok(Door::Again(link));
        }
        if let Some(why) = refusal(&link, standing, nonce, now) {
            return Ok(Door::Refused { link, why });
        }
        Ok(if self.redeeming_stopped(link.subject).await? { Door::Stopped(link) } else { Door::Ready(link) })
    }

    /// Notes who opened the page, once per kind of opener. Called after the page was answered.
    ///
    /// # Errors
    /// `not_found` for a link that was never issued.
    pub async fn note_opening(&self, id: LinkId, by: OpenedBy, client: Client) -> Result<(), Failure> {
        if self.link_now(id).await?.opened_by.contains(&by) {
            return Ok(());
        }
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        self.link_command(&caller, id, LinkCommand::RecordOpening { by, client }).await.map(drop)
    }

    /// Whether the emergency switch is on for this subject. Staff stay able to sign in: one of them has to resume.
    pub(super) async fn redeeming_stopped(&self, subject: LinkSubject) -> Result<bool, Failure> {
        let contact = matches!(subject, LinkSubject::Contact { .. });
        Ok(contact && self.settings_now().await?.redeeming_stopped)
    }

    /// How a link's subject stands now, read from its own stream.
    pub(crate) async fn standing(&self, subject: LinkSubject) -> Result<Standing, Failure> {
        Ok(match subject {
            LinkSubject::Contact { contact, .. } => match &self.contact(contact).await?.state {
                ContactState::Present(contact) if contact.in_portal(self.now()) => {
                    Standing::InPortal(contact.admission)
                }
                ContactState::Present(_) => Standing::NotInPortal,
                ContactState::Absent | ContactState::Erasing(_) | ContactState::Erased => Standing::Gone,
            },
            LinkSubject::Staff(staff) => match self.member_now(staff).await {
                Ok(_) => Standing::OnTeam,
                Err(Failure::Rejected(Rejection::StaffNotFound)) => Standing::Gone,
                Err(failure) => return Err(failure),
            },
        })
    }
}
