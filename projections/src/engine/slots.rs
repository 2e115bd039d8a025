//! Feeds at hand, one per place in the log where projections stand; the next batch may be in the making.
//!
//! Apart from the engine so that it never sees a task.

use magiclink_domain::log::Position;
use tokio::task::JoinHandle;

use super::EngineError;
use super::feed::{Feed, FeedError, Prepared};
use crate::projection::Projection;

type Group = Vec<&'static dyn Projection>;

#[derive(Default)]
pub(super) struct Slots(Vec<Slot>);

struct Slot {
    group: Group,
    after: Position,
    feed: Next,
}

enum Next {
    Ready(Feed),
    Ahead(JoinHandle<(Feed, Result<Prepared, FeedError>)>),
}

impl Slots {
    /// The next batch for `group` beyond `after`. While its rows are written, the one after it is read.
    pub(super) async fn next(
        &mut self, group: &Group, after: Position, make: impl Fn() -> Feed,
    ) -> Result<Prepared, EngineError> {
        let place = self.0.iter().position(|slot| slot.after == after && same(&slot.group, group));
        let next = place.map(|place| self.0.swap_remove(place).feed);
        // Whatever else this group's members were to read is out of date.
        self.0.retain(|slot| !slot.group.iter().any(|one| group.iter().any(|other| one.name() == other.name())));
        let (feed, prepared) = match next {
            Some(Next::Ahead(task)) => task.await?,
            Some(Next::Ready(feed)) => ahead(feed).await,
            None => ahead(make()).await,
        };
        let mut prepared = prepared?;
        let mut feed = feed;
        // A feed with a limit came to its end; the limit may lie further by now.
        if place.is_some() && prepared.next == after && !prepared.end && prepared.unknown.is_none() {
            let fresh = ahead(make()).await;
            (feed, prepared) = (fresh.0, fresh.1?);
        }
        let moved = prepared.next != after;
        let feed = if moved && !prepared.end && prepared.unknown.is_none() {
            Next::Ahead(tokio::spawn(ahead(feed)))
        } else {
            Next::Ready(feed)
        };
        if moved || prepared.end || prepared.unknown.is_some() {
            self.0.push(Slot { group: group.clone(), after: prepared.next, feed });
        }
        Ok(prepared)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

async fn ahead(mut feed: Feed) -> (Feed, Result<Prepared, FeedError>) {
    let prepared = feed.next().await;
    (feed, prepared)
}

fn same(one: &Group, other: &Group) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.name() == other.name())
}
