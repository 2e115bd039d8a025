//! What one may ask of a bulk send's stream.

use super::event::{Plan, StoppedWhy};
use crate::id::ContactId;

/// A command to a bulk send's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkCommand {
    /// Begin; the contacts' and the links' rules were asked before (`usecases::bulk`).
    StartBulkSend(Plan),
    /// Fix who gets a message and who gets none. Repeated until everybody is listed.
    ListRecipients {
        /// Those who get one, in the order of sending.
        recipients: Vec<ContactId>,
        /// Those a rule refused, each with the rule's word.
        refused: Vec<(ContactId, String)>,
    },
    /// Leave out those whom a rule refused in the meantime, each with the rule's word.
    SkipRecipients(Vec<(ContactId, String)>),
    /// Send no more until resumed.
    PauseBulkSend,
    /// Go on.
    ResumeBulkSend,
    /// Send no more, for good.
    StopBulkSend(StoppedWhy),
    /// Note that everybody was written to or left out.
    FinishBulkSend,
}
