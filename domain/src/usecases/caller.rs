//! On whose behalf a use case runs.

use crate::actor::{Actor, Origin};
use crate::authority::{Act, Authority, authorise};
use crate::id::{CommandId, ContactId, StaffId};
use crate::log::Fingerprint;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Who asks, through which door, under which command. One caller per request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// Through which door.
    pub origin: Origin,
    /// What they may do, read from the log for this request.
    pub authority: Authority,
    /// This act.
    pub command: CommandId,
    /// What the act is part of.
    pub correlation: CommandId,
    /// Keyed hash of the request's content, where the caller chose the idempotency key.
    pub fingerprint: Option<Fingerprint>,
}

impl Caller {
    /// Magiclink itself.
    #[must_use]
    pub fn system(command: CommandId) -> Self {
        Self {
            actor: Actor::System,
            origin: Origin::System,
            authority: Authority::System,
            command,
            correlation: command,
            fingerprint: None,
        }
    }

    /// A contact, for themselves, on their own pages.
    #[must_use]
    pub fn contact(contact: ContactId, command: CommandId) -> Self {
        Self {
            actor: Actor::Contact(contact),
            origin: Origin::SelfService,
            authority: Authority::Contact(contact),
            command,
            correlation: command,
            fingerprint: None,
        }
    }

    /// The same caller with another command of the same act.
    #[must_use]
    pub fn with_command(&self, command: CommandId) -> Self {
        Self { command, ..self.clone() }
    }

    /// The same caller, sure of it: for looking at what a second yes would be said to.
    pub(super) fn confirmed(&self) -> Self {
        let authority = match self.authority {
            Authority::Role { role, signed_in_at, token, .. } => {
                Authority::Role { role, signed_in_at, confirmed: true, token }
            }
            other @ (Authority::System | Authority::Contact(_) | Authority::Nobody) => other,
        };
        Self { authority, ..self.clone() }
    }

    /// Whether the table allows `act`.
    pub(crate) fn may(&self, act: Act, now: Timestamp) -> Result<(), Rejection> {
        authorise(&self.authority, act, now)
    }

    /// Whether the table allows `act`, or the caller is this staff member, by a role of theirs.
    pub(super) fn is_staff_or_may(&self, staff: StaffId, act: Act, now: Timestamp) -> Result<(), Rejection> {
        let oneself = self.actor == Actor::Staff(staff) && matches!(self.authority, Authority::Role { .. });
        if oneself { Ok(()) } else { self.may(act, now) }
    }

    /// Whether the table allows `act`, or the caller is this contact.
    pub(crate) fn is_or_may(&self, contact: ContactId, act: Act, now: Timestamp) -> Result<(), Rejection> {
        if self.actor == Actor::Contact(contact) { Ok(()) } else { self.may(act, now) }
    }
}
