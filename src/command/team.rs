//! `staff`.

use magiclink_domain::authority::Role;
use magiclink_domain::id::StaffId;
use magiclink_domain::personal::Personal;
use magiclink_domain::team::{StaffDetails, StaffMember};
use magiclink_domain::value::{EmailAddress, Name};
use serde_json::{Value, json};

use super::arguments::StaffCommand;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time::shown;

pub(super) async fn run(asking: &Asking<'_>, command: StaffCommand) -> Result<Output, CliFailure> {
    match command {
        StaffCommand::Add { name, email, role } => add(asking, &name, &email, &role).await,
        StaffCommand::List => list(asking).await,
        StaffCommand::Role { staff, role } => {
            let role = parse_role(&role)?;
            let staff = asking.use_cases().find_staff(&asking.caller, Some(&staff)).await?;
            asking.use_cases().change_role(&asking.caller, staff, role).await?;
            one(asking, staff, "is now").await
        }
        StaffCommand::Remove { staff } => {
            let staff = asking.use_cases().find_staff(&asking.caller, Some(&staff)).await?;
            asking.use_cases().remove_staff(&asking.caller, staff, &[]).await?;
            Ok(Output::new(json!({ "id": staff.to_string(), "removed": true }), format!("removed {staff}\n")))
        }
        StaffCommand::SignIn { staff } => sign_in(asking, staff.as_deref()).await,
    }
}

/// A role as typed.
pub(super) fn parse_role(text: &str) -> Result<Role, CliFailure> {
    text.parse().map_err(|_| CliFailure::usage(format!("{text:?} is no role: give owner, agent or auditor")))
}

async fn add(asking: &Asking<'_>, name: &str, email: &str, role: &str) -> Result<Output, CliFailure> {
    let role = parse_role(role)?;
    let details = StaffDetails { name: Name::parse(name)?, email: EmailAddress::parse(email)? };
    let staff = asking.use_cases().add_staff(&asking.caller, role, details).await?.value;
    one(asking, staff, "added as").await
}

async fn one(asking: &Asking<'_>, staff: StaffId, what: &str) -> Result<Output, CliFailure> {
    let member = asking.use_cases().staff_member(&asking.caller, staff).await?;
    Ok(Output::new(member_json(staff, &member), format!("{staff} {what} {}\n", member.role)))
}

fn member_json(staff: StaffId, member: &StaffMember) -> Value {
    let details = member.details.as_ref().and_then(Personal::known);
    json!({
        "id": staff.to_string(),
        "name": details.map(|details| details.name.as_str()),
        "email": details.map(|details| details.email.as_str()),
        "role": member.role.as_str(),
    })
}

async fn list(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    let team = asking.use_cases().team(&asking.caller).await?;
    let mut rows = vec![["id", "role", "name", "e-mail"].map(str::to_owned).to_vec()];
    let mut items = vec![];
    for (staff, member) in team.members() {
        let details = member.details.as_ref().and_then(Personal::known);
        let name = details.map_or_else(|| "(not signed in yet)".to_owned(), |details| details.name.to_string());
        let email = details.map_or_else(String::new, |details| details.email.to_string());
        rows.push(vec![staff.to_string(), member.role.to_string(), name, email]);
        items.push(member_json(staff, member));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}

async fn sign_in(asking: &Asking<'_>, staff: Option<&str>) -> Result<Output, CliFailure> {
    let found = asking.use_cases().find_staff(&asking.caller, staff).await;
    let staff = found.map_err(|failure| match (staff, failure.rejection()) {
        (None, Some(_)) => CliFailure::refused("there is not exactly one owner: name the staff member by e-mail or id"),
        (Some(_) | None, _) => failure.into(),
    })?;
    let issued = asking.use_cases().issue_staff_link(&asking.caller, staff, None).await?.value;
    let url = issued.url.map(|url| url.0).unwrap_or_default();
    let expires_at = issued.link.expires_at;
    let text = format!("{url}\nworks once, until {}\n", shown(expires_at, asking.app.config.portal.time_zone));
    Ok(Output::new(json!({ "url": url, "expires_at": expires_at.to_string() }), text))
}
