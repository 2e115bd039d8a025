//! The directory: an index in memory by which contacts are found by any part of name, e-mail, phone or external id.
//!
//! Apart from the rows, where all of that is sealed.

mod haystack;
mod normal;
mod outline;
mod query;
mod similar;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod typos;
mod wanted;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Unavailable;
use tokio::sync::{Semaphore, watch};

use crate::read::unavailable;
use haystack::{Haystack, SearchText};
pub use normal::normal;

/// What a batch changes in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The contact is found by this.
    Put(ContactId, SearchText),
    /// The contact is not to be found.
    Gone(ContactId),
}

impl Change {
    /// The contact with these details; erased ones are not to be found.
    pub(crate) fn of(contact: ContactId, details: &Personal<Details>) -> Self {
        match details {
            Personal::Known(details) => Self::Put(contact, SearchText::of(details)),
            Personal::Erased => Self::Gone(contact),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Directory {
    state: RwLock<State>,
    loaded: watch::Sender<bool>,
    /// Questions that may still be answered at this moment.
    turns: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct State {
    haystack: Haystack,
    /// Who went while rows were being loaded: the rows must not bring them back. `None` once loaded.
    gone: Option<HashSet<ContactId>>,
}

impl Directory {
    /// An empty one, whose rows are being loaded.
    pub(crate) fn loading() -> Self {
        let state = State { gone: Some(HashSet::new()), ..State::default() };
        // However many ask at once, half of the processors are left for everything else.
        let turns = std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2));
        Self { state: RwLock::new(state), loaded: watch::Sender::new(false), turns: Arc::new(Semaphore::new(turns)) }
    }

    /// Takes in what a committed batch changed.
    pub(crate) fn apply(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change {
                Change::Put(contact, text) => state.haystack.put(contact, &text),
                Change::Gone(contact) => {
                    state.haystack.remove(contact);
                    if let Some(gone) = &mut state.gone {
                        gone.insert(contact);
                    }
                }
            }
        }
    }

    /// Takes in rows read at the start; what batches brought meanwhile is newer.
    pub(crate) fn load(&self, rows: Vec<Change>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let State { haystack, gone: Some(gone) } = &mut *state else { return };
        for row in rows {
            if let Change::Put(contact, text) = row
                && !haystack.contains(contact)
                && !gone.contains(&contact)
            {
                haystack.put(contact, &text);
            }
        }
    }

    /// All rows were loaded.
    pub(crate) fn loaded(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.gone = None;
        state.haystack.shrink();
        self.loaded.send_replace(true);
    }

    /// Forgets everybody, because the contacts are folded anew.
    pub(crate) fn clear(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State::default();
        self.loaded.send_replace(true);
    }

    /// Returns once all rows were loaded.
    pub(crate) async fn wait(&self) {
        // The sender lives as long as `self`.
        drop(self.loaded.subscribe().wait_for(|loaded| *loaded).await);
    }

    /// Answers a question once all rows were loaded, in turn, on a thread that it may keep busy.
    pub(crate) async fn ask(
        self: &Arc<Self>, question: impl FnOnce(&Self) -> Vec<ContactId> + Send + 'static,
    ) -> Result<Vec<ContactId>, Unavailable> {
        self.wait().await;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(unavailable)?;
        let directory = Arc::clone(self);
        let answer = move || {
            // Whoever asked may have gone away: the turn ends with the work.
            let _turn = turn;
            question(&directory)
        };
        tokio::task::spawn_blocking(answer).await.map_err(unavailable)
    }

    /// How many contacts there are to be found.
    pub(crate) fn count(&self) -> usize {
        self.state.read().unwrap_or_else(PoisonError::into_inner).haystack.contacts()
    }

    /// The contacts that `query` finds, best first: a whole field before the start of one, before the start of a word,
    /// before any other part; then by name. Several words must all be found.
    pub(crate) fn search(&self, query: &str, limit: usize) -> Vec<ContactId> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let places = query::best(&state.haystack, query, limit);
        places.into_iter().filter_map(|place| state.haystack.contact(place)).collect()
    }

    /// The contacts whose name or e-mail address is a few slips of the finger away from `query`, nearest first.
    pub(crate) fn similar(&self, query: &str, limit: usize) -> Vec<ContactId> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let places = similar::similar(&state.haystack, query, limit);
        places.into_iter().filter_map(|place| state.haystack.contact(place)).collect()
    }
}
