//! *Generate magic link*, for a staff member: owners let a colleague into the console.
//!
//! Apart from the contacts' dialog because there is nothing to choose but who.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::{Act, Role};
use magiclink_domain::id::StaffId;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Lifetime;

use super::secret;
use crate::Web;
use crate::console::asked::Asked;
use crate::console::gate::Staff;
use crate::console::people::People;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words;
use crate::http::page::html;

struct Row {
    id: StaffId,
    name: String,
    role: Role,
    oneself: bool,
}

#[derive(Template)]
#[template(path = "console/generate_staff.html")]
struct StaffPage<'a> {
    page: Shell<'a>,
    rows: Vec<Row>,
    lasts: String,
}

pub(in crate::console) async fn ask(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let team = web.use_cases.team(&staff.reader(&web)).await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let mut rows: Vec<Row> = team
        .members()
        .map(|(id, member)| Row { id, name: people.staff(id), role: member.role, oneself: id == staff.session.staff })
        .collect();
    rows.sort_by(|a, b| (a.oneself, &a.name).cmp(&(b.oneself, &b.name)));
    let page = Shell::of(&web, &staff, Section::Links).await?;
    Ok(html(StatusCode::OK, &StaffPage { page, rows, lasts: words::span(Lifetime::NOW) }))
}

pub(in crate::console) async fn answer(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let of = asked.fields.text("staff").parse().map_err(|_| Rejection::StaffNotFound)?;
    let done = web.use_cases.issue_staff_link(&asked.caller, of, None).await?;
    secret::page(&web, &asked.staff, done, Section::Staff).await
}
