//! Adding a contact.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::Typed;
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

#[derive(Template)]
#[template(path = "console/contact_new.html")]
struct NewPage<'a> {
    page: Shell<'a>,
    form: Typed,
    problem: Option<String>,
}

pub(in crate::console) async fn new(
    State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let asked = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes()).into_owned();
    let asked: Fields = asked.filter(|(name, _)| name == "name").collect();
    let form = Typed::begun("name", asked.text("name"));
    Ok(html(StatusCode::OK, &NewPage { page, form, problem: None }))
}

pub(in crate::console) async fn add(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let (contact, mut form) = Typed::read(&asked.fields);
    let Some(contact) = contact else { return again(&web, &asked, form, StatusCode::UNPROCESSABLE_ENTITY, None).await };
    match web.use_cases.add_contact(&asked.caller, contact).await {
        Ok(done) => {
            let path = format!("/console/contacts/{}", done.value);
            Ok(on_to(&web, &done, &path, Flash::ContactAdded).await)
        }
        Err(Failure::Rejected(Rejection::Forbidden)) => Err(Rejection::Forbidden.into()),
        Err(Failure::Rejected(rejection)) => {
            let problem = (!form.refuse(&rejection)).then(|| sentence(&rejection.to_string()));
            again(&web, &asked, form, problem::status(&rejection), problem).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The form once more, with all that was typed.
async fn again(
    web: &Web, asked: &Asked, form: Typed, status: StatusCode, problem: Option<String>,
) -> Result<Response, Refused> {
    let page = Shell::of(web, &asked.staff, Section::Contacts).await?;
    Ok(html(status, &NewPage { page, form, problem }))
}
