//! Who calls: an API token, read from the log for every request.
//!
//! Apart from the handlers so that a call without a caller can't be written.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use magiclink_domain::actor::{Actor, Origin};
use magiclink_domain::authority::{Act, Authority, Role, authorise};
use magiclink_domain::id::CommandId;
use magiclink_domain::usecases::Caller;
use magiclink_projections::ReadModels;

use super::codes;
use super::problem::Problem;
use super::query::confirmed;
use crate::Web;

/// Who calls, and what they may do at this moment.
///
/// A listener that only the host's operator can reach may put one into a request's extensions; it then takes the place of
/// a token.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who.
    pub actor: Actor,
    /// Through which door.
    pub origin: Origin,
    /// What they may do.
    pub authority: Authority,
}

impl Identity {
    /// The operator at the host's command line, by operating-system user name.
    #[must_use]
    pub fn operator(user: String) -> Self {
        let authority = Authority::Role { role: Role::Owner, signed_in_at: None, confirmed: true, token: false };
        Self { actor: Actor::CommandLine(user), origin: Origin::Cli, authority }
    }

    /// Whether the table allows `act`.
    ///
    /// # Errors
    /// `forbidden`, `confirmation_required`, `sign_in_again`.
    pub(crate) fn may(&self, web: &Web, act: Act) -> Result<(), Problem> {
        Ok(authorise(&self.authority, act, web.use_cases.ports().clock.now())?)
    }

    /// The lists, if the table allows `act`.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub(crate) fn lists<'a>(&self, web: &'a Web, act: Act) -> Result<&'a ReadModels, Problem> {
        Ok(web.lists(&self.caller(web), act)?)
    }

    /// The caller of an act that is not repeated: a read, or one that is idempotent by its nature.
    pub(crate) fn caller(&self, web: &Web) -> Caller {
        let command = CommandId::from_uuid(web.use_cases.ports().ids.id());
        Caller {
            actor: self.actor.clone(),
            origin: self.origin,
            authority: self.authority,
            command,
            correlation: command,
            fingerprint: None,
        }
    }
}

impl FromRequestParts<Web> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        if let Some(identity) = parts.extensions.get::<Self>() {
            return Ok(identity.clone());
        }
        let text = bearer(parts).ok_or_else(|| Problem::new(codes::UNAUTHENTICATED))?;
        let (id, role) = web.use_cases.api_token(text).await?;
        if let Err(refused) = web.limits.tokens.take(&id) {
            let wait = refused.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
            return Err(Problem::new(codes::RATE_LIMITED).retry_after(wait.unwrap_or(1)));
        }
        let confirmed = confirmed(parts.uri.query())?;
        let authority = Authority::Role { role, signed_in_at: None, confirmed, token: true };
        Ok(Self { actor: Actor::Token(id), origin: Origin::Api, authority })
    }
}

/// The one bearer token of a request (RFC 6750, section 2.1; the scheme's case does not matter).
fn bearer(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let only = values.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    only.then_some(token.trim_start_matches(' '))
}
