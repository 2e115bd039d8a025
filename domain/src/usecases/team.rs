//! Staff: adding, naming, changing and removing them, and the first owner's invitation.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use super::links::Issued;
use crate::actor::Actor;
use crate::authority::{Act, Role};
use crate::id::{CommandId, StaffId};
use crate::link::{Issue, LinkCommand, LinkKind, LinkRevokedWhy};
use crate::log::Position;
use crate::rejection::Rejection;
use crate::team::{self, StaffDetails, TeamCommand, TeamStream};

impl UseCases {
    /// Adds a staff member.
    ///
    /// # Errors
    /// `staff_email_taken`, `forbidden`, `sign_in_again`.
    pub async fn add_staff(
        &self, caller: &Caller, role: Role, details: StaffDetails,
    ) -> Result<Done<StaffId>, Failure> {
        caller.may(Act::ManageStaff, self.now())?;
        let staff = caller.command.staff();
        let email_index = Some(self.ports.keys.keyring().email_index(&details.email));
        let command = TeamCommand::AddStaff { staff, role, details: Some(details), email_index };
        self.team_command(caller, Some(staff), command).await
    }

    /// A staff member gives or corrects their own name and e-mail; owners do it for anybody.
    ///
    /// # Errors
    /// `staff_email_taken`, `not_found`, `forbidden`, `sign_in_again`.
    pub async fn change_staff_details(
        &self, caller: &Caller, staff: StaffId, details: StaffDetails,
    ) -> Result<Done<StaffId>, Failure> {
        // Only the nameless first owner names themselves; an e-mail address is a way in, so it is the owners' to change.
        let naming_oneself = caller.actor == Actor::Staff(staff) && self.member_now(staff).await?.details.is_none();
        if !naming_oneself {
            caller.may(Act::ManageStaff, self.now())?;
        }
        let email_index = self.ports.keys.keyring().email_index(&details.email);
        self.team_command(caller, Some(staff), TeamCommand::ChangeStaffDetails { staff, details, email_index }).await
    }

    /// Gives another role.
    ///
    /// # Errors
    /// `not_found`, `last_owner`, `forbidden` (also for one's own role), `sign_in_again`.
    pub async fn change_role(&self, caller: &Caller, staff: StaffId, role: Role) -> Result<Done<StaffId>, Failure> {
        caller.may(Act::ManageStaff, self.now())?;
        let by = match caller.actor {
            Actor::Staff(staff) => Some(staff),
            Actor::Contact(_) | Actor::Token(_) | Actor::CommandLine(_) | Actor::System => None,
        };
        self.team_command(caller, Some(staff), TeamCommand::ChangeRole { staff, role, by }).await
    }

    /// Removes a staff member: sessions, tokens and chat end at once. Links they made stay, unless `revoke` names them.
    ///
    /// # Errors
    /// `not_found`, `last_owner`, `forbidden`, `sign_in_again`.
    pub async fn remove_staff(
        &self, caller: &Caller, staff: StaffId, revoke: &[crate::id::LinkId],
    ) -> Result<Done<StaffId>, Failure> {
        caller.may(Act::ManageStaff, self.now())?;
        let command = TeamCommand::RemoveStaff { staff, revoke_links: !revoke.is_empty() };
        let done = self.team_command(caller, Some(staff), command).await?;
        let caller = Caller { fingerprint: None, ..caller.clone() };
        for link in revoke {
            let command = LinkCommand::RevokeLink { why: LinkRevokedWhy::Revoked, reason: None };
            self.link_command(&caller, *link, command).await?;
        }
        Ok(done)
    }

    /// The first owner's way in: made anew at each start until it was used and the owner gave a name and an e-mail
    /// address; before, they would have no other way in. `None` from then on.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn invite_first_owner(&self) -> Result<Option<Done<Issued>>, Failure> {
        let team = self.team_now().await?;
        if team.owners().any(|owner| team.member(owner).is_some_and(|member| member.details.is_some())) {
            return Ok(None);
        }
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        let owner = if let Some(owner) = team.owners().next() {
            owner
        } else {
            let staff = caller.command.staff();
            let command = TeamCommand::AddStaff { staff, role: Role::Owner, details: None, email_index: None };
            self.team_command(&caller, Some(staff), command).await?.value
        };
        // Earlier invitations die, so that a forgotten terminal does not let anybody in.
        for older in self.ports.lookups.live_links(owner.into(), self.now(), true, Position::START).await? {
            let command = LinkCommand::RevokeLink { why: LinkRevokedWhy::Replaced, reason: None };
            self.link_command(&caller, older, command).await?;
        }
        let issue = self.staff_issue(owner, LinkKind::Invitation, None);
        let done = self.make_link(&caller, Issue { revealed: true, ..issue }).await?;
        let (url, code) = self.secrets(done.value.id, &done.value.link).ok_or(Rejection::LinkNotLive)?;
        Ok(Some(done.map(|issued| Issued { url: Some(url), code: Some(code), ..issued })))
    }

    /// Runs one command on the team's stream.
    pub(super) async fn team_command(
        &self, caller: &Caller, subject: Option<StaffId>, command: TeamCommand,
    ) -> Result<Done<StaffId>, Failure> {
        let about = subject.map(Into::into);
        let handled = self
            .handle::<TeamStream>(&TeamStream::name(), caller, about, |state, ctx| {
                team::decide(state, command.clone(), ctx)
            })
            .await?;
        let value = subject.unwrap_or_else(|| caller.command.staff());
        Ok(Done { value, position: handled.position })
    }
}
