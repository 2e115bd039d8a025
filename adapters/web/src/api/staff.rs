//! Calls about the team. Changing it is for owners who signed in: no token makes or unmakes staff.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::{Act, Role};
use magiclink_domain::id::StaffId;
use magiclink_domain::personal::Personal;
use magiclink_domain::team::{StaffDetails, StaffMember};
use magiclink_domain::usecases::Caller;
use magiclink_domain::value::{EmailAddress, Name};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::address::At;
use super::body::Body;
use super::fields::{optional, text};
use super::identity::Identity;
use super::list::{Asked, Listing};
use super::once::Key;
use super::problem::Problem;
use super::query::Params;
use crate::Web;

/// What a staff member may do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(crate) enum RoleName {
    /// Everything.
    Owner,
    /// Contacts, grants and links.
    Agent,
    /// Reads everything, changes nothing.
    Auditor,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Agent => Self::Agent,
            Role::Auditor => Self::Auditor,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Agent => Self::Agent,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

/// A person of the business.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffMember, example = json!({
    "id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "name": "Bo Berg", "email": "bo@example.com", "role": "agent"
}))]
pub(crate) struct StaffView {
    /// Their id.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    id: StaffId,
    /// What to call them; null until the first owner has signed in.
    #[schema(required = true)]
    name: Option<String>,
    /// Where sign-in links reach them.
    #[schema(required = true)]
    email: Option<String>,
    /// What they may do.
    role: RoleName,
}

impl StaffView {
    fn new(id: StaffId, member: &StaffMember) -> Self {
        let details = member.details.as_ref().and_then(Personal::known);
        Self {
            id,
            name: details.map(|details| details.name.to_string()),
            email: details.map(|details| details.email.to_string()),
            role: member.role.into(),
        }
    }
}

/// Somebody to be taken into the team.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Bo Berg", "email": "bo@example.com", "role": "agent"}))]
pub(crate) struct NewStaff {
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Unique in the team.
    #[schema(max_length = 254)]
    email: String,
    /// What they may do.
    role: RoleName,
}

/// What is to be different about a staff member.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "owner"}))]
pub(crate) struct StaffChange {
    /// Another name.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Another e-mail address.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// Another role.
    role: Option<RoleName>,
}

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StaffParams {
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer.
    after: Option<String>,
}

/// List staff
#[utoipa::path(
    get, path = "/staff", tag = "Staff", operation_id = "list_staff",
    params(StaffParams),
    responses((status = 200, description = "Everybody in the team", body = Listing<StaffView>)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field", "forbidden"]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<StaffParams>,
) -> Result<Json<Listing<StaffView>>, Problem> {
    let team = web.use_cases.team(&identity.caller(&web)).await?;
    let asked = Asked::<StaffId>::read(&web, "staff", params.limit.as_deref(), params.after.as_deref())?;
    let mut items: Vec<StaffView> = team
        .members()
        .filter(|(id, _)| asked.after.is_none_or(|after| *id > after))
        .take(asked.limit + 1)
        .map(|(id, member)| StaffView::new(id, member))
        .collect();
    let next = asked.cut(&mut items, |last| last.id);
    Ok(Json(asked.listing(items, next)))
}

/// Add a staff member
///
/// For owners in the console or at the host; refused to every token.
#[utoipa::path(
    post, path = "/staff", tag = "Staff", operation_id = "add_staff",
    request_body = NewStaff,
    responses((status = 201, description = "The staff member", body = StaffView)),
    extensions(("x-errors" = json!(["forbidden", "sign_in_again", "not_found", "invalid_email", "staff_email_taken"]))),
)]
pub(crate) async fn add(
    State(web): State<Web>, identity: Identity, key: Key, Body(body): Body<NewStaff>,
) -> Result<(StatusCode, Json<StaffView>), Problem> {
    let details = StaffDetails { name: Name::parse(&body.name)?, email: EmailAddress::parse(&body.email)? };
    let caller = key.caller(&web, &identity, &body)?;
    let done = web.use_cases.add_staff(&caller, body.role.into(), details).await?;
    Ok((StatusCode::CREATED, Json(view(&web, &caller, done.value).await?)))
}

/// Change a staff member
///
/// For owners in the console or at the host; refused to every token.
#[utoipa::path(
    patch, path = "/staff/{id}", tag = "Staff", operation_id = "change_staff",
    params(("id" = String, Path, description = "The staff member", format = Uuid)),
    request_body = StaffChange,
    responses((status = 200, description = "The staff member", body = StaffView)),
    extensions(("x-errors" = json!([
        "forbidden", "sign_in_again", "not_found", "invalid_email", "staff_email_taken", "last_owner"
    ]))),
)]
pub(crate) async fn change_one(
    State(web): State<Web>, identity: Identity, At(staff): At<StaffId>, Body(body): Body<StaffChange>,
) -> Result<Json<StaffView>, Problem> {
    identity.may(&web, Act::ManageStaff)?;
    let name = optional(body.name.as_ref(), Name::parse)?;
    let email = optional(body.email.as_ref(), EmailAddress::parse)?;
    let caller = identity.caller(&web);
    if name.is_some() || email.is_some() {
        let member = web.use_cases.staff_member(&caller, staff).await?;
        let details = changed(&member, name, email)?;
        web.use_cases.change_staff_details(&caller, staff, details).await?;
    }
    if let Some(role) = body.role {
        let caller: Caller = caller.with_command(caller.command.entails("role"));
        web.use_cases.change_role(&caller, staff, role.into()).await?;
    }
    view(&web, &caller, staff).await.map(Json)
}

/// The details with what is new about them.
fn changed(member: &StaffMember, name: Option<Name>, email: Option<EmailAddress>) -> Result<StaffDetails, Problem> {
    let known = member.details.as_ref().and_then(Personal::known);
    let missing = |field| Problem::field(field, "name and e-mail are given together the first time");
    Ok(StaffDetails {
        name: name.or_else(|| known.map(|known| known.name.clone())).ok_or_else(|| missing("name"))?,
        email: email.or_else(|| known.map(|known| known.email.clone())).ok_or_else(|| missing("email"))?,
    })
}

/// Remove a staff member
///
/// Their sessions and tokens end at once; links they made stay. For owners in the console or at the host; refused to
/// every token.
#[utoipa::path(
    delete, path = "/staff/{id}", tag = "Staff", operation_id = "remove_staff",
    params(("id" = String, Path, description = "The staff member", format = Uuid)),
    responses((status = 204, description = "Removed")),
    extensions(("x-errors" = json!(["forbidden", "sign_in_again", "not_found", "last_owner"]))),
)]
pub(crate) async fn remove(
    State(web): State<Web>, identity: Identity, At(staff): At<StaffId>,
) -> Result<StatusCode, Problem> {
    web.use_cases.remove_staff(&identity.caller(&web), staff, &[]).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(web: &Web, caller: &Caller, staff: StaffId) -> Result<StaffView, Problem> {
    let member = web.use_cases.staff_member(caller, staff).await?;
    Ok(StaffView::new(staff, &member))
}
