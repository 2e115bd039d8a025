//! The delivery worker: per channel, as many deliveries and notices at a time as its provider takes, no faster than it
//! allows.
//!
//! Apart from the other policies because a provider's pace and moods must hold up nobody else.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use magiclink_domain::id::{DeliveryId, NoticeId};
use magiclink_domain::link::Channel;
use magiclink_domain::policies::{Deliver, Made, Notify};
use magiclink_domain::ports::{Clock as _, DueDelivery, DueNotice, Pace};
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_projections::Watched;
use magiclink_store::SystemClock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::wiring::App;

/// How long the worker rests at most: retries come due, and leases of lost workers run out, by time alone.
const REST: Duration = Duration::from_secs(1);
/// How long it rests at least, so that a busy log does not make it look for every event.
const PAUSE: Duration = Duration::from_millis(20);
/// How many due deliveries are looked for at a time, beyond those under way.
const MOST: usize = 200;

/// What makes messages go out.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) deliver: Arc<Deliver>,
    pub(super) notify: Arc<Notify>,
}

/// One message that is due.
#[derive(Clone, Copy)]
enum Due {
    Delivery(DueDelivery),
    Notice(DueNotice),
}

/// What tells messages under way apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Job {
    Delivery(DeliveryId),
    Notice(NoticeId),
}

impl Due {
    const fn job(self) -> Job {
        match self {
            Self::Delivery(due) => Job::Delivery(due.delivery),
            Self::Notice(due) => Job::Notice(due.notice),
        }
    }
}

impl Work {
    async fn due(&self, channel: Channel, limit: usize) -> Result<Vec<Due>, Failure> {
        let deliveries = self.deliver.due(channel, limit).await?.into_iter().map(Due::Delivery);
        // People wait for their links.
        Ok(deliveries.chain(self.notify.due(channel, limit).await?.into_iter().map(Due::Notice)).collect())
    }

    async fn make(&self, due: Due) -> Result<Made, Failure> {
        match due {
            Due::Delivery(due) => self.deliver.make(due).await,
            Due::Notice(due) => self.notify.make(due).await,
        }
    }
}

/// One channel's worker.
pub(super) struct Worker {
    work: Work,
    channel: Channel,
    at_once: usize,
    starts: DefaultDirectRateLimiter,
    under_way: JoinSet<(Job, Result<Made, Failure>)>,
    jobs: BTreeSet<Job>,
    /// The provider is not to be called before.
    waits_until: Timestamp,
}

impl Worker {
    pub(super) fn new(work: Work, channel: Channel, pace: Pace) -> Self {
        let per_second = NonZeroU32::new(pace.per_second).unwrap_or(NonZeroU32::MIN);
        Self {
            work,
            channel,
            at_once: pace.at_once.max(1),
            starts: RateLimiter::direct(Quota::per_second(per_second)),
            under_way: JoinSet::new(),
            jobs: BTreeSet::new(),
            waits_until: Timestamp::default(),
        }
    }

    /// Works until the stop; what was begun is finished before.
    pub(super) async fn run(mut self, app: Arc<App>, stop: CancellationToken) {
        let mut changes = app.read_models.changes(&[Watched::Deliveries, Watched::Notices]);
        while !stop.is_cancelled() {
            changes.mark();
            if let Err(failure) = self.begin(&stop).await {
                tracing::warn!(channel = %self.channel, error = &failure as &dyn std::error::Error, "trying again");
            }
            let news = async {
                tokio::time::sleep(PAUSE).await;
                changes.next(REST).await;
            };
            tokio::select! {
                () = news => {}
                Some(done) = self.under_way.join_next() => self.note(done),
                () = stop.cancelled() => {}
            }
        }
        while let Some(done) = self.under_way.join_next().await {
            self.note(done);
        }
    }

    /// Begins what is due, as far as the provider's pace allows.
    async fn begin(&mut self, stop: &CancellationToken) -> Result<(), Failure> {
        if SystemClock.now() < self.waits_until || self.under_way.len() >= self.at_once {
            return Ok(());
        }
        for due in self.work.due(self.channel, MOST + self.at_once).await? {
            if self.jobs.contains(&due.job()) {
                continue;
            }
            while self.under_way.len() >= self.at_once {
                if let Some(done) = self.under_way.join_next().await {
                    self.note(done);
                }
            }
            if SystemClock.now() < self.waits_until
                || stop.run_until_cancelled(self.starts.until_ready()).await.is_none()
            {
                break;
            }
            self.jobs.insert(due.job());
            let work = self.work.clone();
            self.under_way.spawn(async move { (due.job(), work.make(due).await) });
        }
        Ok(())
    }

    fn note(&mut self, done: Result<(Job, Result<Made, Failure>), tokio::task::JoinError>) {
        match done {
            Ok((job, made)) => {
                self.jobs.remove(&job);
                match made {
                    Ok(Made::Settled | Made::Nothing) => {}
                    Ok(Made::ChannelWaits(until)) => {
                        tracing::warn!(channel = %self.channel, %until, "deliveries wait: see the latest delivery's state");
                        self.waits_until = self.waits_until.max(until);
                    }
                    Err(failure) => {
                        let error = &failure as &dyn std::error::Error;
                        tracing::warn!(channel = %self.channel, ?job, error, "trying again");
                    }
                }
            }
            Err(error) => {
                // A sender panicked. Its lease runs out, and the delivery is looked up.
                tracing::error!(channel = %self.channel, error = &error as &dyn std::error::Error, "a delivery broke off");
                self.jobs.retain(|_| false);
            }
        }
    }
}
