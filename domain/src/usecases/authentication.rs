//! Who is at the other end of a request: decided from the log, every time.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::UseCases;
use super::failure::Failure;
use super::redeem::realm;
use super::tokens::parse_token;
use crate::authority::Role;
use crate::id::{ContactId, SessionId, StaffId, TokenId};
use crate::keys::{Realm, SessionCookie};
use crate::link::{LinkStream, LinkSubject, Use};
use crate::rejection::Rejection;
use crate::team::TeamStream;
use crate::time::{Lifetime, Timestamp};

/// A signed-in contact. Only a cookie makes one, so it stands for the right to see what is one's own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PortalSession {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub contact: ContactId,
    /// A newer cookie to set, where the old one is five minutes old.
    pub cookie: Option<super::SecretText>,
    /// The session's use should be noted ([`UseCases::note_seen`]).
    pub sight_due: bool,
}

/// A signed-in staff member. Only a cookie makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StaffSession {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub staff: StaffId,
    /// Their role at this moment.
    pub role: Role,
    /// When they signed in; some acts want that to be recent.
    pub signed_in_at: Timestamp,
    /// Name and e-mail are still to be given (the first owner's first sign-in).
    pub nameless: bool,
    /// A newer cookie to set.
    pub cookie: Option<super::SecretText>,
    /// The session's use should be noted ([`UseCases::note_seen`]).
    pub sight_due: bool,
}

/// After so many minutes a cookie is issued anew, so that the idle limit counts from the last request.
const REISSUE: u64 = 5;

/// The shortest idle limit that can be kept. It counts from the minute in which the cookie was issued, and a cookie in use
/// may be that old: a limit that is not well above it signs out people who never rested.
pub const LEAST_IDLE: Lifetime = Lifetime::from_mins(2 * REISSUE);

impl UseCases {
    /// The contact whose live portal session this cookie proves; `None` for anything else. A contact without any grant
    /// left stays signed in, and sees that there is nothing.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read: callers fail closed.
    pub async fn portal_session(&self, cookie: &str) -> Result<Option<PortalSession>, Failure> {
        let Some((cookie, subject, used)) = self.open_session(Realm::Portal, cookie).await? else { return Ok(None) };
        let LinkSubject::Contact { contact, .. } = subject else { return Ok(None) };
        let loaded = self.contact(contact).await?;
        if loaded.state.present().map(|contact| contact.admission) != used.admission || used.admission.is_none() {
            return Ok(None);
        }
        Ok(Some(PortalSession {
            session: cookie.session,
            contact,
            cookie: self.newer_cookie(Realm::Portal, &cookie),
            sight_due: self.sight_due(&used),
        }))
    }

    /// The staff member whose live console session this cookie proves; `None` for anything else.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read: callers fail closed.
    pub async fn staff_session(&self, cookie: &str) -> Result<Option<StaffSession>, Failure> {
        let Some((cookie, subject, used)) = self.open_session(Realm::Console, cookie).await? else { return Ok(None) };
        let LinkSubject::Staff(staff) = subject else { return Ok(None) };
        let team = self.load::<TeamStream>(&TeamStream::name()).await?;
        let Some(member) = team.state.member(staff) else { return Ok(None) };
        Ok(Some(StaffSession {
            session: cookie.session,
            staff,
            role: member.role,
            signed_in_at: used.at,
            nameless: member.details.is_none(),
            cookie: self.newer_cookie(Realm::Console, &cookie),
            sight_due: self.sight_due(&used),
        }))
    }

    /// The name of the staff member who is signed in; `None` if nameless or gone.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn own_name(&self, session: &StaffSession) -> Result<Option<String>, Failure> {
        self.name_now(session.staff).await
    }

    /// Whether the API token that somebody came with still works.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn is_live_token(&self, token: TokenId) -> Result<bool, Failure> {
        Ok(self.team_now().await?.live_token(token, self.now()).is_some())
    }

    /// The role of a live API token, by its text `mlk_<id>_<secret>`.
    ///
    /// # Errors
    /// `unauthenticated` for anything else, in one way.
    pub async fn api_token(&self, text: &str) -> Result<(TokenId, Role), Failure> {
        let (id, secret) = parse_token(text).ok_or(Rejection::Unauthenticated)?;
        let team = self.load::<TeamStream>(&TeamStream::name()).await?;
        let token = team.state.live_token(id, self.now()).ok_or(Rejection::Unauthenticated)?;
        let hash: [u8; 32] = Sha256::digest(secret.as_slice()).into();
        if bool::from(hash.ct_eq(&token.secret_hash)) {
            Ok((id, token.role))
        } else {
            Err(Rejection::Unauthenticated.into())
        }
    }

    /// What a cookie proves of the link's stream, its limits kept: idle from the cookie, absolute from the redemption.
    async fn open_session(
        &self, expected: Realm, cookie: &str,
    ) -> Result<Option<(SessionCookie, LinkSubject, Use)>, Failure> {
        let Some(cookie) = self.ports.keys.keyring().open_cookie(expected, cookie) else { return Ok(None) };
        let loaded = self.load::<LinkStream>(&LinkStream::name(cookie.session.link)).await?;
        let Some(link) = loaded.state.issued() else { return Ok(None) };
        let now = self.now();
        let seen = Timestamp::from_micros(i64::from(cookie.seen_minute) * 60_000_000);
        let open = |session: &&Use| session.is_open(now) && now < seen.plus(session.limits.idle);
        let session = link.use_numbered(cookie.session.use_number).filter(open);
        Ok(session.filter(|_| realm(link.subject) == expected).map(|session| (cookie, link.subject, session.clone())))
    }

    fn newer_cookie(&self, realm: Realm, cookie: &SessionCookie) -> Option<super::SecretText> {
        let now = self.now();
        let old = now.minutes() - i64::from(cookie.seen_minute) >= REISSUE.cast_signed();
        old.then(|| super::SecretText(self.cookie(realm, cookie.session, now)))
    }

    fn sight_due(&self, session: &Use) -> bool {
        self.now() >= session.seen_at.plus(Lifetime::from_days(1))
    }
}
