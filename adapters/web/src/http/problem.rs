//! What fails before a handler runs, as the API's problems ([`crate::api::problem`]).
//!
//! Apart from the API because pages take the statuses of the same table.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::rejection::Rejection;

use crate::api::codes::{self, Code};
use crate::api::problem::Problem;

/// The status of a rule's no.
pub(crate) fn status(rejection: &Rejection) -> StatusCode {
    if let Rejection::Refused(_) = rejection {
        return StatusCode::GONE;
    }
    codes::find(rejection.code()).map_or(StatusCode::UNPROCESSABLE_ENTITY, |code| code.status)
}

/// The problem of an answer that came without one.
pub(super) fn of_status(status: StatusCode) -> Response {
    let code = match status {
        StatusCode::NOT_FOUND => codes::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => codes::METHOD_NOT_ALLOWED,
        StatusCode::PAYLOAD_TOO_LARGE => codes::TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => codes::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::TOO_MANY_REQUESTS => codes::RATE_LIMITED,
        StatusCode::SERVICE_UNAVAILABLE => codes::OVERLOADED,
        StatusCode::UNAUTHORIZED => codes::UNAUTHENTICATED,
        status if status.is_server_error() => codes::INTERNAL,
        _ => Code {
            code: "invalid_request",
            status,
            title: "The request could not be read",
            remedy: "check how the request is made",
        },
    };
    Problem::new(code).into_response()
}
