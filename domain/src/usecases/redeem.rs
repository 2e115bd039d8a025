//! Pressing the button.

use std::fmt;

use super::UseCases;
use super::caller::Caller;
use super::failure::Failure;
use crate::actor::{Actor, Origin};
use crate::authority::Authority;
use crate::id::{CommandId, LinkId, SessionId, StaffId};
use crate::keys::{Realm, SessionCookie};
use crate::link::{
    self, Client, Destination, EndedWhy, Link, LinkCommand, LinkStream, LinkSubject, Method, Press, Refusal, Standing,
    repeats,
};
use crate::log::Position;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::value::Slug;

/// A press of the button, or a right code. The nonce is a secret, so `Debug` hides it.
#[derive(Clone)]
pub struct PressRequest {
    /// Which link.
    pub link: LinkId,
    /// How.
    pub method: Method,
    /// The browser's nonce cookie.
    pub nonce: String,
    /// From where.
    pub client: Client,
    /// The staff member signed in to the console in the same browser.
    pub beside: Option<StaffId>,
    /// The session of the same realm in the same browser; it ends when the new one begins.
    pub previous: Option<SessionId>,
}

impl fmt::Debug for PressRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PressRequest({}, {}, ***)", self.link, self.method)
    }
}

/// The subject is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub subject: LinkSubject,
    /// The cookie's value; a secret.
    pub cookie: super::SecretText,
    /// The offering to go to; `None` = the realm's first page.
    pub offering: Option<Slug>,
    /// The link led to an offering that is no longer granted: say so on the first page.
    pub destination_ended: bool,
    /// Where the redemption stands in the log; `None` for a repeated press.
    pub position: Option<Position>,
}

impl UseCases {
    /// Redeems a link. The same browser pressing again gets the same session and spends nothing.
    ///
    /// # Errors
    /// [`Rejection::Refused`] with the reason whose page is to be shown, noted at most five times per link and reason;
    /// `redeeming_stopped`; `not_found`.
    pub async fn redeem(&self, request: PressRequest) -> Result<SignedIn, Failure> {
        let link = self.link_now(request.link).await?;
        let standing = self.standing(link.subject).await?;
        let nonce = self.ports.keys.keyring().nonce_hash(&request.nonce);
        let press = Press {
            method: request.method,
            nonce,
            client: request.client.clone(),
            standing,
            limits: match link.subject {
                LinkSubject::Contact { .. } => self.policy.contact_sessions,
                LinkSubject::Staff(_) => self.policy.staff_sessions,
            },
            beside: request.beside,
        };
        let repeated = repeats(&link, nonce, standing, self.now()).is_some();
        if !repeated && self.redeeming_stopped(link.subject).await? {
            return Err(Rejection::RedeemingStopped.into());
        }
        let caller = self.subject_caller(link.subject);
        match self.link_command(&caller, request.link, LinkCommand::RedeemLink(press)).await {
            Ok(done) => {
                let signed_in = self.signed_in(request.link, &done.value, nonce, standing).await?;
                if let Some(previous) = request.previous.filter(|previous| *previous != signed_in.session) {
                    self.supersede(&caller, previous).await;
                }
                Ok(SignedIn { position: done.position, ..signed_in })
            }
            Err(Failure::Rejected(Rejection::Refused(why))) => {
                self.note_refusal(&caller, request.link, why, request.client).await;
                Err(Rejection::Refused(why).into())
            }
            Err(failure) => Err(failure),
        }
    }

    /// The subject, acting for themselves under a fresh command.
    fn subject_caller(&self, subject: LinkSubject) -> Caller {
        let command = CommandId::from_uuid(self.ports.ids.id());
        let (actor, origin) = match subject {
            LinkSubject::Contact { contact, .. } => (Actor::Contact(contact), Origin::SelfService),
            LinkSubject::Staff(staff) => (Actor::Staff(staff), Origin::Console),
        };
        Caller { actor, origin, authority: Authority::Nobody, command, correlation: command, fingerprint: None }
    }

    async fn signed_in(
        &self, id: LinkId, link: &Link, nonce: [u8; 16], standing: Standing,
    ) -> Result<SignedIn, Failure> {
        let now = self.now();
        let use_number = repeats(link, nonce, standing, now).ok_or(Rejection::Refused(Refusal::Used))?;
        let session = SessionId { link: id, use_number };
        let (offering, destination_ended) = match (&link.destination, link.subject) {
            (Destination::Offering(slug), LinkSubject::Contact { contact, .. }) => {
                let may =
                    self.contact(contact).await?.state.present().is_some_and(|contact| contact.may_see(slug, now));
                (may.then(|| slug.clone()), !may)
            }
            (Destination::Home, _) | (Destination::Offering(_), LinkSubject::Staff(_)) => (None, false),
        };
        let cookie = super::SecretText(self.cookie(realm(link.subject), session, now));
        Ok(SignedIn { session, subject: link.subject, cookie, offering, destination_ended, position: None })
    }

    /// The session's cookie, issued now.
    pub(super) fn cookie(&self, realm: Realm, session: SessionId, now: Timestamp) -> String {
        let seen_minute = u32::try_from(now.minutes()).unwrap_or_default();
        self.ports.keys.keyring().seal_cookie(realm, &SessionCookie { session, seen_minute })
    }

    /// The history's note of a refusal: one append, never tried again.
    async fn note_refusal(&self, caller: &Caller, link: LinkId, why: Refusal, client: Client) {
        let caller = caller.with_command(caller.command.entails("refusal"));
        let Ok(subject) = self.link_now(link).await.map(|link| link.subject.id()) else { return };
        let refusal = LinkCommand::RecordRefusal { why, client };
        let name = LinkStream::name(link);
        let noted = self.handle_once::<LinkStream>(&name, &caller, Some(subject), |state, ctx| {
            link::decide(state, refusal.clone(), ctx)
        });
        drop(noted.await);
    }

    /// The browser's earlier session ends; the new one is what counts, so nothing hangs on this note.
    async fn supersede(&self, caller: &Caller, previous: SessionId) {
        let caller = caller.with_command(caller.command.entails("supersede"));
        let command = LinkCommand::EndSession { use_number: previous.use_number, why: EndedWhy::Superseded };
        drop(self.link_command(&caller, previous.link, command).await);
    }
}

/// The world that a subject's sessions belong to.
pub(super) const fn realm(subject: LinkSubject) -> Realm {
    match subject {
        LinkSubject::Contact { .. } => Realm::Portal,
        LinkSubject::Staff(_) => Realm::Console,
    }
}
