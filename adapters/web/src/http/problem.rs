//! Failures for programs: problem details (RFC 9457) with a stable `code`.
//!
//! Apart from the API so that what fails before a handler runs answers in the same shape.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use serde::Serialize;

use super::failure;

/// Problem details. `title` is the status' own phrase; `code` is stable.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with a stable code and one sentence.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            field: None,
            retry_after: None,
        }
    }

    /// Names the field at fault.
    pub(crate) fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// Says when to try again, in seconds.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let Ok(body) = serde_json::to_vec(&self) else { return failure::broken() };
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<&Rejection> for Problem {
    fn from(rejection: &Rejection) -> Self {
        let problem = Self::new(status(rejection), rejection.code(), rejection.to_string());
        let problem = match rejection.field() {
            Some(field) => problem.field(field),
            None => problem,
        };
        if let Rejection::RateLimited(wait) = rejection { problem.retry_after(wait.secs().max(1)) } else { problem }
    }
}

impl From<Failure> for Problem {
    fn from(error: Failure) -> Self {
        let overloaded = || {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "too busy at the moment: try again shortly")
                .retry_after(1)
        };
        match &error {
            Failure::Rejected(rejection) => rejection.into(),
            Failure::Overloaded | Failure::Contended { .. } => overloaded(),
            Failure::Unavailable(_) => {
                failure::log(&error);
                overloaded()
            }
            Failure::Wire(_) => {
                failure::log(&error);
                of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

/// The status of a rule's no.
pub(crate) fn status(rejection: &Rejection) -> StatusCode {
    match rejection {
        Rejection::Invalid(_)
        | Rejection::NoAddress
        | Rejection::UntilInThePast
        | Rejection::ExpiresInTooLong(_)
        | Rejection::MaxUsesOutOfRange
        | Rejection::ReasonRequired
        | Rejection::NoPhone
        | Rejection::NoEmail
        | Rejection::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::ContactNotFound
        | Rejection::OfferingNotFound
        | Rejection::LinkNotFound
        | Rejection::DeliveryNotFound
        | Rejection::SessionNotFound
        | Rejection::StaffNotFound
        | Rejection::TokenNotFound => StatusCode::NOT_FOUND,
        Rejection::ContactAmbiguous(_)
        | Rejection::ContactNotInPortal
        | Rejection::ExternalIdTaken
        | Rejection::OfferingArchived
        | Rejection::SlugTaken
        | Rejection::DestinationNotGranted
        | Rejection::TooManyLiveLinks(_)
        | Rejection::ChannelNotConfigured(_)
        | Rejection::SmsOptedOut
        | Rejection::LinkNotLive
        | Rejection::StaffEmailTaken
        | Rejection::LastOwner
        | Rejection::TokenNameTaken
        | Rejection::ConfirmationRequired => StatusCode::CONFLICT,
        Rejection::ContactErased | Rejection::Refused(_) => StatusCode::GONE,
        Rejection::RevealForbidden | Rejection::OwnerToken | Rejection::Forbidden | Rejection::SignInAgain => {
            StatusCode::FORBIDDEN
        }
        Rejection::Unauthenticated => StatusCode::UNAUTHORIZED,
        Rejection::IssuingStopped | Rejection::RedeemingStopped => StatusCode::SERVICE_UNAVAILABLE,
        Rejection::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// The problem of an answer that came without one.
pub(super) fn of_status(status: StatusCode) -> Response {
    of(status).into_response()
}

fn of(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "there is nothing at this path: see /api/docs"),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "this path takes other methods: see the Allow header"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "a request body has at most 65,536 bytes"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "send application/json"),
        StatusCode::TOO_MANY_REQUESTS => ("rate_limited", "too many requests: see the Retry-After header"),
        StatusCode::SERVICE_UNAVAILABLE => ("overloaded", "too busy at the moment: try again shortly"),
        StatusCode::UNAUTHORIZED => ("unauthenticated", "sign in first, or send a valid API token"),
        StatusCode::FORBIDDEN => ("forbidden", "your role does not allow this: ask an owner"),
        status if status.is_server_error() => ("internal_error", "something went wrong on our side"),
        _ => ("invalid_request", "the request could not be read"),
    };
    Problem::new(status, code, detail)
}
