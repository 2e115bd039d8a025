//! The console's answers when something was not done: a rule's no, a question asked back, a fault.
//!
//! Apart from the handlers, which only say what happened; here it becomes a page that says what to do next.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::asked::{CONFIRM, MANNERS};
use super::gate::Staff;
use super::shell::{Section, Shell};
use crate::Web;
use crate::http::failure::{PageFailure, sentence};
use crate::http::page::html;
use crate::http::problem;

/// A use case that did not end well, on its way to the gate, which makes a page of it.
#[derive(Clone, Debug)]
pub(super) struct Refused(Arc<Failure>);

impl<F: Into<Failure>> From<F> for Refused {
    fn from(failure: F) -> Self {
        Self(Arc::new(failure.into()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "console/problem.html")]
struct ProblemPage<'a> {
    page: Shell<'a>,
    title: &'static str,
    text: String,
    back: String,
}

#[derive(Template)]
#[template(path = "console/confirm.html")]
struct ConfirmPage<'a> {
    page: Shell<'a>,
    text: &'static str,
    action: String,
    fields: Vec<(String, String)>,
    back: String,
}

#[derive(Template)]
#[template(path = "console/sign_in_again.html")]
struct SignInAgainPage<'a> {
    page: Shell<'a>,
    by_email: bool,
    back: String,
}

/// The page that tells of it.
pub(super) async fn page(web: &Web, staff: &Staff, refused: &Refused) -> Response {
    let Some(rejection) = refused.0.rejection() else { return PageFailure::of(&refused.0) };
    let shell = match Shell::of(web, staff, Section::None).await {
        Ok(shell) => shell,
        Err(failure) => return PageFailure::from(failure).into_response(),
    };
    let back = nearest(staff.path());
    if *rejection == Rejection::ConfirmationRequired {
        return html(StatusCode::CONFLICT, &confirm(shell, staff, back));
    }
    if *rejection == Rejection::SignInAgain {
        let by_email = web.use_cases.policy().channels.contains(&Channel::Email);
        return html(StatusCode::FORBIDDEN, &SignInAgainPage { page: shell, by_email, back });
    }
    let status = problem::status(rejection);
    let (title, text) = (title(status), sentence(&rejection.to_string()));
    html(status, &ProblemPage { page: shell, title, text, back })
}

fn confirm<'a>(page: Shell<'a>, staff: &Staff, back: String) -> ConfirmPage<'a> {
    let text = match staff.path() {
        "/console/generate" => "This link would live longer than seven days. Whoever holds it can sign in until then.",
        path if path.ends_with("/details") => {
            "This changes an address. Every link and session of the contact ends, and links go to the new address from now on."
        }
        path if path.ends_with("/stop") => {
            "This stops the bulk send for good: who has had no turn gets no message. To go on later, pause it instead."
        }
        path if path.ends_with("/resume") => "This goes on writing to everybody who has had no turn yet.",
        _ => "This is a step that wants a second look.",
    };
    let kept = staff.kept();
    let again = kept.pairs().filter(|(name, _)| !MANNERS.contains(name) && *name != CONFIRM);
    let fields = again.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    ConfirmPage { page, text, action: staff.path().to_owned(), fields, back }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => "Not allowed",
        StatusCode::GONE => "Gone",
        StatusCode::TOO_MANY_REQUESTS => "Too many attempts",
        StatusCode::SERVICE_UNAVAILABLE => "Not at the moment",
        _ => "That did not work",
    }
}

/// The page nearest above a path: `/console/contacts/<id>` for what was posted below it.
fn nearest(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["console", section @ ("contacts" | "links" | "bulk"), id, _] | ["console", section @ "contacts", id, _, _] => {
            format!("/console/{section}/{id}")
        }
        [
            "console",
            section @ ("contacts" | "import" | "links" | "bulk" | "offerings" | "staff" | "tokens" | "chat"
            | "settings"),
            ..,
        ] => {
            format!("/console/{section}")
        }
        _ => "/console".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_page_nearest_above() {
        for (path, back) in [
            ("/console/contacts/1/details", "/console/contacts/1"),
            ("/console/contacts/1", "/console/contacts"),
            ("/console/contacts/1/why/alumni", "/console/contacts/1"),
            ("/console/import/1", "/console/import"),
            ("/console/links/1/send", "/console/links/1"),
            ("/console/staff/1/remove", "/console/staff"),
            ("/console/settings/restore", "/console/settings"),
            ("/console/bulk/1/stop", "/console/bulk/1"),
            ("/console/bulk/new", "/console/bulk"),
            ("/console/switch", "/console"),
            ("/console", "/console"),
        ] {
            assert_eq!(nearest(path), back);
        }
    }
}
