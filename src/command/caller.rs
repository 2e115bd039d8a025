//! On whose behalf the command line acts.

use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Authority, Role};
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::log::Position;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Caller, UseCases};
use serde::{Deserialize, Serialize};

use super::failure::CliFailure;
use super::time;
use crate::wiring::App;

/// Who typed the command. Whoever can open the data folder or its socket owns everything in it, so this is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invoker {
    /// The operating system's user.
    pub(crate) user: String,
    /// `--as`: id or e-mail of the staff member to act as.
    pub(crate) staff: Option<String>,
    /// `--yes`: acts that want a confirmation have it.
    pub(crate) confirmed: bool,
}

/// One command being carried out.
pub(super) struct Asking<'a> {
    /// Everything there is.
    pub(super) app: &'a App,
    /// Who asks.
    pub(super) caller: Caller,
}

impl<'a> Asking<'a> {
    /// Reads from the log what the invoker may do.
    pub(super) async fn new(app: &'a App, invoker: &Invoker) -> Result<Self, CliFailure> {
        let command = CommandId::from_uuid(app.use_cases.ports().ids.id());
        let authority = |role| Authority::Role { role, signed_in_at: None, confirmed: invoker.confirmed, token: false };
        let operator = Caller {
            actor: Actor::CommandLine(invoker.user.clone()),
            origin: Origin::Cli,
            authority: authority(Role::Owner),
            command,
            correlation: command,
            fingerprint: None,
        };
        let Some(text) = &invoker.staff else { return Ok(Self { app, caller: operator }) };
        let staff = app.use_cases.find_staff(&operator, Some(text)).await?;
        let role = app.use_cases.staff_member(&operator, staff).await?.role;
        Ok(Self { app, caller: Caller { actor: Actor::Staff(staff), authority: authority(role), ..operator } })
    }

    /// Whether `--yes` was given.
    pub(super) const fn confirmed(&self) -> bool {
        match self.caller.authority {
            Authority::Role { confirmed, .. } => confirmed,
            Authority::System | Authority::Contact(_) | Authority::Nobody => false,
        }
    }

    /// What can be done.
    pub(super) fn use_cases(&self) -> &'a UseCases {
        &self.app.use_cases
    }

    /// The contact that the operator means.
    pub(super) async fn contact(&self, text: &str) -> Result<ContactId, CliFailure> {
        // What was added a moment ago is found by its address as well.
        self.app.caught_up(self.app.head().await?).await?;
        Ok(self.use_cases().find_contact(&self.caller, text).await?)
    }

    /// A time as the operator wrote it.
    pub(super) fn time(&self, text: &str) -> Result<Timestamp, CliFailure> {
        time::parse(text, self.app.config.portal.time_zone)
    }

    /// Waits until lists show what was just done.
    pub(super) async fn shown(&self, position: Option<Position>) -> Result<(), CliFailure> {
        match position {
            Some(position) => self.app.caught_up(position).await,
            None => Ok(()),
        }
    }
}
