//! One append on its way to the writer, and the answers it may get.
//!
//! Apart from the writer because every request must be answered exactly once, whatever became of its batch.

use magiclink_domain::log::{AppendError, Appended, Expected, NewEvent, StreamName};
use tokio::sync::oneshot;

use super::Waiting;
use crate::connection::WriteError;
use crate::database::Cause;

/// One append and the way to answer it.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) stream: StreamName,
    pub(super) expected: Expected,
    pub(super) events: Vec<NewEvent>,
    pub(super) answer: oneshot::Sender<Result<Appended, AppendError>>,
    pub(super) waiting: Waiting,
}

/// What a request comes to, if the commit succeeds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decision {
    Done(Appended),
    Conflict { actual: Option<u64> },
}

impl Request {
    /// Answers with the only decision of an attempt with this request alone.
    pub(super) fn answer_with(self, decisions: Vec<Decision>) {
        if let Some(decision) = decisions.into_iter().next() {
            self.decided(decision);
        }
    }

    pub(super) fn decided(self, decision: Decision) {
        self.reply(match decision {
            Decision::Done(appended) => Ok(appended),
            Decision::Conflict { actual } => Err(AppendError::Conflict { actual }),
        });
    }

    pub(super) fn failed(self, error: WriteError) {
        let cause = error.cause();
        let source = Box::new(error);
        self.reply(Err(match cause {
            Cause::Sync | Cause::Unclear => AppendError::UnknownOutcome { source },
            Cause::Environment | Cause::Constraint | Cause::Statement => AppendError::Unavailable { source },
        }));
    }

    /// A caller who has gone away needs no answer.
    fn reply(self, answer: Result<Appended, AppendError>) {
        drop(self.waiting);
        drop(self.answer.send(answer));
    }
}
