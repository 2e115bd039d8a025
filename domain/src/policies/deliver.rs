//! *Deliver*: requested deliveries are made, each attempt under a lease on the link's own stream.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::DeliveryId;
use crate::link::{Channel, DeliveryState, Outcome};
use crate::message::Message;
use crate::ports::{DueDelivery, Look, NotNow, Pace, Sender, Sending};
use crate::time::{Lifetime, Timestamp};
use crate::usecases::{Failure, Ready, UseCases};

/// Makes deliveries through the senders, one per channel.
pub struct Deliver {
    use_cases: Arc<UseCases>,
    senders: BTreeMap<Channel, Arc<dyn Sender>>,
    /// How long after an unanswered attempt the provider is asked what became of it.
    look_up_after: Lifetime,
    /// Lost answers that were looked up, and when the next look is due.
    looks: Mutex<BTreeMap<DeliveryId, (usize, Timestamp)>>,
}

/// What came of looking at a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It came to an outcome, or was put off alone.
    Settled,
    /// There was nothing to do.
    Nothing,
    /// The whole channel waits until then: its provider is down or refuses us.
    ChannelWaits(Timestamp),
}

/// An attempt without an outcome after this long has lost its worker: looking up and sending take 30 s each at most.
const LEASE: Lifetime = Lifetime::from_secs(90);
/// How many times a provider is asked about a lost answer, each time after five times as long.
const LOOKS: usize = 2;
/// Lost answers older than this are left to staff.
const LOOK_BACK: Lifetime = Lifetime::from_days(2);
/// Between looks that got no answer.
const LOOK_AGAIN: Lifetime = Lifetime::from_secs(30);
/// The first wait before a retry; each further one is twice as long, up to the longest.
const FIRST_WAIT: Lifetime = Lifetime::from_secs(5);
const LONGEST_WAIT: Lifetime = Lifetime::from_hours(1);

impl Deliver {
    /// The policy over these use cases and senders.
    #[must_use]
    pub fn new(
        use_cases: Arc<UseCases>, senders: impl IntoIterator<Item = Arc<dyn Sender>>, look_up_after: Lifetime,
    ) -> Self {
        let senders = senders.into_iter().map(|sender| (sender.channel(), sender)).collect();
        Self { use_cases, senders, look_up_after, looks: Mutex::default() }
    }

    /// The channels that have a sender, and how fast each may be used.
    pub fn channels(&self) -> impl Iterator<Item = (Channel, Pace)> + '_ {
        self.senders.iter().map(|(channel, sender)| (*channel, sender.pace()))
    }

    /// The channel's deliveries that want to be made now, `limit` at most, and lost answers that want to be looked up.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the read models do not answer.
    pub async fn due(&self, channel: Channel, limit: usize) -> Result<Vec<DueDelivery>, Failure> {
        let (lookups, now) = (&self.use_cases.ports().lookups, self.use_cases.ports().clock.now());
        let mut due = lookups.due_deliveries(channel, now, now.minus(LEASE), limit).await?;
        let mut unanswered = lookups.unanswered_deliveries(channel, now.minus(LOOK_BACK), limit).await?;
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        unanswered.retain(|lost| {
            let first = lost.attempted_at.unwrap_or(now).plus(self.look_up_after);
            let (looked, next) = looks.get(&lost.delivery).copied().unwrap_or((0, first));
            looked < LOOKS && next <= now
        });
        due.extend(unanswered);
        Ok(due)
    }

    /// Does for one delivery what there is to do.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log does not answer; the delivery stays due.
    pub async fn make(&self, due: DueDelivery) -> Result<Made, Failure> {
        let (link, now) = (self.use_cases.link_now(due.link).await?, self.use_cases.ports().clock.now());
        let Some(delivery) = link.deliveries.get(&due.delivery) else { return Ok(Made::Nothing) };
        let Some(sender) = self.senders.get(&delivery.channel) else { return Ok(Made::Nothing) };
        let since = delivery.first_attempt_at.unwrap_or(now);
        match delivery.state {
            DeliveryState::Queued => self.send(due, sender.as_ref(), since).await,
            DeliveryState::Postponed(until) if until <= now => self.send(due, sender.as_ref(), since).await,
            // The provider may know what became of it; it is looked up like every lost answer.
            DeliveryState::Sending(at) if at.plus(LEASE) <= now => self.record(due, Outcome::Unknown).await,
            DeliveryState::MaybeSent => self.look(due, sender.as_ref(), since).await,
            DeliveryState::Postponed(_)
            | DeliveryState::Sending(_)
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Failed
            | DeliveryState::Cancelled(_) => Ok(Made::Nothing),
        }
    }

    async fn send(&self, due: DueDelivery, sender: &dyn Sender, since: Timestamp) -> Result<Made, Failure> {
        match self.use_cases.ready(due.link, due.delivery).await? {
            Ready::Settled => Ok(Made::Nothing),
            // Each says so for itself, so that staff see why it waits.
            Ready::Wait(wait) => {
                self.use_cases.postpone_delivery(due.link, due.delivery, wait).await.map(|()| Made::Settled)
            }
            Ready::Refuse(no) => {
                let outcome = Outcome::Failed { code: no.code().to_owned(), words: no.to_string() };
                self.record(due, outcome).await
            }
            Ready::Cancel(why) => {
                self.use_cases.cancel_delivery(due.link, due.delivery, why).await.map(|()| Made::Settled)
            }
            Ready::Send { message, seen } => {
                if !self.use_cases.attempt_delivery(due.link, due.delivery, seen).await? {
                    return Ok(Made::Nothing);
                }
                let again = (seen > 0).then_some(since);
                self.conclude(due, attempt(sender, &message, again).await, seen).await
            }
        }
    }

    async fn conclude(&self, due: DueDelivery, sending: Sending, retries: u32) -> Result<Made, Failure> {
        let outcome = match sending {
            Sending::Sent { provider_id } => Outcome::Sent { provider_id },
            Sending::Delivered => Outcome::Delivered,
            Sending::Failed { code, words } => Outcome::Failed { code, words },
            Sending::OptedOut { code, words } => {
                self.use_cases.opt_out_of(due.link, due.delivery).await?;
                Outcome::Failed { code, words }
            }
            Sending::Unknown => Outcome::Unknown,
            Sending::NotNow(NotNow { code, words, retry_after, whole_channel }) => {
                let until = self.use_cases.ports().clock.now().plus(self.wait(retry_after, retries));
                self.record(due, Outcome::Postponed { until, code, words }).await?;
                return Ok(if whole_channel { Made::ChannelWaits(until) } else { Made::Settled });
            }
        };
        self.record(due, outcome).await
    }

    async fn record(&self, due: DueDelivery, outcome: Outcome) -> Result<Made, Failure> {
        self.use_cases.record_delivery(due.link, due.delivery, outcome).await.map(|()| Made::Settled)
    }

    /// Twice as long each time, half of it drawn by lot, so that many that failed together do not come back together.
    fn wait(&self, wish: Option<Lifetime>, retries: u32) -> Lifetime {
        let doubled = FIRST_WAIT.secs().saturating_mul(1 << retries.min(16)).min(LONGEST_WAIT.secs());
        let (_, lot) = self.use_cases.ports().ids.id().as_u64_pair();
        let drawn = Lifetime::from_secs(doubled.div_ceil(2) + lot % (doubled / 2 + 1));
        wish.map_or(drawn, |wish| wish.max(drawn))
    }

    /// The answer was lost, or the worker between its attempt and the outcome: the provider may know. If it does not, the
    /// delivery stays *maybe sent* and is never sent again by itself.
    async fn look(&self, due: DueDelivery, sender: &dyn Sender, since: Timestamp) -> Result<Made, Failure> {
        let Some(message) = self.use_cases.message_of(due.link, due.delivery).await? else { return Ok(Made::Nothing) };
        match sender.look_up(&message, since).await {
            Look::Found(sending) => self.conclude(due, sending, 0).await,
            Look::Absent => {
                Ok(self.looked(due.delivery, 1, Lifetime::from_secs(self.look_up_after.secs().saturating_mul(5))))
            }
            Look::NoAnswer => Ok(self.looked(due.delivery, 0, LOOK_AGAIN)),
        }
    }

    /// Remembers that it was looked up in vain, and when the next look is due. Forgotten at a restart: looking once more
    /// costs nothing.
    fn looked(&self, delivery: DeliveryId, answered: usize, pause: Lifetime) -> Made {
        let now = self.use_cases.ports().clock.now();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|_, (_, next)| next.plus(LOOK_BACK) > now);
        let (looked, next) = looks.entry(delivery).or_insert((0, now));
        *looked += answered;
        *next = now.plus(pause);
        Made::Nothing
    }
}

/// One attempt. A retry looks first: a provider that said no may have taken it all the same, and a second copy costs
/// money and trust.
async fn attempt(sender: &dyn Sender, message: &Message, again_since: Option<Timestamp>) -> Sending {
    if let Some(since) = again_since {
        match sender.look_up(message, since).await {
            // A copy that failed reached nobody, so it stands in the way of no other.
            Look::Found(Sending::Failed { .. } | Sending::OptedOut { .. }) | Look::Absent => {}
            Look::Found(sending) => return sending,
            Look::NoAnswer => {
                return Sending::NotNow(NotNow {
                    code: "no_answer".to_owned(),
                    words: "the provider did not answer when asked whether it has the message already".to_owned(),
                    retry_after: None,
                    whole_channel: true,
                });
            }
        }
    }
    sender.send(message).await
}
