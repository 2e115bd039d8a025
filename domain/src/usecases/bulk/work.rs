//! The steps that the policy takes for a bulk send, on behalf of whoever started it.

use super::rehearse::request;
use super::{BulkStream, link_command};
use crate::actor::Actor;
use crate::authority::{Act, Authority, Role, authorise};
use crate::bulk::{Bulk, BulkCommand, BulkStatus, StoppedWhy, Words};
use crate::id::{BulkId, CommandId, ContactId};
use crate::log::Metadata;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};
use crate::usecases::UseCases;
use crate::usecases::caller::Caller;
use crate::usecases::failure::Failure;
use crate::usecases::links::IssueRequest;

/// A bulk send whose listing was begun this long ago and is not complete was interrupted.
const LISTING: Lifetime = Lifetime::from_mins(10);

/// What came of a recipient's turn.
enum Turn {
    /// The link is made, and its delivery asked for.
    Made,
    /// A rule says no to this contact; its word.
    Refused(&'static str),
    /// Nobody can be written to at the moment.
    Held,
}

/// What came of a look at a bulk send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worked {
    /// So much was done.
    Did(usize),
    /// It waits: for room in the queue, to be resumed, or for a switch or provider.
    Waits,
}

impl UseCases {
    /// Takes a bulk send one stretch further. Safe to repeat after any step, and on several nodes at once: each
    /// recipient's link and delivery derive from bulk send and contact. No more than `queued` deliveries wait at a time.
    pub(crate) async fn work_on_bulk_send(&self, id: BulkId, queued: usize) -> Result<Worked, Failure> {
        let loaded = self.load_bulk(id).await?;
        let Some(bulk) = loaded.state.started() else { return Ok(Worked::Waits) };
        let Some(beginning) = self.beginning(id).await? else { return Ok(Worked::Waits) };
        match bulk.status() {
            BulkStatus::Running => {}
            BulkStatus::Starting if self.now() >= beginning.at.plus(LISTING) => {
                return self.conclude(id, BulkCommand::StopBulkSend(StoppedWhy::Interrupted)).await;
            }
            BulkStatus::Starting | BulkStatus::Paused | BulkStatus::Stopped | BulkStatus::Finished => {
                return Ok(Worked::Waits);
            }
        }
        let Some(authority) = self.authority_of(&beginning.actor).await? else {
            return self.conclude(id, BulkCommand::StopBulkSend(StoppedWhy::StarterGone)).await;
        };
        let work = self.ports.lookups.bulk_work(id, queued.max(1), loaded.position).await?;
        if work.next.is_empty() {
            return self.conclude(id, BulkCommand::FinishBulkSend).await;
        }
        let room = queued.saturating_sub(work.queued);
        let caller = on_behalf(id, &beginning, authority);
        let next = work.next.into_iter().take(room);
        self.write_to(id, bulk, &caller, beginning.at, next).await
    }

    async fn write_to(
        &self, id: BulkId, bulk: &Bulk, caller: &Caller, begun: Timestamp,
        next: impl Iterator<Item = (ContactId, Option<Timestamp>)> + Send,
    ) -> Result<Worked, Failure> {
        let (mut done, mut refused) = (0, vec![]);
        for (contact, signed_in) in next {
            // Whoever pauses or stops it shall not have to wait for the end of a stretch.
            if !self.goes_on(id).await? {
                break;
            }
            let arrived = bulk.plan.segment.is_for_the_absent() && signed_in.is_some_and(|at| at >= begun);
            let turn =
                if arrived { Turn::Refused("signed_in") } else { self.turn_of(id, bulk, caller, contact).await? };
            match turn {
                Turn::Made => done += 1,
                Turn::Refused(code) => refused.push((contact, code.to_owned())),
                Turn::Held => break,
            }
        }
        if !refused.is_empty() {
            done += refused.len();
            let system = Caller { correlation: id.into(), ..Caller::system(CommandId::from_uuid(self.ports.ids.id())) };
            self.bulk_command(&system, id, BulkCommand::SkipRecipients(refused)).await?;
        }
        Ok(if done == 0 { Worked::Waits } else { Worked::Did(done) })
    }

    async fn goes_on(&self, id: BulkId) -> Result<bool, Failure> {
        Ok(self.load_bulk(id).await?.state.started().is_some_and(|bulk| bulk.status() == BulkStatus::Running))
    }

    /// One recipient: the ordinary use case makes an ordinary link, under the command that belongs to this contact.
    async fn turn_of(&self, id: BulkId, bulk: &Bulk, caller: &Caller, contact: ContactId) -> Result<Turn, Failure> {
        if !bulk.awaits(contact) {
            return Ok(Turn::Refused("not_listed"));
        }
        let command = link_command(id, contact);
        let fingerprint = self.ports.keys.keyring().fingerprint(command.to_string().as_bytes());
        let caller = Caller { fingerprint: Some(fingerprint), ..caller.with_command(command) };
        let channel = match self.way_to(&caller, contact, bulk.plan.lifetime, &bulk.plan.channels).await? {
            Ok(channel) => channel,
            // Made before, by this node or another, and only its row is still missing.
            Err(_) if self.was_made(&caller).await? => return Ok(Turn::Made),
            Err(why) => return Ok(no(&why)),
        };
        let words = bulk.plan.words.as_ref().and_then(Personal::known);
        let wanted = IssueRequest {
            destination: bulk.plan.destination.clone(),
            deliver: vec![channel],
            reason: words.and_then(|words: &Words| words.reason.clone()),
            ..request(contact, bulk.plan.lifetime)
        };
        match self.issue_in_bulk(&caller, wanted).await {
            Ok(_) => Ok(Turn::Made),
            Err(Failure::Rejected(why)) => Ok(no(&why)),
            Err(failure) => Err(failure),
        }
    }

    async fn conclude(&self, id: BulkId, command: BulkCommand) -> Result<Worked, Failure> {
        let caller = Caller { correlation: id.into(), ..Caller::system(CommandId::from_uuid(self.ports.ids.id())) };
        let done = self.bulk_command(&caller, id, command).await?;
        Ok(if done.position.is_some() { Worked::Did(1) } else { Worked::Waits })
    }

    /// Who started it, when, through which door.
    async fn beginning(&self, id: BulkId) -> Result<Option<Metadata>, Failure> {
        let events = self.ports.log.read_stream(&BulkStream::name(id), 0, 1).await?;
        Ok(events.first().map(|event| Metadata::decode(&event.meta)).transpose()?)
    }

    /// What the starter may do now, by the log; `None` once that is no bulk sending any more. The second yes was said at
    /// the beginning.
    async fn authority_of(&self, actor: &Actor) -> Result<Option<Authority>, Failure> {
        let (team, now) = (self.team_now().await?, self.now());
        let role = match actor {
            Actor::Staff(staff) => team.member(*staff).map(|member| (member.role, false)),
            Actor::Token(token) => team.live_token(*token, now).map(|token| (token.role, true)),
            Actor::CommandLine(_) => Some((Role::Owner, false)),
            Actor::Contact(_) | Actor::System => None,
        };
        let authority = role.map(|(role, token)| Authority::Role { role, signed_in_at: None, confirmed: true, token });
        Ok(authority.filter(|authority| authorise(authority, Act::BulkSend, now).is_ok()))
    }
}

/// The starter, acting through the policy.
fn on_behalf(id: BulkId, beginning: &Metadata, authority: Authority) -> Caller {
    Caller {
        actor: beginning.actor.clone(),
        origin: beginning.origin,
        authority,
        command: beginning.command,
        correlation: id.into(),
        fingerprint: None,
    }
}

/// Whether a rule's no is about this contact, or about everybody at this moment.
fn no(why: &Rejection) -> Turn {
    let everybody =
        matches!(why, Rejection::IssuingStopped | Rejection::ChannelNotConfigured(_) | Rejection::RateLimited(_));
    if everybody { Turn::Held } else { Turn::Refused(why.code()) }
}
