//! Signing in by code.

use std::fmt;

use super::UseCases;
use super::failure::Failure;
use super::redeem::{PressRequest, SignedIn};
use crate::id::{ContactId, LinkId, SessionId, StaffId, SubjectId};
use crate::keys::{BlindIndex, Code, Realm};
use crate::link::{Client, Method};
use crate::ports::Budget;

/// A code as typed on a sign-in page. Holds secrets, so `Debug` hides it.
#[derive(Clone)]
pub struct CodeAttempt {
    /// Contacts sign in to the portal, staff to the console.
    pub realm: Realm,
    /// E-mail address or phone number, as typed.
    pub address: String,
    /// The code, as typed.
    pub code: String,
    /// The browser's nonce cookie.
    pub nonce: String,
    /// From where.
    pub client: Client,
    /// The staff member signed in to the console in the same browser.
    pub beside: Option<StaffId>,
    /// The session of the same realm in the same browser.
    pub previous: Option<SessionId>,
}

impl fmt::Debug for CodeAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeAttempt({:?}, ***)", self.realm)
    }
}

impl UseCases {
    /// Signs in with a code. `None` for a wrong code, an unknown address, a used-up budget or a dead link: the page says
    /// the same for all of them.
    ///
    /// The attempt is charged to the address before anything is compared, known or not; a used-up budget disables codes
    /// for that address, never links.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when budgets, read models or log are out of reach: nothing is compared then.
    pub async fn sign_in_by_code(&self, attempt: CodeAttempt) -> Result<Option<SignedIn>, Failure> {
        let keys = self.ports.keys.keyring();
        let address = self.address_index(&attempt.address);
        // Nonsense is charged too, each spelling to itself.
        let charged = address.unwrap_or_else(|| keys.blind_index("nonsense", &attempt.address));
        let budget =
            self.ports.budgets.take(&format!("code-{charged}"), &self.policy.code_attempts, self.now()).await?;
        let (Some(address), Ok(code)) = (address, Code::parse(&attempt.code)) else { return Ok(None) };
        let mut matched = None;
        for link in self.links_at(attempt.realm, address).await? {
            let found = self.link_now(link).await?;
            // Every live link is compared, whether one matched or not.
            if keys.code(found.key, link).is_some_and(|ours| ours.matches(&code)) {
                matched = Some(link);
            }
        }
        let (Some(link), Budget::Taken) = (matched, budget) else { return Ok(None) };
        let press = PressRequest {
            link,
            method: Method::Code,
            nonce: attempt.nonce,
            client: attempt.client,
            beside: attempt.beside,
            previous: attempt.previous,
        };
        match self.redeem(press).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(Failure::Rejected(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Live links of everybody with this address.
    async fn links_at(&self, realm: Realm, address: BlindIndex) -> Result<Vec<LinkId>, Failure> {
        let subjects: Vec<SubjectId> = match realm {
            Realm::Portal => self.contacts_at(address).await?.into_iter().map(Into::into).collect(),
            Realm::Console => {
                self.team_now().await?.by_email(address).map(|(staff, _)| staff.into()).into_iter().collect()
            }
        };
        let mut links = vec![];
        for subject in subjects {
            // A code read out right after its link was made must be found.
            let beyond = self.caches.last_links.get(ContactId::from_uuid(subject.uuid()));
            links.extend(self.ports.lookups.live_links(subject, self.now(), true, beyond).await?);
        }
        Ok(links)
    }
}
