//! *Close the door*: after an admission number rose or a subject went, the history is completed. Nothing depends on it:
//! such links and sessions are dead already.

use std::sync::Arc;

use crate::id::{CommandId, LinkId, SessionId};
use crate::link::{EndedWhy, LinkCommand, LinkRevokedWhy, Standing};
use crate::usecases::{Caller, Failure, UseCases};

/// Notes dead links as revoked and dead sessions as ended, and completes interrupted erasures.
pub struct CloseTheDoor(Arc<UseCases>);

/// Taken at a time.
const BATCH: usize = 200;

impl CloseTheDoor {
    /// The policy over these use cases.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>) -> Self {
        Self(use_cases)
    }

    /// Does what there is to do, one batch; answers how much that was.
    ///
    /// # Errors
    /// The first failure, after everything else was done; the next run goes on.
    pub async fn run(&self) -> Result<usize, Failure> {
        let use_cases = &self.0;
        let mut first_failure = None;
        let mut closed = match use_cases.complete_erasures().await {
            Ok(erased) => erased,
            Err(failure) => {
                first_failure = Some(failure);
                0
            }
        };
        let now = use_cases.ports().clock.now();
        let left = use_cases.ports().lookups.left_behind(now, BATCH).await?;
        for link in left.links {
            match self.revoke(link).await {
                Ok(()) => closed += 1,
                Err(failure) => drop(first_failure.get_or_insert(failure)),
            }
        }
        for session in left.sessions {
            match self.end(session).await {
                Ok(()) => closed += 1,
                Err(failure) => drop(first_failure.get_or_insert(failure)),
            }
        }
        first_failure.map_or(Ok(closed), Err)
    }

    async fn revoke(&self, link: LinkId) -> Result<(), Failure> {
        let why =
            if self.is_gone(link).await? { LinkRevokedWhy::SubjectGone } else { LinkRevokedWhy::AdmissionsRenewed };
        let caller = Caller::system(CommandId::derive("system", "close the door", &link.to_string()));
        self.0.link_command(&caller, link, LinkCommand::RevokeLink { why, reason: None }).await.map(drop)
    }

    async fn end(&self, session: SessionId) -> Result<(), Failure> {
        let why = if self.is_gone(session.link).await? { EndedWhy::SubjectGone } else { EndedWhy::AdmissionsRenewed };
        let caller = Caller::system(CommandId::derive("system", "close the door", &session.to_string()));
        let command = LinkCommand::EndSession { use_number: session.use_number, why };
        self.0.link_command(&caller, session.link, command).await.map(drop)
    }

    async fn is_gone(&self, link: LinkId) -> Result<bool, Failure> {
        Ok(self.0.standing(self.0.link(link).await?.subject).await? == Standing::Gone)
    }
}
