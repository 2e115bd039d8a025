//! The first owner's first page: who are you?

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::asked::{Asked, on_to};
use super::flash::Flash;
use super::gate::Staff;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::staff::entered;
use crate::Web;
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

#[derive(Template)]
#[template(path = "console/welcome.html")]
struct WelcomePage<'a> {
    page: Shell<'a>,
    fields: Fields,
    problem: Option<String>,
}

pub(super) async fn ask(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::None).await?;
    Ok(html(StatusCode::OK, &WelcomePage { page, fields: Fields::default(), problem: None }))
}

pub(super) async fn name_oneself(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let named = match entered(&asked.fields) {
        Ok(details) => web.use_cases.change_staff_details(&asked.caller, asked.staff.session.staff, details).await,
        Err(invalid) => Err(Failure::Rejected(Rejection::from(invalid))),
    };
    match named {
        Ok(done) => Ok(on_to(&web, &done, "/console", Flash::Named).await),
        Err(Failure::Rejected(rejection)) => {
            let page = Shell::of(&web, &asked.staff, Section::None).await?;
            let problem = Some(sentence(&rejection.to_string()));
            Ok(html(problem::status(&rejection), &WelcomePage { page, fields: asked.fields, problem }))
        }
        Err(failure) => Err(failure.into()),
    }
}
