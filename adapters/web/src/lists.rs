//! The read models behind the table of rights: whoever reads a list says for whom, and the table is asked.
//!
//! Apart from the read models, which ask nobody, so that no page and no call can be written that forgets to.

use std::sync::Arc;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::log::Position;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, PortalSession};
use magiclink_projections::{HistoryFilter, HistoryItem, ReadModels, SessionView};

use crate::state::WebState;

/// Lists and titles, never rights; a page or call has them opened for its caller.
pub struct Lists(Arc<ReadModels>);

impl Lists {
    /// These read models, closed until the table was asked.
    #[must_use]
    pub fn new(models: Arc<ReadModels>) -> Self {
        Self(models)
    }

    /// Returns once the lists show the log up to `position`.
    ///
    /// # Errors
    /// [`Unavailable`] after two seconds.
    pub(crate) async fn passed(&self, position: Position) -> Result<(), Unavailable> {
        self.0.passed(position).await
    }

    /// What a signed-in contact may see of themselves.
    pub(crate) fn own<'a>(&'a self, session: &'a PortalSession) -> Own<'a> {
        Own { models: &self.0, session }
    }

    /// For counts of the node's own state, which name nobody.
    pub(crate) fn for_counts(&self) -> &ReadModels {
        &self.0
    }
}

/// The lists about one contact, opened by their session, which only a cookie makes.
pub(crate) struct Own<'a> {
    models: &'a ReadModels,
    session: &'a PortalSession,
}

impl Own<'_> {
    /// The newest `limit` lines of their login history.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub(crate) async fn history(&self, limit: usize) -> Result<Vec<HistoryItem>, Unavailable> {
        Ok(self.models.history(&HistoryFilter::of(self.session.contact), None, limit).await?.items)
    }

    /// Their open sessions.
    ///
    /// # Errors
    /// [`Unavailable`] when the file or the vault does not answer.
    pub(crate) async fn sessions(&self) -> Result<Vec<SessionView>, Unavailable> {
        self.models.sessions(self.session.contact).await
    }
}

impl WebState {
    /// The lists, for a caller to whom the table allows `act`.
    ///
    /// # Errors
    /// As [`authorise`].
    pub(crate) fn lists(&self, caller: &Caller, act: Act) -> Result<&ReadModels, Rejection> {
        authorise(&caller.authority, act, self.use_cases.ports().clock.now())?;
        Ok(&self.lists.0)
    }
}
