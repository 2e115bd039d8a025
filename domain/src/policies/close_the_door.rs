//! *Close the door*: after an admission number rose or a subject went, the history is completed. Nothing depends on it:
//! such links and sessions are dead already.

use std::sync::Arc;

use crate::id::CommandId;
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
    /// [`Failure::Unavailable`] when something is out of reach; the next run goes on.
    pub async fn run(&self) -> Result<usize, Failure> {
        let use_cases = &self.0;
        let erased = use_cases.complete_erasures().await?;
        let now = use_cases.ports().clock.now();
        let left = use_cases.ports().lookups.left_behind(now, BATCH).await?;
        for link in &left.links {
            let gone = use_cases.standing(use_cases.link(*link).await?.subject).await? == Standing::Gone;
            let why = if gone { LinkRevokedWhy::SubjectGone } else { LinkRevokedWhy::AdmissionsRenewed };
            let caller = Caller::system(CommandId::derive("system", "close the door", &link.to_string()));
            use_cases.link_command(&caller, *link, LinkCommand::RevokeLink { why, reason: None }).await?;
        }
        for session in &left.sessions {
            let gone = use_cases.standing(use_cases.link(session.link).await?.subject).await? == Standing::Gone;
            let why = if gone { EndedWhy::SubjectGone } else { EndedWhy::AdmissionsRenewed };
            let caller = Caller::system(CommandId::derive("system", "close the door", &session.to_string()));
            let command = LinkCommand::EndSession { use_number: session.use_number, why };
            use_cases.link_command(&caller, session.link, command).await?;
        }
        Ok(erased + left.links.len() + left.sessions.len())
    }
}
