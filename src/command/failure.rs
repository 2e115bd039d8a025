//! How a command of the command line goes wrong.

use std::error::Error;

use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use serde::{Deserialize, Serialize};

use crate::keys::KeyError;

/// One sentence with the remedy, and how to exit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CliFailure {
    /// What kind.
    pub(crate) kind: Kind,
    /// For people.
    pub(crate) sentence: String,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// The command was not understood.
    Usage,
    /// A rule said no.
    Refused,
    /// Something broke.
    Fault,
}

impl CliFailure {
    /// The command was not understood.
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, sentence: sentence.into() }
    }

    /// A rule said no.
    pub(crate) fn refused(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, sentence: sentence.into() }
    }

    /// Something broke; names every cause.
    pub(crate) fn fault(error: &(dyn Error + 'static)) -> Self {
        Self { kind: Kind::Fault, sentence: with_causes(error) }
    }

    /// The process's exit code (`EX_SOFTWARE` of sysexits.h for faults).
    pub(crate) const fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 2,
            Kind::Refused => 1,
            Kind::Fault => 70,
        }
    }
}

/// The error and what caused it, in one line.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !sentence.contains(&text) {
            sentence = format!("{sentence}: {text}");
        }
        cause = error.source();
    }
    sentence.replace('\n', " ")
}

impl From<Failure> for CliFailure {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::Rejected(rejection) => rejection.clone().into(),
            Failure::Overloaded | Failure::Contended { .. } | Failure::Unavailable(_) | Failure::Wire(_) => {
                Self::fault(&failure)
            }
        }
    }
}

impl From<Rejection> for CliFailure {
    fn from(rejection: Rejection) -> Self {
        let remedy = if rejection == Rejection::ConfirmationRequired { ": say so with --yes" } else { "" };
        Self::refused(format!("{rejection}{remedy}"))
    }
}

impl From<magiclink_domain::value::InvalidValue> for CliFailure {
    fn from(invalid: magiclink_domain::value::InvalidValue) -> Self {
        Rejection::from(invalid).into()
    }
}

impl From<KeyError> for CliFailure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Refused(sentence) => Self::refused(sentence),
            KeyError::Missing(_)
            | KeyError::Open { .. }
            | KeyError::Malformed(_)
            | KeyError::Unusable { .. }
            | KeyError::Manifest(_) => Self::fault(&error),
        }
    }
}

impl From<magiclink_domain::ports::Unavailable> for CliFailure {
    fn from(error: magiclink_domain::ports::Unavailable) -> Self {
        Self::fault(&error)
    }
}

impl From<anyhow::Error> for CliFailure {
    fn from(error: anyhow::Error) -> Self {
        Self::fault(error.as_ref())
    }
}
