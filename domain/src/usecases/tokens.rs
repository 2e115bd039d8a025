//! API tokens: `mlk_<id>_<32 random bytes>`, of which only a hash is kept.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use super::links::SecretText;
use crate::actor::{Actor, Origin};
use crate::authority::{Act, Role};
use crate::id::TokenId;
use crate::rejection::Rejection;
use crate::team::{NewToken, TeamCommand, TokenName};
use crate::time::Lifetime;

/// The text of a token, shown once.
pub type TokenSecret = SecretText;

/// A token that was made.
#[derive(Clone, Debug)]
pub struct CreatedToken {
    /// Its public part.
    pub id: TokenId,
    /// The whole token; `None` when the same command made it before: it can't be shown again.
    pub token: Option<TokenSecret>,
}

impl UseCases {
    /// Makes a token. Its role is never above what the table allows; an owner token only on the host.
    ///
    /// # Errors
    /// `token_name_taken`, `owner_token`, `invalid_field` (expires), `forbidden`, `sign_in_again`.
    pub async fn create_token(
        &self, caller: &Caller, name: TokenName, role: Role, expires_in: Option<Lifetime>,
    ) -> Result<Done<CreatedToken>, Failure> {
        let now = self.now();
        caller.may(Act::ManageTokens, now)?;
        let secret = Zeroizing::new(self.ports.ids.secret());
        let token = caller.command.token();
        let made_by = match caller.actor {
            Actor::Staff(staff) => Some(staff),
            Actor::Contact(_) | Actor::Token(_) | Actor::CommandLine(_) | Actor::System => None,
        };
        let command = TeamCommand::CreateApiToken(NewToken {
            token,
            name,
            role,
            secret_hash: Sha256::digest(secret.as_slice()).into(),
            expires_at: expires_in.map(|lifetime| now.plus(lifetime)),
            made_by,
            on_host: caller.origin == Origin::Cli,
        });
        let done = self.team_command(caller, None, command).await?;
        let text =
            format!("mlk_{}_{}", HEXLOWER.encode(token.uuid().as_bytes()), BASE64URL_NOPAD.encode(secret.as_slice()));
        let shown = done.position.map(|_| SecretText(text));
        Ok(done.map(|_| CreatedToken { id: token, token: shown }))
    }

    /// Revokes a token, by id or by the name of a live one.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `sign_in_again`.
    pub async fn revoke_token(&self, caller: &Caller, text: &str) -> Result<Done<TokenId>, Failure> {
        let now = self.now();
        caller.may(Act::ManageTokens, now)?;
        let team = self.team_now().await?;
        let by_name = || team.live_tokens(now).find(|(_, token)| token.name.as_str() == text).map(|(id, _)| id);
        let token = text.parse().ok().or_else(by_name).ok_or(Rejection::TokenNotFound)?;
        let done = self.team_command(caller, None, TeamCommand::RevokeApiToken { token }).await?;
        Ok(done.map(|_| token))
    }
}

/// The id and secret in a token's text; one spelling only.
pub(super) fn parse_token(text: &str) -> Option<(TokenId, Zeroizing<[u8; 32]>)> {
    let (id, secret) = text.strip_prefix("mlk_")?.split_once('_')?;
    let id = Uuid::from_slice(&HEXLOWER.decode(id.as_bytes()).ok()?).ok()?;
    let secret: [u8; 32] = BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?;
    Some((TokenId::from_uuid(id), Zeroizing::new(secret)))
}
