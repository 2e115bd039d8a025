//! Who talks: whose turn it is, on whose behalf, and what every turn needs.
//!
//! Apart from the turns because all of them begin here: the log is asked who it is.

use std::sync::Arc;

use chrono_tz::Tz;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::{Act as Right, Permission, permission};
use magiclink_domain::id::CommandId;
use magiclink_domain::team::ChatUser;
use magiclink_domain::usecases::{Caller, ChatMember, Failure, UseCases};
use magiclink_projections::ReadModels;

use super::answer::Reply;
use super::cards::Seen;
use super::{refusals, says};

/// One request of somebody.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who asks, by the platform's own ids.
    pub user: ChatUser,
    /// The platform's own id of the request: the same one acts once.
    pub key: String,
}

/// The conversation over these use cases and read models.
pub struct Conversation {
    pub(super) use_cases: Arc<UseCases>,
    pub(super) read_models: Arc<ReadModels>,
    zone: Tz,
}

/// Who asks, and on whose behalf.
pub(super) struct Asking {
    /// Who.
    pub(super) member: ChatMember,
    /// Under which command, with what authority.
    pub(super) caller: Caller,
}

impl Asking {
    /// Whether their role may do this, perhaps after a question.
    pub(super) fn may(&self, right: Right) -> bool {
        permission(self.member.role, right) != Permission::No
    }

    /// The name of the answer being made.
    pub(super) fn turn(&self) -> CommandId {
        self.caller.command
    }
}

impl Conversation {
    /// A conversation that tells times in this zone.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>, read_models: Arc<ReadModels>, zone: Tz) -> Self {
        Self { use_cases, read_models, zone }
    }

    /// The use cases, for what a platform keeps beside the conversation.
    #[must_use]
    pub fn use_cases(&self) -> &Arc<UseCases> {
        &self.use_cases
    }

    /// Who asks, from the team's stream; `None` for strangers.
    pub(super) async fn asking(
        &self, turn: &Turn, route: &str, content: &str, confirmed: bool,
    ) -> Result<Option<Asking>, Failure> {
        let Some(member) = self.use_cases.chat_member(&turn.user).await? else { return Ok(None) };
        let route = format!("{} {route}", turn.user.platform);
        let command = CommandId::derive(&Actor::Staff(member.staff).to_string(), &route, &turn.key);
        let mut caller = member.caller(&turn.user, command, confirmed);
        caller.fingerprint = Some(self.use_cases.ports().keys.keyring().fingerprint(content.as_bytes()));
        Ok(Some(Asking { member, caller }))
    }

    pub(super) fn stranger(&self, turn: &Turn) -> Reply {
        Reply::Answer(says::stranger(turn.user.platform, &self.page("chat")))
    }

    /// A page of the console.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/console/{path}", self.use_cases.policy().base_url)
    }

    /// Where and when the reader is.
    pub(super) fn seen(&self) -> Seen {
        Seen { zone: self.zone, now: self.use_cases.ports().clock.now() }
    }

    /// Lists show what was done; one that lags is no reason to say that it was not.
    pub(super) async fn passed(&self, position: Option<magiclink_domain::log::Position>) {
        if let Some(position) = position
            && let Err(error) = self.read_models.passed(position).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "answered before the read models have it");
        }
    }
}

pub(super) fn failed(failure: &Failure) -> Reply {
    if failure.rejection().is_none() {
        tracing::warn!(error = failure as &dyn std::error::Error, "a chat command failed");
    }
    Reply::Answer(refusals::of(failure))
}
