//! Staff members and API tokens, listed.

use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{StaffId, TokenId};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::team::StaffDetails;
use magiclink_domain::time::Timestamp;

use crate::models::ReadModels;
use crate::read::{at, parse, parse_opt, unavailable};
use crate::sealed::Openings;

/// A staff member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffView {
    /// Who.
    pub id: StaffId,
    /// What they may do (or might, when removed).
    pub role: Role,
    /// Who they are; `None` for the first owner until the first sign-in.
    pub details: Option<Personal<StaffDetails>>,
    /// Since when.
    pub added_at: Timestamp,
    /// When they left, if they did.
    pub removed_at: Option<Timestamp>,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Which one.
    pub id: TokenId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The staff member it ends with.
    pub made_by: Option<StaffId>,
    /// Who made it.
    pub created_by: Actor,
    /// When it was made.
    pub created_at: Timestamp,
    /// Not from this instant on; `None` = for good.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it, or its maker left.
    pub revoked_at: Option<Timestamp>,
}

type StaffRow = (String, String, Option<String>, i64, Option<i64>);
type TokenRow = (String, String, String, Option<String>, String, i64, Option<i64>, Option<i64>);

impl ReadModels {
    /// Everybody who is or was in the team, oldest first: names in a history outlast their people's stay.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub async fn staff(&self) -> Result<Vec<StaffView>, Unavailable> {
        let rows: Vec<StaffRow> =
            sqlx::query_as("select id, role, details, added_at_us, removed_at_us from staff order by added_at_us, id")
                .fetch_all(self.readers())
                .await
                .map_err(unavailable)?;
        let keys = Openings::of(self.vault(), rows.iter().map(|row| row.2.as_ref())).await?;
        let view = |(id, role, details, added, removed): &StaffRow| {
            Ok(StaffView {
                id: parse("id", id)?,
                role: parse("role", role)?,
                details: details.as_ref().map(|details| keys.staff(Some(details))),
                added_at: at(*added),
                removed_at: removed.map(at),
            })
        };
        rows.iter().map(view).collect()
    }

    /// Every API token, newest first, dead ones too.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn tokens(&self) -> Result<Vec<TokenView>, Unavailable> {
        let rows: Vec<TokenRow> = sqlx::query_as(
            "select id, name, role, made_by, created_by, created_at_us, expires_at_us, revoked_at_us from api_tokens
             order by created_at_us desc, id",
        )
        .fetch_all(self.readers())
        .await
        .map_err(unavailable)?;
        let view = |(id, name, role, made_by, created_by, created, expires, revoked): TokenRow| {
            Ok(TokenView {
                id: parse("id", &id)?,
                name,
                role: parse("role", &role)?,
                made_by: parse_opt("made_by", made_by.as_ref())?,
                created_by: parse("created_by", &created_by)?,
                created_at: at(created),
                expires_at: expires.map(at),
                revoked_at: revoked.map(at),
            })
        };
        rows.into_iter().map(view).collect()
    }
}
