//! What contacts did not recognise: *this was not me*, said on their account page.
//!
//! Apart from the history because somebody should call them, and soon.

use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{HistoryFilter, HistoryKind, SubjectView};

use super::gate::Staff;
use super::people::People;
use super::shell::Shell;
use super::words::When;
use crate::Web;

/// Those older than this are no news any more.
const NEWS: Lifetime = Lifetime::from_days(7);
/// At most so many are shown; the history has them all.
const MOST: usize = 10;

/// A contact who said so.
pub(super) struct Dispute {
    pub(super) contact: ContactId,
    pub(super) name: String,
    pub(super) when: When,
}

/// Of the last days, newest first.
pub(super) async fn recent(web: &Web, staff: &Staff, page: &Shell<'_>) -> Result<Vec<Dispute>, Failure> {
    let since = web.use_cases.ports().clock.now().minus(NEWS);
    let filter = HistoryFilter { kind: Some(HistoryKind::Disputed), since: Some(since), ..HistoryFilter::default() };
    let found = staff.lists(web, Act::Read)?.history(&filter, None, MOST).await?.items;
    let told = found.iter().filter_map(|line| Some((line.subject.and_then(SubjectView::contact)?, line.at)));
    let told: Vec<_> = told.collect();
    let people = People::of(web, staff, told.iter().map(|(contact, _)| *contact).collect()).await?;
    let row = |(contact, at)| Dispute { contact, name: people.contact(contact).to_owned(), when: page.when(at) };
    Ok(told.into_iter().map(row).collect())
}
