//! The team: who is in it, what they may do, and how they get in. For owners.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Act;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{LinkId, StaffId};
use magiclink_domain::link::LinkStatus;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::{StaffDetails, StaffMember};
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::{EmailAddress, InvalidValue, Name};
use magiclink_projections::LinkFilter;

use super::asked::{Asked, on_to};
use super::flash::Flash;
use super::gate::Staff;
use super::generate::secret;
use super::people::People;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words;
use super::wrong::Verdict;
use crate::Web;
use crate::http::form::Fields;
use crate::http::page::{html, see_other};

/// Links read at a time.
const CHUNK: usize = 500;
const HERE: &str = "/console/staff";

/// Somebody in the team, as listed.
struct StaffRow {
    id: StaffId,
    name: String,
    initials: String,
    email: String,
    role: Role,
    oneself: bool,
}

/// A role to choose.
pub(super) struct RoleChoice {
    pub(super) role: Role,
    pub(super) name: &'static str,
    pub(super) means: &'static str,
    pub(super) chosen: bool,
}

impl RoleChoice {
    /// These roles, one of them chosen.
    pub(super) fn among(roles: &[Role], chosen: Role) -> Vec<Self> {
        let choice = |role: &Role| {
            let (name, means) = match role {
                Role::Owner => ("Owner", "everything, with the team, API tokens, settings and the emergency switch"),
                Role::Agent => ("Agent", "contacts, access and links"),
                Role::Auditor => ("Auditor", "reads everything, changes nothing"),
            };
            Self { role: *role, name, means, chosen: *role == chosen }
        };
        roles.iter().map(choice).collect()
    }
}

#[derive(Template)]
#[template(path = "console/staff.html")]
struct StaffPage<'a> {
    page: Shell<'a>,
    rows: Vec<StaffRow>,
}

#[derive(Template)]
#[template(path = "console/staff_add.html")]
struct AddPage<'a> {
    page: Shell<'a>,
    fields: &'a Fields,
    roles: Vec<RoleChoice>,
    wrong: Verdict,
}

#[derive(Template)]
#[template(path = "console/staff_one.html")]
struct OnePage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
    initials: String,
    email: String,
    role: Role,
    roles: Vec<RoleChoice>,
}

#[derive(Template)]
#[template(path = "console/staff_remove.html")]
struct RemovePage<'a> {
    page: Shell<'a>,
    at: String,
    name: String,
    links: usize,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let team = web.use_cases.team(&staff.reader(&web)).await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let row = |(id, member): (StaffId, &StaffMember)| StaffRow {
        id,
        name: people.staff(id),
        initials: words::initials(&people.staff(id)),
        email: email(member),
        role: member.role,
        oneself: id == staff.session.staff,
    };
    let mut rows: Vec<StaffRow> = team.members().map(row).collect();
    rows.sort_by(|a, b| (a.role, &a.name).cmp(&(b.role, &b.name)));
    let page = Shell::of(&web, &staff, Section::Staff).await?;
    Ok(html(StatusCode::OK, &StaffPage { page, rows }))
}

fn email(member: &StaffMember) -> String {
    let details = member.details.as_ref().and_then(Personal::known);
    details.map(|details| details.email.to_string()).unwrap_or_default()
}

/// Somebody else's page; one's own role is for others to change.
pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, staff: Staff) -> Result<Response, Refused> {
    let id = named(&id)?;
    if id == staff.session.staff {
        return Ok(see_other(HERE));
    }
    let member = web.use_cases.staff_member(&staff.reader(&web), id).await?;
    let name = People::of(&web, &staff, vec![]).await?.staff(id);
    let page = Shell::of(&web, &staff, Section::Staff).await?;
    let (initials, email) = (words::initials(&name), email(&member));
    let roles = RoleChoice::among(&Role::ALL, member.role);
    let at = format!("{HERE}/{id}");
    Ok(html(StatusCode::OK, &OnePage { page, at, name, initials, email, role: member.role, roles }))
}

/// Name and e-mail as typed.
pub(super) fn entered(fields: &Fields) -> Result<StaffDetails, InvalidValue> {
    Ok(StaffDetails { name: Name::parse(fields.text("name"))?, email: EmailAddress::parse(fields.text("email"))? })
}

pub(super) async fn ask_to_add(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    form(&web, &staff, &Fields::default(), Verdict::default()).await
}

async fn form(web: &Web, staff: &Staff, fields: &Fields, wrong: Verdict) -> Result<Response, Refused> {
    let page = Shell::of(web, staff, Section::Staff).await?;
    let roles = RoleChoice::among(&Role::ALL, fields.text("role").parse().unwrap_or(Role::Agent));
    Ok(html(wrong.status(), &AddPage { page, fields, roles, wrong }))
}

pub(super) async fn add(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let typed = entered(&asked.fields).and_then(|details| Ok((asked.fields.text("role").parse()?, details)));
    let added = match typed {
        Ok((role, details)) => web.use_cases.add_staff(&asked.caller, role, details).await,
        Err(invalid) => Err(Failure::Rejected(invalid.into())),
    };
    match added {
        Ok(done) => Ok(on_to(&web, &done, HERE, Flash::StaffAdded).await),
        Err(failure) => form(&web, &asked.staff, &asked.fields, Verdict::of(failure)?).await,
    }
}

fn named(id: &str) -> Result<StaffId, Refused> {
    id.parse().map_err(|_| Refused::from(Rejection::StaffNotFound))
}

pub(super) async fn change_role(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let role: Role = asked.fields.text("role").parse().map_err(Rejection::Invalid)?;
    let done = web.use_cases.change_role(&asked.caller, named(&id)?, role).await?;
    Ok(on_to(&web, &done, HERE, Flash::RoleChanged).await)
}

pub(super) async fn make_link(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let done = web.use_cases.issue_staff_link(&asked.caller, named(&id)?, None).await?;
    secret::page(&web, &asked.staff, done, Section::Staff).await
}

pub(super) async fn ask_to_remove(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let id = named(&id)?;
    web.use_cases.staff_member(&staff.reader(&web), id).await?;
    let links = live_links_of(&web, &staff, id).await?.len();
    let name = People::of(&web, &staff, vec![]).await?.staff(id);
    let page = Shell::of(&web, &staff, Section::Staff).await?;
    Ok(html(StatusCode::OK, &RemovePage { page, at: format!("{HERE}/{id}/remove"), name, links }))
}

pub(super) async fn remove(State(web): State<Web>, Path(id): Path<String>, asked: Asked) -> Result<Response, Refused> {
    let id = named(&id)?;
    let revoke =
        if asked.fields.text("revoke") == "yes" { live_links_of(&web, &asked.staff, id).await? } else { vec![] };
    let done = web.use_cases.remove_staff(&asked.caller, id, &revoke).await?;
    Ok(on_to(&web, &done, HERE, Flash::StaffRemoved).await)
}

/// The live links of contacts that this staff member made.
async fn live_links_of(web: &Web, staff: &Staff, maker: StaffId) -> Result<Vec<LinkId>, Failure> {
    let filter = LinkFilter { contact: None, status: Some(LinkStatus::Live) };
    let mut links = vec![];
    let mut after = None;
    loop {
        let listed = staff.lists(web, Act::Read)?.links(filter, after, CHUNK).await?;
        let theirs = listed.items.iter().filter(|link| link.issued_by == Actor::Staff(maker));
        links.extend(theirs.map(|link| link.id));
        after = listed.next;
        if after.is_none() {
            return Ok(links);
        }
    }
}
