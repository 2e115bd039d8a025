//! Which parts of the service one process takes on: pages and API, background work, chat.
//!
//! Apart from what the parts do because several nodes may share them out; health and metrics answer in every one.

use std::collections::BTreeSet;
use std::fmt;

use clap::ValueEnum;

use crate::command::CliFailure;

/// One part of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Role {
    /// Contact pages, staff console, HTTP API, hooks
    Web,
    /// Deliveries, and what completes the history
    Worker,
    /// Chat
    Bots,
}

impl Role {
    /// The word of the command line.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Worker => "worker",
            Self::Bots => "bots",
        }
    }
}

/// The parts that this process takes on; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roles(BTreeSet<Role>);

impl Roles {
    /// Everything: the roles of a node that has no other beside it.
    pub(crate) fn all() -> Self {
        Self(Role::value_variants().iter().copied().collect())
    }

    /// These; everything where none is named.
    pub(crate) fn named(roles: &[Role]) -> Self {
        if roles.is_empty() { Self::all() } else { Self(roles.iter().copied().collect()) }
    }

    /// Whether this one is among them.
    pub(crate) fn include(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether none is missing.
    pub(crate) fn are_all(&self) -> bool {
        *self == Self::all()
    }

    /// As words.
    pub(crate) fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|role| role.as_str()).collect()
    }

    /// The sandbox hands messages from the worker to a page within one process.
    ///
    /// # Errors
    /// A usage error where one of the two is missing.
    pub(crate) fn allow_sandbox(&self) -> Result<(), CliFailure> {
        if self.include(Role::Web) && self.include(Role::Worker) {
            return Ok(());
        }
        Err(CliFailure::usage(format!(
            "the sandbox needs the roles web and worker in one process, and this one has {self}: leave out --sandbox, or \
             --roles"
        )))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_takes_on_everything_unless_told_what() {
        assert_eq!(Roles::named(&[]), Roles::all());
        assert_eq!(Roles::all().words(), ["web", "worker", "bots"]);
        let some = Roles::named(&[Role::Bots, Role::Web, Role::Bots]);
        assert_eq!(some.to_string(), "web, bots");
        assert!(some.include(Role::Web) && !some.include(Role::Worker) && !some.are_all());
    }

    #[test]
    fn the_sandbox_needs_web_and_worker_in_one_process() {
        assert!(Roles::named(&[Role::Web, Role::Worker]).allow_sandbox().is_ok());
        for lacking in [[Role::Web, Role::Bots], [Role::Worker, Role::Bots]] {
            assert!(Roles::named(&lacking).allow_sandbox().is_err(), "{lacking:?}");
        }
    }
}
