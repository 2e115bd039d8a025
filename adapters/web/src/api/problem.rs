//! What goes wrong, as `application/problem+json` (RFC 9457).
//!
//! Apart from the handlers so that every answer under `/api` fails in one shape.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use magiclink_domain::ports::Unavailable;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::InvalidValue;
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::{self, Code};

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    retry_after: Option<u64>,
}

/// Why a request was refused or failed (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemView<'a> {
    /// Where the problem is explained, relative to this server.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs#contact_not_found")]
    kind: String,
    /// What is wrong, the same words for every occurrence of `code`.
    #[schema(example = "There is no such contact")]
    title: &'static str,
    /// The HTTP status of the answer.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time, and what to do about it.
    #[schema(example = "no such contact: check the spelling, or add the contact first")]
    detail: &'a str,
    /// The stable word for programs.
    #[schema(example = "contact_not_found")]
    code: &'static str,
    /// The field at fault, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "contact")]
    field: Option<&'a str>,
}

impl Problem {
    /// A problem with nothing to add to its code.
    pub(crate) fn new(code: Code) -> Self {
        Self::with(code, code.remedy)
    }

    /// A problem with a sentence of its own.
    pub(crate) fn with(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let retry_after = (code.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        Self { code, detail: detail.into(), field: None, retry_after }
    }

    /// The body of the answer.
    pub(super) fn view(&self) -> ProblemView<'_> {
        ProblemView {
            kind: format!("/api/docs#{}", self.code.code),
            title: self.code.title,
            status: self.code.status.as_u16(),
            detail: &self.detail,
            code: self.code.code,
            field: self.field.as_deref(),
        }
    }

    /// A field that is not as it should be.
    pub(crate) fn field(field: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::with(codes::INVALID_FIELD, detail).at(field)
    }

    /// The same, naming the field at fault.
    #[must_use]
    pub(crate) fn at(self, field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// The same, to be tried again in `seconds`.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        // A rule's no is never a fault of ours, whatever the table knows of its word.
        let unlisted = Code {
            code: rejection.code(),
            status: StatusCode::UNPROCESSABLE_ENTITY,
            title: "A rule says no",
            remedy: "",
        };
        let code = codes::find(rejection.code()).copied().unwrap_or(unlisted);
        let problem = Self::with(code, detail(&rejection));
        let problem = match rejection.field() {
            Some(field) => problem.at(field),
            None => problem,
        };
        if let Rejection::RateLimited(wait) = rejection { problem.retry_after(wait.secs().max(1)) } else { problem }
    }
}

/// A rule's words, with the remedy that is this interface's own.
pub(super) fn detail(rejection: &Rejection) -> String {
    let remedy = if *rejection == Rejection::ConfirmationRequired { ": say so with ?confirm=true" } else { "" };
    format!("{rejection}{remedy}")
}

impl From<InvalidValue> for Problem {
    fn from(invalid: InvalidValue) -> Self {
        Rejection::from(invalid).into()
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        Failure::from(unavailable).into()
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected(rejection) => rejection.into(),
            Failure::Overloaded | Failure::Contended { .. } => Self::new(codes::OVERLOADED),
            Failure::Unavailable(unavailable) => {
                tracing::warn!(error = &unavailable as &dyn std::error::Error, "something is out of reach");
                Self::new(codes::UNAVAILABLE)
            }
            Failure::Wire(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an event can't be read or written");
                Self::new(codes::INTERNAL)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status;
        let body = serde_json::to_vec(&self.view()).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"magiclink\""));
        }
        response
    }
}
