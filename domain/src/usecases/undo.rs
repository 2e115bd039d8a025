//! Taking back what somebody just did to a contact's access.
//!
//! Apart from granting because what was there before is read from the contact's own history: nothing has to remember it.

use std::collections::BTreeMap;

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use super::timelines::{TimelineEntry, TimelineEvent};
use crate::authority::Act;
use crate::contact::{self, ContactCommand, ContactEvent, ContactState, ContactStream, Grant};
use crate::id::{CommandId, ContactId};
use crate::rejection::Rejection;
use crate::stream::{Ctx, Stream};
use crate::time::{Lifetime, Timestamp};
use crate::value::{InvalidValue, Slug};

/// How long somebody can take back what they did.
const UNDO_FOR: Lifetime = Lifetime::from_mins(15);

/// One step of taking something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Grant it as it was granted before.
    Grant {
        /// Which offering.
        offering: Slug,
        /// Until when; `None` = for good.
        until: Option<Timestamp>,
    },
    /// Revoke what was granted.
    Revoke {
        /// Which offering.
        offering: Slug,
    },
}

impl UseCases {
    /// What taking back `command` would do to the contact's access. Nothing where it can't be taken back: it is not the
    /// caller's own, is older than 15 minutes, somebody has changed the same since, or an offering takes no grants.
    ///
    /// # Errors
    /// `contact_not_found`, `forbidden`.
    pub async fn undoable(
        &self, caller: &Caller, contact: ContactId, command: CommandId,
    ) -> Result<Vec<Undo>, Failure> {
        caller.may(Act::ManageAccess, self.now())?;
        let steps = steps(&self.contact_timeline(caller, contact).await?, caller, command, self.now());
        for step in &steps {
            if let Undo::Grant { offering, .. } = step {
                match self.takes_grants(offering).await {
                    Ok(()) => {}
                    Err(Failure::Rejected(_)) => return Ok(vec![]),
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(steps)
    }

    /// Takes `command` back, in one append. Links and sessions that died with the access stay dead.
    ///
    /// # Errors
    /// `invalid_field` where it can't be taken back any more; `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn undo_access(
        &self, caller: &Caller, contact: ContactId, command: CommandId,
    ) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageAccess, self.now())?;
        if self.contact(contact).await?.has_acted(caller)? {
            return Ok(Done { value: contact, position: None });
        }
        let steps = self.undoable(caller, contact, command).await?;
        if steps.is_empty() {
            let reason = "this can't be undone any more: look at what is granted now, and change that";
            return Err(Rejection::from(InvalidValue::new("of", reason)).into());
        }
        let commands: Vec<ContactCommand> = steps.into_iter().map(command_of).collect();
        self.contact_commands(caller, contact, &commands).await
    }

    /// Runs several commands on the contact's stream, all or none, in one append.
    pub(super) async fn contact_commands(
        &self, caller: &Caller, contact: ContactId, commands: &[ContactCommand],
    ) -> Result<Done<ContactId>, Failure> {
        let handled = self
            .handle::<ContactStream>(&ContactStream::name(contact), caller, Some(contact.into()), |state, ctx| {
                all_of(state, commands, ctx)
            })
            .await?;
        Ok(Done { value: contact, position: handled.position })
    }
}

fn all_of(state: &ContactState, commands: &[ContactCommand], ctx: &Ctx) -> Result<Vec<ContactEvent>, Rejection> {
    let mut state = state.clone();
    let mut events = vec![];
    for command in commands {
        for event in contact::decide(&state, command.clone(), ctx)? {
            state = ContactStream::evolve(state, &event);
            events.push(event);
        }
    }
    Ok(events)
}

fn command_of(step: Undo) -> ContactCommand {
    match step {
        Undo::Grant { offering, until } => ContactCommand::GrantAccess { offering, until },
        Undo::Revoke { offering } => ContactCommand::RevokeAccess { offering, reason: None },
    }
}

fn steps(entries: &[TimelineEntry], caller: &Caller, command: CommandId, now: Timestamp) -> Vec<Undo> {
    let mut granted: BTreeMap<&Slug, Grant> = BTreeMap::new();
    let mut before: BTreeMap<&Slug, Option<Grant>> = BTreeMap::new();
    for entry in entries {
        let (offering, becomes) = match &entry.event {
            TimelineEvent::Contact(ContactEvent::AccessGranted { offering, until }) => {
                (offering, Some(Grant { until: *until }))
            }
            TimelineEvent::Contact(ContactEvent::AccessRevoked { offering, .. }) => (offering, None),
            TimelineEvent::Contact(_) | TimelineEvent::Link(_) => continue,
        };
        let meta = &entry.meta;
        if meta.command == command && meta.actor == caller.actor && now < meta.at.plus(UNDO_FOR) {
            before.entry(offering).or_insert_with(|| granted.get(offering).copied());
        } else if before.contains_key(offering) {
            return vec![];
        }
        match becomes {
            Some(grant) => granted.insert(offering, grant),
            None => granted.remove(offering),
        };
    }
    before.into_iter().filter_map(|(offering, was)| step(offering, was, granted.get(offering), now)).collect()
}

fn step(offering: &Slug, was: Option<Grant>, is: Option<&Grant>, now: Timestamp) -> Option<Undo> {
    let offering = offering.clone();
    match was.filter(|grant| grant.is_live(now)) {
        Some(was) => (is != Some(&was)).then_some(Undo::Grant { offering, until: was.until }),
        None => is.map(|_| Undo::Revoke { offering }),
    }
}
