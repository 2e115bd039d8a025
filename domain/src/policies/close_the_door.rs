//! *Close the door*: after an admission number rose, a subject went, or a key ended, the history is completed. Nothing
//! depends on it: such links and sessions are dead already.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::{CommandId, LinkId, SessionId};
use crate::keys::{KeyEnd, KeyId, Keyring};
use crate::link::{EndedWhy, LinkCommand, LinkRevokedWhy, Standing};
use crate::ports::LeftBehind;
use crate::usecases::{Caller, Failure, UseCases};

/// Notes dead links as revoked and dead sessions as ended, and completes interrupted erasures.
pub struct CloseTheDoor {
    use_cases: Arc<UseCases>,
    /// The verifying keys for which nothing was left to do.
    settled: Mutex<Option<BTreeSet<KeyId>>>,
}

/// Taken at a time.
const BATCH: usize = 200;

impl CloseTheDoor {
    /// The policy over these use cases.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>) -> Self {
        Self { use_cases, settled: Mutex::default() }
    }

    /// Does what there is to do, one batch; answers how much that was.
    ///
    /// # Errors
    /// The first failure, after everything else was done; the next run goes on.
    pub async fn run(&self) -> Result<usize, Failure> {
        let use_cases = &self.use_cases;
        let mut tally = Tally::default();
        tally.add(use_cases.complete_erasures().await);
        let now = use_cases.ports().clock.now();
        self.close(use_cases.ports().lookups.left_behind(now, BATCH).await?, None, &mut tally).await;
        self.close_after_keys(&mut tally).await?;
        tally.failure.map_or(Ok(tally.closed), Err)
    }

    /// Keys end seldom, so it is looked for what ended with them only when they have changed, and once at the start.
    async fn close_after_keys(&self, tally: &mut Tally) -> Result<(), Failure> {
        let ports = self.use_cases.ports();
        let keyring = ports.keys.keyring();
        let verifying: BTreeSet<KeyId> = keyring.key_ids().collect();
        if self.settled.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&verifying) {
            return Ok(());
        }
        let head = ports.log.head().await?;
        let left = ports.lookups.left_by_keys(&keyring, ports.clock.now(), BATCH, head).await?;
        if left == LeftBehind::default() {
            *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = Some(verifying);
        }
        self.close(left, Some(&keyring), tally).await;
        Ok(())
    }

    /// With a keyring because keys ended, without one because admission numbers rose.
    async fn close(&self, left: LeftBehind, keyring: Option<&Keyring>, tally: &mut Tally) {
        for link in left.links {
            tally.add(self.revoke(link, keyring).await);
        }
        for session in left.sessions {
            tally.add(self.end(session, keyring).await);
        }
    }

    async fn revoke(&self, link: LinkId, keyring: Option<&Keyring>) -> Result<usize, Failure> {
        let why = match keyring {
            _ if self.is_gone(link).await? => LinkRevokedWhy::SubjectGone,
            Some(keyring) => {
                let key = self.use_cases.link_now(link).await?.key;
                keyring.end_of(key).unwrap_or(KeyEnd::Retired).of_links()
            }
            None => LinkRevokedWhy::AdmissionsRenewed,
        };
        let caller = Caller::system(CommandId::derive("system", "close the door", &link.to_string()));
        self.use_cases.link_command(&caller, link, LinkCommand::RevokeLink { why, reason: None }).await.map(|_| 1)
    }

    async fn end(&self, session: SessionId, keyring: Option<&Keyring>) -> Result<usize, Failure> {
        let why = match keyring {
            _ if self.is_gone(session.link).await? => EndedWhy::SubjectGone,
            Some(_) => EndedWhy::Ended,
            None => EndedWhy::AdmissionsRenewed,
        };
        let caller = Caller::system(CommandId::derive("system", "close the door", &session.to_string()));
        let command = LinkCommand::EndSession { use_number: session.use_number, why };
        self.use_cases.link_command(&caller, session.link, command).await.map(|_| 1)
    }

    async fn is_gone(&self, link: LinkId) -> Result<bool, Failure> {
        Ok(self.use_cases.standing(self.use_cases.link_now(link).await?.subject).await? == Standing::Gone)
    }
}

/// How much was done, and the first thing that could not be.
#[derive(Default)]
struct Tally {
    closed: usize,
    failure: Option<Failure>,
}

impl Tally {
    fn add(&mut self, outcome: Result<usize, Failure>) {
        match outcome {
            Ok(closed) => self.closed += closed,
            Err(failure) => drop(self.failure.get_or_insert(failure)),
        }
    }
}
