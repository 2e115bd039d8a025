//! `token`.

use magiclink_domain::team::TokenName;
use serde_json::json;

use super::arguments::TokenCommand;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::team::parse_role;
use super::time;

pub(super) async fn run(asking: &Asking<'_>, command: TokenCommand) -> Result<Output, CliFailure> {
    match command {
        TokenCommand::Create { name, role, expires } => create(asking, &name, &role, expires.as_deref()).await,
        TokenCommand::List => list(asking).await,
        TokenCommand::Revoke { token } => {
            let id = asking.use_cases().revoke_token(&asking.caller, &token).await?.value;
            Ok(Output::new(json!({ "id": id.to_string(), "revoked": true }), format!("revoked {id}\n")))
        }
    }
}

async fn create(asking: &Asking<'_>, name: &str, role: &str, expires: Option<&str>) -> Result<Output, CliFailure> {
    let role = parse_role(role)?;
    let lifetime = expires.map(time::lifetime).transpose()?;
    let name = TokenName::parse(name)?;
    let now = asking.use_cases().ports().clock.now();
    let created = asking.use_cases().create_token(&asking.caller, name.clone(), role, lifetime).await?.value;
    let token = created.token.map(|token| token.0).unwrap_or_default();
    let json = json!({
        "id": created.id.to_string(),
        "token": token,
        "name": name.as_str(),
        "role": role.as_str(),
        "expires_at": lifetime.map(|lifetime| now.plus(lifetime).to_string()),
    });
    Ok(Output::new(json, format!("{token}\nis shown this once; keep it safe\n")))
}

async fn list(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    let now = asking.use_cases().ports().clock.now();
    let team = asking.use_cases().team(&asking.caller).await?;
    let mut rows = vec![["id", "name", "role", "expires"].map(str::to_owned).to_vec()];
    let mut items = vec![];
    for (id, token) in team.live_tokens(now) {
        let expires_at = token.expires_at.map(|at| at.to_string());
        let expires = expires_at.clone().unwrap_or_else(|| "never".to_owned());
        rows.push(vec![id.to_string(), token.name.to_string(), token.role.to_string(), expires]);
        items.push(json!({
            "id": id.to_string(), "name": token.name.as_str(), "role": token.role.as_str(), "expires_at": expires_at,
        }));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}
