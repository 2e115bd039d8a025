//! *Generate magic link*: find the contact, choose, check, make, hand over.

mod dialog;
mod find;
mod remedy;
mod request;
pub(super) mod secret;
mod spelling;
pub(super) mod staff;

pub(super) use find::options;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, LinkId};
use magiclink_domain::link::LinkStatus;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Failure, IssueRequest};
use magiclink_projections::LinkFilter;
use serde::Deserialize;

use self::dialog::Asked as Check;
use super::asked::{Asked, shown};
use super::gate::Staff;
use super::refused::Refused;
use super::shell::Section;
use crate::Web;
use crate::http::form::Fields;
use crate::http::problem;

/// Live links of one contact that are looked at for the oldest.
const LIVE: usize = 100;

/// For whom.
#[derive(Deserialize)]
pub(super) struct Asks {
    contact: Option<String>,
    #[serde(default)]
    q: String,
}

pub(super) async fn ask(State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>) -> Result<Response, Refused> {
    match asks.contact {
        Some(contact) => {
            let contact = contact.parse().map_err(|_| Rejection::ContactNotFound)?;
            dialog::page(&web, &staff, contact, &Fields::default(), (StatusCode::OK, Check::Not)).await
        }
        None => find::page(&web, &staff, &asks.q).await,
    }
}

pub(super) async fn answer(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let contact = asked.fields.text("contact").parse().map_err(|_| Rejection::ContactNotFound)?;
    let fix = asked.fields.text("fix");
    if !fix.is_empty() {
        if fix == remedy::REVOKE_OLDEST {
            revoke_oldest(&web, &asked, contact).await?;
        }
        let mended = remedy::apply(&asked.fields, fix);
        return dialog::page(&web, &asked.staff, contact, &mended, (StatusCode::OK, Check::Yes)).await;
    }
    if asked.fields.text("do") == "check" {
        return dialog::page(&web, &asked.staff, contact, &asked.fields, (StatusCode::OK, Check::Yes)).await;
    }
    match request::read(contact, &asked.fields) {
        Ok(request) => issue(&web, &asked, request).await,
        Err(invalid) => refuse(&web, &asked, contact, vec![invalid.into()]).await,
    }
}

async fn issue(web: &Web, asked: &Asked, request: IssueRequest) -> Result<Response, Refused> {
    let contact = request.contact;
    match web.use_cases.issue_link(&asked.caller, request.clone()).await {
        Ok(done) => secret::page(web, &asked.staff, done, Section::Links).await,
        Err(Failure::Rejected(Rejection::Forbidden)) => Err(Rejection::Forbidden.into()),
        Err(Failure::Rejected(rejection)) => {
            let mut problems = web.use_cases.check_link(&asked.caller, &request).await?;
            problems.retain(|problem| *problem != Rejection::ConfirmationRequired);
            // Only when nothing else stands in the way is it worth a second look.
            if rejection == Rejection::ConfirmationRequired && problems.is_empty() {
                return Err(rejection.into());
            }
            let problems = if problems.is_empty() { vec![rejection] } else { problems };
            refuse(web, asked, contact, problems).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The dialog once more, with what stands in the way.
async fn refuse(web: &Web, asked: &Asked, contact: ContactId, problems: Vec<Rejection>) -> Result<Response, Refused> {
    let status = problems.first().map_or(StatusCode::CONFLICT, problem::status);
    dialog::page(web, &asked.staff, contact, &asked.fields, (status, Check::Refused(problems))).await
}

/// Makes room for another link, if there is none: the same form sent twice revokes one.
async fn revoke_oldest(web: &Web, asked: &Asked, contact: ContactId) -> Result<(), Refused> {
    let request = request::read(contact, &asked.fields).map_err(Rejection::from)?;
    let problems = web.use_cases.check_link(&asked.caller, &request).await?;
    if !problems.iter().any(|problem| matches!(problem, Rejection::TooManyLiveLinks(_))) {
        return Ok(());
    }
    let filter = LinkFilter { contact: Some(contact), status: Some(LinkStatus::Live) };
    let live = asked.staff.lists(web, Act::Read)?.links(filter, None, LIVE).await?.items;
    let oldest: Option<LinkId> = live.last().map(|link| link.id);
    if let Some(oldest) = oldest {
        let done = web.use_cases.revoke_link(&asked.caller, oldest, None).await?;
        shown(web, &done).await;
    }
    Ok(())
}
