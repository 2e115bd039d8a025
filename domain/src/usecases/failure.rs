//! How a use case ends.

use crate::log::{AppendError, Position, ReadError};
use crate::ports::Unavailable;
use crate::rejection::Rejection;
use crate::wire::WireError;

/// A use case did what was asked, or found it done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// The answer.
    pub value: T,
    /// The position of the last event appended, for read-your-writes; `None` where it was already so.
    pub position: Option<Position>,
}

impl<T> Done<T> {
    /// The same, answering something else.
    #[must_use]
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: value(self.value), position: self.position }
    }
}

/// Why a use case did not end well. Rejection (a rule said no), overload (try again) and fault (something broke) never
/// share a variant.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Too much at once; nothing was done.
    #[error("too busy at the moment: try again shortly")]
    Overloaded,
    /// Others kept changing the same thing; what was asked was not done.
    #[error("{stream} kept changing: try again")]
    Contended {
        /// The contended stream.
        stream: String,
    },
    /// Something outside can't do its work.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The log holds what this version can't read, or an event can't be written.
    #[error("the log can't be read or written by this version")]
    Wire(#[from] WireError),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Unavailable(Unavailable { what: "the event log", source: Box::new(error) })
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Overloaded => Self::Overloaded,
            AppendError::OutOfBounds => Self::Rejected(Rejection::TooMuch),
            AppendError::Conflict { .. } | AppendError::UnknownOutcome { .. } | AppendError::Unavailable { .. } => {
                Self::Unavailable(Unavailable { what: "the event log", source: Box::new(error) })
            }
        }
    }
}

impl Failure {
    /// The rejection, if a rule said no.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            Self::Overloaded | Self::Contended { .. } | Self::Unavailable(_) | Self::Wire(_) => None,
        }
    }
}
