//! API tokens. For owners.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Role;
use magiclink_domain::id::TokenId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::TokenName;
use magiclink_domain::time::Lifetime;
use magiclink_domain::value::InvalidValue;
use magiclink_projections::TokenView;

use super::asked::{Asked, on_to, shown};
use super::flash::Flash;
use super::gate::Staff;
use super::people::People;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::When;
use crate::Web;
use crate::http::page::html;

const HERE: &str = "/console/tokens";

/// A token as listed.
struct TokenRow {
    id: TokenId,
    name: String,
    role: Role,
    made: When,
    by: String,
    expires: Option<When>,
    state: &'static str,
    live: bool,
}

#[derive(Template)]
#[template(path = "console/tokens.html")]
struct TokensPage<'a> {
    page: Shell<'a>,
    rows: Vec<TokenRow>,
}

#[derive(Template)]
#[template(path = "console/token_made.html")]
struct MadePage<'a> {
    page: Shell<'a>,
    token: Option<String>,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let tokens = web.read_models.tokens().await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let team = web.use_cases.team(&staff.reader(&web)).await?;
    let now = web.use_cases.ports().clock.now();
    let page = Shell::of(&web, &staff, Section::Tokens).await?;
    let row = |token: &TokenView| {
        let live = team.live_token(token.id, now).is_some();
        let expired = token.expires_at.is_some_and(|end| now >= end);
        TokenRow {
            id: token.id,
            name: token.name.clone(),
            role: token.role,
            made: page.when(token.created_at),
            by: people.actor(&token.created_by),
            expires: token.expires_at.map(|at| page.when(at)),
            state: match (live, expired) {
                (true, _) => "Live",
                (false, true) => "Expired",
                (false, false) => "Revoked",
            },
            live,
        }
    };
    let mut rows: Vec<TokenRow> = tokens.iter().map(row).collect();
    rows.sort_by_key(|row| !row.live);
    Ok(html(StatusCode::OK, &TokensPage { page, rows }))
}

pub(super) async fn create(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let name = TokenName::parse(asked.fields.text("name")).map_err(Rejection::from)?;
    let role: Role = asked.fields.text("role").parse().map_err(Rejection::Invalid)?;
    let expires_in = lifetime(asked.fields.text("expires_in")).map_err(Rejection::from)?;
    let done = web.use_cases.create_token(&asked.caller, name, role, expires_in).await?;
    shown(&web, &done).await;
    let page = Shell::of(&web, &asked.staff, Section::Tokens).await?;
    Ok(html(StatusCode::OK, &MadePage { page, token: done.value.token.map(|token| token.0) }))
}

fn lifetime(text: &str) -> Result<Option<Lifetime>, InvalidValue> {
    let reason = "a lifetime is a number and a unit such as 30d, or nothing for a token without an end";
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| InvalidValue { field: "expires_in", reason }),
    }
}

pub(super) async fn revoke(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let token: TokenId = id.parse().map_err(|_| Rejection::TokenNotFound)?;
    let done = web.use_cases.revoke_token(&asked.caller, &token.to_string()).await?;
    Ok(on_to(&web, &done, HERE, Flash::TokenRevoked).await)
}
