//! Changing a contact's details. What was typed stays, whatever a rule says.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::ContactId;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Failure, NewContact};

use super::{named, path};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::contacts::Typed;
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::failure::sentence;
use crate::http::page::html;
use crate::http::problem;

#[derive(Template)]
#[template(path = "console/contact_edit.html")]
struct EditPage<'a> {
    page: Shell<'a>,
    at: String,
    contact: ContactId,
    name: String,
    form: Typed,
    problem: Option<String>,
}

pub(in crate::console) async fn edit(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let view = staff.lists(&web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let Personal::Known(details) = &view.details else { return Err(Rejection::ContactErased.into()) };
    form(&web, &staff, contact, Typed::of(details), (StatusCode::OK, None)).await
}

pub(in crate::console) async fn change(
    State(web): State<Web>, Path(id): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let contact = named(&id)?;
    let (new, mut typed) = Typed::read(&asked.fields);
    let Some(new) = new else {
        return form(&web, &asked.staff, contact, typed, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    };
    match web.use_cases.change_contact(&asked.caller, contact, whole(new)).await {
        Ok(done) => Ok(on_to(&web, &done, &path(contact), Flash::DetailsChanged).await),
        // The gate asks once more, or sends away.
        Err(Failure::Rejected(rejection @ (Rejection::ConfirmationRequired | Rejection::Forbidden))) => {
            Err(rejection.into())
        }
        Err(Failure::Rejected(rejection)) => {
            let problem = (!typed.refuse(&rejection)).then(|| sentence(&rejection.to_string()));
            form(&web, &asked.staff, contact, typed, (problem::status(&rejection), problem)).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The form holds every detail: an empty field removes it.
fn whole(new: NewContact) -> DetailsChange {
    DetailsChange {
        name: Some(new.name),
        email: Some(new.email),
        phone: Some(new.phone),
        locale: Some(new.locale),
        external_id: Some(new.external_id),
    }
}

async fn form(
    web: &Web, staff: &Staff, contact: ContactId, form: Typed, (status, problem): (StatusCode, Option<String>),
) -> Result<Response, Refused> {
    let view = staff.lists(web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let page = Shell::of(web, staff, Section::Contacts).await?;
    Ok(html(status, &EditPage { page, at: path(contact), contact, name: people::name(&view), form, problem }))
}
