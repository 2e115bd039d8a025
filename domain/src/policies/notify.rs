//! *Notify*: an address that a contact had learns that it was changed or removed.
//!
//! Apart from *Deliver* because a notice is sent once at most: nobody waits for it, so nothing is looked up and a lost
//! answer is left at that.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Made;
use crate::contact::NoticeOutcome;
use crate::link::Channel;
use crate::ports::{DueNotice, NotNow, Sender, Sending};
use crate::time::{Lifetime, Timestamp};
use crate::usecases::{Failure, NoticeReady, UseCases};

/// Sends notices through the senders, one per channel.
pub struct Notify {
    use_cases: Arc<UseCases>,
    senders: BTreeMap<Channel, Arc<dyn Sender>>,
}

/// An attempt without an outcome after this long has lost its worker: sending takes 30 s at most.
const LEASE: Lifetime = Lifetime::from_secs(90);
/// Taken at a time.
const BATCH: usize = 200;
/// The first wait before a notice is tried again; each further one is twice as long, up to the longest.
const FIRST_WAIT: Lifetime = Lifetime::from_secs(30);
const LONGEST_WAIT: Lifetime = Lifetime::from_hours(1);

impl Notify {
    /// The policy over these use cases and senders.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>, senders: impl IntoIterator<Item = Arc<dyn Sender>>) -> Self {
        let senders = senders.into_iter().map(|sender| (sender.channel(), sender)).collect();
        Self { use_cases, senders }
    }

    /// The channel's notices that want a worker now, `limit` at most.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the read models do not answer.
    pub async fn due(&self, channel: Channel, limit: usize) -> Result<Vec<DueNotice>, Failure> {
        let (lookups, now) = (&self.use_cases.ports().lookups, self.use_cases.ports().clock.now());
        Ok(lookups.due_notices(channel, now, now.minus(LEASE), limit).await?)
    }

    /// Notes that notices are not sent whose channel has no provider, one batch; answers how many there were.
    ///
    /// # Errors
    /// As [`Notify::make`], of the first that failed.
    pub async fn settle_unsendable(&self) -> Result<usize, Failure> {
        let mut settled = 0;
        for channel in Channel::ALL.iter().filter(|channel| !self.senders.contains_key(channel)) {
            for due in self.due(*channel, BATCH).await? {
                settled += usize::from(self.make(due).await? == Made::Settled);
            }
        }
        Ok(settled)
    }

    /// Does for one notice what there is to do.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log does not answer; the notice stays due.
    pub async fn make(&self, due: DueNotice) -> Result<Made, Failure> {
        let now = self.use_cases.ports().clock.now();
        match self.use_cases.notice_ready(due.contact, due.notice).await? {
            NoticeReady::Nothing => Ok(Made::Nothing),
            NoticeReady::Sending(at) if at.plus(LEASE) > now => Ok(Made::Nothing),
            NoticeReady::Sending(_) => self.settle(due, NoticeOutcome::Unknown).await,
            NoticeReady::Late => {
                let (code, words) = ("too_late", "it could not be sent for three days");
                self.settle(due, NoticeOutcome::Failed { code: code.to_owned(), words: words.to_owned() }).await
            }
            NoticeReady::Cancel(no) => {
                let (code, words) = (no.code().to_owned(), no.to_string());
                self.settle(due, NoticeOutcome::Cancelled { code, words }).await
            }
            NoticeReady::Wait(wait) => {
                self.postpone(due, wait.until, wait.code.to_owned(), wait.words.to_owned()).await
            }
            NoticeReady::Send { message, seen } => {
                let Some(sender) = self.senders.get(&message.channel) else { return Ok(Made::Nothing) };
                if !self.use_cases.attempt_notice(due.contact, due.notice).await? {
                    return Ok(Made::Nothing);
                }
                self.conclude(due, sender.send(&message).await, seen).await
            }
        }
    }

    async fn conclude(&self, due: DueNotice, sending: Sending, seen: u32) -> Result<Made, Failure> {
        let outcome = match sending {
            Sending::Sent { .. } | Sending::Delivered => NoticeOutcome::Sent,
            Sending::Failed { code, words } => NoticeOutcome::Failed { code, words },
            Sending::OptedOut { code, words } => {
                self.use_cases.opt_out_of_notice(due.contact, due.notice).await?;
                NoticeOutcome::Failed { code, words }
            }
            Sending::Unknown => NoticeOutcome::Unknown,
            Sending::NotNow(NotNow { code, words, retry_after, whole_channel }) => {
                let doubled = FIRST_WAIT.secs().saturating_mul(1 << seen.min(16));
                let wait = Lifetime::from_secs(doubled).min(LONGEST_WAIT).max(retry_after.unwrap_or_default());
                let until = self.use_cases.ports().clock.now().plus(wait);
                self.postpone(due, until, code, words).await?;
                return Ok(if whole_channel { Made::ChannelWaits(until) } else { Made::Settled });
            }
        };
        self.settle(due, outcome).await
    }

    async fn settle(&self, due: DueNotice, outcome: NoticeOutcome) -> Result<Made, Failure> {
        self.use_cases.settle_notice(due.contact, due.notice, outcome).await.map(|()| Made::Settled)
    }

    async fn postpone(&self, due: DueNotice, until: Timestamp, code: String, words: String) -> Result<Made, Failure> {
        self.use_cases.postpone_notice(due.contact, due.notice, (until, code, words)).await.map(|()| Made::Settled)
    }
}
