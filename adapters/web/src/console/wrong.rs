//! What is wrong with a form, said on the form itself: nobody types anything twice.
//!
//! Apart from the refusals, which become pages of their own because there is nothing to correct.

use axum::http::StatusCode;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;

use super::refused::Refused;
use crate::http::failure::sentence;
use crate::http::problem;

/// A rule's no to what was typed.
pub(super) struct Wrong {
    /// The field, where it is one.
    field: &'static str,
    pub(super) text: String,
    pub(super) status: StatusCode,
}

impl Wrong {
    /// What the form can say of a failure; any other goes on its way.
    ///
    /// # Errors
    /// The failure, where typing something else would not help.
    pub(super) fn of(failure: Failure) -> Result<Self, Refused> {
        let Failure::Rejected(rejection) = failure else { return Err(failure.into()) };
        let status = problem::status(&rejection);
        if !matches!(status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST | StatusCode::CONFLICT)
            || rejection == Rejection::ConfirmationRequired
        {
            return Err(rejection.into());
        }
        let field = if let Rejection::Invalid(invalid) = &rejection { invalid.field } else { "" };
        Ok(Self { field, text: sentence(&rejection.to_string()), status })
    }

    /// The same for a filter, where what is asked for may also not exist.
    ///
    /// # Errors
    /// The failure, where asking for something else would not help.
    pub(super) fn of_filter(failure: Failure) -> Result<Self, Refused> {
        match failure.rejection() {
            Some(rejection @ (Rejection::ContactNotFound | Rejection::ContactErased)) => Ok(Self {
                field: "contact",
                text: sentence(&rejection.to_string()),
                status: problem::status(rejection),
            }),
            Some(_) | None => Self::of(failure),
        }
    }
}

/// What a form says is wrong; at first, nothing.
#[derive(Default)]
pub(super) struct Verdict(Option<Wrong>);

impl Verdict {
    /// What a rule says against what was typed.
    ///
    /// # Errors
    /// As [`Wrong::of`].
    pub(super) fn of(failure: Failure) -> Result<Self, Refused> {
        Wrong::of(failure).map(|wrong| Self(Some(wrong)))
    }

    /// Whether it is about this field.
    pub(super) fn is_of(&self, field: &str) -> bool {
        self.0.as_ref().is_some_and(|wrong| wrong.field == field)
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_ref().map(|wrong| wrong.text.as_str())
    }

    pub(super) fn status(&self) -> StatusCode {
        self.0.as_ref().map_or(StatusCode::OK, |wrong| wrong.status)
    }
}
