//! The text messages that the sandbox's vendor has.
//!
//! Apart from the vendor's answers because reports and the page need them too.

use std::collections::VecDeque;

use magiclink_domain::ports::{Fate, SandboxText};
use magiclink_domain::time::Timestamp;

/// Messages kept; older ones are forgotten.
const MOST: usize = 500;

/// Every phone's messages, newest first.
pub(super) struct Phones {
    messages: VecDeque<Kept>,
    pub(super) fate: Fate,
}

/// A message with what only the vendor needs to know.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) shown: SandboxText,
    /// The number or service that it came from.
    pub(super) from: Option<String>,
    pub(super) service: Option<String>,
    /// Where the vendor reports.
    pub(super) callback: Option<String>,
    pub(super) updated: Timestamp,
}

impl Default for Phones {
    fn default() -> Self {
        Self { messages: VecDeque::new(), fate: Fate::Delivered }
    }
}

impl Phones {
    pub(super) fn keep(&mut self, message: Kept) {
        self.messages.push_front(message);
        self.messages.truncate(MOST);
    }

    pub(super) fn texts(&self) -> Vec<SandboxText> {
        self.messages.iter().map(|message| message.shown.clone()).collect()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Kept> {
        self.messages.iter().find(|message| message.shown.id == id)
    }

    /// What was sent to this number, newest first; to all of them without one.
    pub(super) fn sent_to(&self, phone: Option<&str>) -> impl Iterator<Item = &Kept> {
        let wanted =
            move |message: &&Kept| !message.shown.from_phone && phone.is_none_or(|phone| phone == message.shown.phone);
        self.messages.iter().filter(wanted)
    }

    /// Moves a message on, unless it has come to its end; answers it as it is then.
    pub(super) fn moved(&mut self, id: &str, state: &str, error: Option<u32>, at: Timestamp) -> Option<Kept> {
        let message = self.messages.iter_mut().find(|message| message.shown.id == id)?;
        if matches!(message.shown.state.as_str(), "delivered" | "undelivered" | "failed") {
            return None;
        }
        state.clone_into(&mut message.shown.state);
        (message.shown.error, message.updated) = (error, at);
        Some(message.clone())
    }

    pub(super) fn note(&mut self, id: &str, report: String, answer: String) {
        if let Some(message) = self.messages.iter_mut().find(|message| message.shown.id == id) {
            message.shown.reports.push((report, answer));
        }
    }
}
