//! API tokens. For owners.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::{Act, Role};
use magiclink_domain::id::TokenId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::TokenName;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::InvalidValue;
use magiclink_projections::TokenView;

use super::asked::{Asked, on_to, shown};
use super::flash::Flash;
use super::gate::Staff;
use super::people::People;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::staff::RoleChoice;
use super::words::When;
use super::wrong::Verdict;
use crate::Web;
use crate::http::form::Fields;
use crate::http::page::html;

const HERE: &str = "/console/tokens";
/// For how long a token works where nothing else is said.
const USUAL: &str = "90d";

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
#[template(path = "console/token_add.html")]
struct AddPage<'a> {
    page: Shell<'a>,
    fields: &'a Fields,
    expires_in: &'a str,
    roles: Vec<RoleChoice>,
    wrong: Verdict,
}

#[derive(Template)]
#[template(path = "console/token_revoke.html")]
struct RevokePage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
}

#[derive(Template)]
#[template(path = "console/token_made.html")]
struct MadePage<'a> {
    page: Shell<'a>,
    token: Option<String>,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let tokens = staff.lists(&web, Act::ReadTeam)?.tokens().await?;
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

pub(super) async fn ask_to_create(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    form(&web, &staff, (&Fields::default(), USUAL), Verdict::default()).await
}

async fn form(
    web: &Web, staff: &Staff, (fields, expires_in): (&Fields, &str), wrong: Verdict,
) -> Result<Response, Refused> {
    let page = Shell::of(web, staff, Section::Tokens).await?;
    let chosen = fields.text("role").parse().unwrap_or(Role::Agent);
    let roles = RoleChoice::among(&[Role::Agent, Role::Auditor], chosen);
    Ok(html(wrong.status(), &AddPage { page, fields, expires_in, roles, wrong }))
}

pub(super) async fn create(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let Asked { staff, fields, caller, .. } = &asked;
    let made = match entered(fields) {
        Ok((name, role, expires_in)) => web.use_cases.create_token(caller, name, role, expires_in).await,
        Err(invalid) => Err(Failure::Rejected(invalid.into())),
    };
    let done = match made {
        Ok(done) => done,
        Err(failure) => {
            return form(&web, staff, (fields, fields.text("expires_in")), Verdict::of(failure)?).await;
        }
    };
    shown(&web, &done).await;
    let page = Shell::of(&web, staff, Section::Tokens).await?;
    Ok(html(StatusCode::OK, &MadePage { page, token: done.value.token.map(|token| token.0) }))
}

fn entered(fields: &Fields) -> Result<(TokenName, Role, Option<Lifetime>), InvalidValue> {
    let name = TokenName::parse(fields.text("name"))?;
    Ok((name, fields.text("role").parse()?, lifetime(fields.text("expires_in"))?))
}

fn lifetime(text: &str) -> Result<Option<Lifetime>, InvalidValue> {
    let reason = "a lifetime is a number and a unit such as 30d, or nothing for a token without an end";
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| InvalidValue { field: "expires_in", reason }),
    }
}

pub(super) async fn ask_to_revoke(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let token: TokenId = id.parse().map_err(|_| Rejection::TokenNotFound)?;
    let tokens = staff.lists(&web, Act::ReadTeam)?.tokens().await?;
    let view = tokens.into_iter().find(|view| view.id == token).ok_or(Rejection::TokenNotFound)?;
    let page = Shell::of(&web, &staff, Section::Tokens).await?;
    Ok(html(StatusCode::OK, &RevokePage { page, at: format!("{HERE}/{token}/revoke"), name: view.name }))
}

pub(super) async fn revoke(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let token: TokenId = id.parse().map_err(|_| Rejection::TokenNotFound)?;
    let done = web.use_cases.revoke_token(&asked.caller, &token.to_string()).await?;
    Ok(on_to(&web, &done, HERE, Flash::TokenRevoked).await)
}
