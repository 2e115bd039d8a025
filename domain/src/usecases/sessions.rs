//! Ending sessions, and noting that they are used.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use super::links::on;
use crate::actor::Actor;
use crate::authority::Act;
use crate::contact::ContactCommand;
use crate::id::{CommandId, ContactId, SessionId};
use crate::link::{EndedWhy, Link, LinkCommand, LinkSubject};
use crate::rejection::Rejection;

impl UseCases {
    /// Ends one session: its own subject's, or by staff.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<Done<Link>, Failure> {
        let link = self.link_now(session.link).await.map_err(|failure| {
            let unknown = failure.rejection() == Some(&Rejection::LinkNotFound);
            if unknown { Rejection::SessionNotFound.into() } else { failure }
        })?;
        if !is_own(caller, link.subject) {
            caller.may(on(link.subject, Act::EndSessions), self.now())?;
        }
        self.end(caller, session, EndedWhy::Ended).await
    }

    /// Ends the session in which the caller signs out.
    ///
    /// # Errors
    /// `forbidden` for anybody else's session.
    pub async fn sign_out(&self, caller: &Caller, session: SessionId) -> Result<Done<Link>, Failure> {
        if !is_own(caller, self.link_now(session.link).await?.subject) {
            return Err(Rejection::Forbidden.into());
        }
        self.end(caller, session, EndedWhy::SignedOut).await
    }

    /// Ends every session of the contact and kills every link: asked for by the contact, or by staff.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn sign_out_everywhere(&self, caller: &Caller, contact: ContactId) -> Result<Done<ContactId>, Failure> {
        caller.is_or_may(contact, Act::EndSessions, self.now())?;
        self.contact_command(caller, contact, ContactCommand::SignOutEverywhere).await
    }

    /// *This was not me*: the contact does not recognise a sign-in or a device. Ends every session, kills every link, and
    /// stands in the history for staff to see.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`; `forbidden` for anybody but the contact.
    pub async fn dispute_sign_in(&self, caller: &Caller, contact: ContactId) -> Result<Done<ContactId>, Failure> {
        if caller.actor != Actor::Contact(contact) {
            return Err(Rejection::Forbidden.into());
        }
        self.contact_command(caller, contact, ContactCommand::DisputeSignIn).await
    }

    /// Kills every link of the contact, and every session with them.
    ///
    /// # Errors
    /// `contact_not_found`, `contact_erased`, `forbidden`.
    pub async fn revoke_all_links(&self, caller: &Caller, contact: ContactId) -> Result<Done<ContactId>, Failure> {
        caller.may(Act::ManageLinks, self.now())?;
        self.contact_command(caller, contact, ContactCommand::RevokeAllLinks).await
    }

    /// Notes that a session was used; called after the answer, at most once a day per session.
    ///
    /// # Errors
    /// `not_found` once the session has ended.
    pub async fn note_seen(&self, session: SessionId) -> Result<(), Failure> {
        let caller = Caller::system(CommandId::from_uuid(self.ports.ids.id()));
        let command = LinkCommand::SeeSession { use_number: session.use_number };
        self.link_command(&caller, session.link, command).await.map(drop)
    }

    async fn end(&self, caller: &Caller, session: SessionId, why: EndedWhy) -> Result<Done<Link>, Failure> {
        let command = LinkCommand::EndSession { use_number: session.use_number, why };
        self.link_command(caller, session.link, command).await
    }
}

/// Whether the caller is the subject.
fn is_own(caller: &Caller, subject: LinkSubject) -> bool {
    match (subject, &caller.actor) {
        (LinkSubject::Contact { contact, .. }, Actor::Contact(actor)) => contact == *actor,
        (LinkSubject::Staff(staff), Actor::Staff(actor)) => staff == *actor,
        (LinkSubject::Contact { .. } | LinkSubject::Staff(_), _) => false,
    }
}
