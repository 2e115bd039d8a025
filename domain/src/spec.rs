//! Given, when, then: how the rules of every stream are written down as tests.

use std::fmt::Debug;

use crate::id::CommandId;
use crate::rejection::Rejection;
use crate::stream::{Ctx, Stream};
use crate::time::Timestamp;

/// Noon on the day all specs play.
pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_777_636_800_000_000);

/// A decision at [`NOON`], by a command of its own.
pub(crate) fn ctx() -> Ctx {
    at(NOON)
}

/// A decision at `now`.
pub(crate) fn at(now: Timestamp) -> Ctx {
    Ctx { now, command: CommandId::derive("system", "spec", "1") }
}

/// What had happened before.
pub(crate) struct Given<S: Stream>(S::State);

/// What came of the command.
pub(crate) struct Then<E>(Result<Vec<E>, Rejection>);

/// Folds `events` into the state in which the command arrives.
pub(crate) fn given<S: Stream>(events: impl IntoIterator<Item = S::Event>) -> Given<S> {
    Given(events.into_iter().fold(S::State::default(), |state, event| S::evolve(state, &event)))
}

impl<S: Stream> Given<S> {
    /// The command arrives.
    pub(crate) fn when(self, decide: impl FnOnce(&S::State) -> Result<Vec<S::Event>, Rejection>) -> Then<S::Event> {
        Then(decide(&self.0))
    }
}

impl<E: Debug + PartialEq> Then<E> {
    /// Exactly these events.
    #[track_caller]
    pub(crate) fn then(self, events: impl IntoIterator<Item = E>) {
        assert_eq!(self.0, Ok(events.into_iter().collect()));
    }

    /// Already so: no event.
    #[track_caller]
    pub(crate) fn nothing(self) {
        assert_eq!(self.0, Ok(vec![]));
    }

    /// A rule says no, for this reason.
    #[track_caller]
    pub(crate) fn refused(self, rejection: Rejection) {
        assert_eq!(self.0, Err(rejection));
    }
}
