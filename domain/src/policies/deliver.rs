//! *Deliver*: requested deliveries are made, each attempt under a lease on the link's own stream.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::link::Channel;
use crate::ports::{PendingDelivery, Sender, Sending};
use crate::time::Lifetime;
use crate::usecases::{Failure, Ready, UseCases};

/// Makes deliveries through the senders, one per channel.
pub struct Deliver {
    use_cases: Arc<UseCases>,
    senders: BTreeMap<Channel, Arc<dyn Sender>>,
}

/// What came of looking at a delivery.
enum Made {
    /// It has an outcome.
    Settled,
    /// There was nothing to do.
    Nothing,
    /// The channel waits: its budget is used up.
    Waits,
}

/// Taken at a time.
const BATCH: usize = 100;
/// An attempt without an outcome after this long has lost its worker. Senders answer within half of it.
const LEASE: Lifetime = Lifetime::from_secs(60);

impl Deliver {
    /// The policy over these use cases and senders.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>, senders: impl IntoIterator<Item = Arc<dyn Sender>>) -> Self {
        Self { use_cases, senders: senders.into_iter().map(|sender| (sender.channel(), sender)).collect() }
    }

    /// Makes the channel's deliveries that are due, one batch; answers how many had an outcome. Channels are run apart,
    /// so that a slow provider holds up no other.
    ///
    /// # Errors
    /// The first failure of a delivery, after the others were made; the next run goes on.
    pub async fn run(&self, channel: Channel) -> Result<usize, Failure> {
        let mut settled = 0;
        let mut first_failure = None;
        for pending in self.use_cases.ports().lookups.pending_deliveries(channel, BATCH).await? {
            match self.make(pending).await {
                Ok(Made::Settled) => settled += 1,
                Ok(Made::Nothing) => {}
                Ok(Made::Waits) => break,
                // One delivery that fails must not hold up the others.
                Err(failure) => drop(first_failure.get_or_insert(failure)),
            }
        }
        first_failure.map_or(Ok(settled), Err)
    }

    /// The channels that have a sender.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        self.senders.keys().copied()
    }

    async fn make(&self, pending: PendingDelivery) -> Result<Made, Failure> {
        let PendingDelivery { link, delivery, .. } = pending;
        if let Some(attempted_at) = pending.attempted_at {
            let lost = self.use_cases.ports().clock.now() >= attempted_at.plus(LEASE);
            return if lost { self.recover(pending).await } else { Ok(Made::Nothing) };
        }
        match self.use_cases.ready(link, delivery).await? {
            Ready::Settled => Ok(Made::Nothing),
            Ready::Wait => Ok(Made::Waits),
            Ready::Cancel(why) => self.use_cases.cancel_delivery(link, delivery, why).await.map(|()| Made::Settled),
            Ready::Send { message, seen } => {
                let Some(sender) = self.senders.get(&message.channel) else { return Ok(Made::Nothing) };
                if !self.use_cases.attempt_delivery(link, delivery, seen).await? {
                    return Ok(Made::Nothing);
                }
                let outcome = sender.send(&message).await;
                self.use_cases.record_delivery(link, delivery, outcome).await.map(|()| Made::Settled)
            }
        }
    }

    /// The worker was lost between its attempt and the outcome: the provider may know. If it does not, the delivery
    /// stays *maybe sent* and is never sent again by itself.
    async fn recover(&self, pending: PendingDelivery) -> Result<Made, Failure> {
        let PendingDelivery { link, delivery, .. } = pending;
        let channel = self.use_cases.link(link).await?.deliveries.get(&delivery).map(|delivery| delivery.channel);
        let found = match channel.and_then(|channel| self.senders.get(&channel)) {
            Some(sender) => sender.look_up(delivery).await,
            None => None,
        };
        let outcome = found.unwrap_or(Sending::Unknown);
        self.use_cases.record_delivery(link, delivery, outcome).await.map(|()| Made::Settled)
    }
}
