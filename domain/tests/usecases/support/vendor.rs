//! A provider that does as a test says and keeps a ledger of every copy it took.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use magiclink_domain::id::DeliveryId;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::policies::{Deliver, Made, Notify};
use magiclink_domain::ports::{Look, NotNow, Pace, Sender, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::{Failure, UseCases};

/// How long after a lost answer the provider is asked.
pub(crate) const LOOK_UP_AFTER: Lifetime = Lifetime::from_mins(1);

/// What it does with the next message.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Takes it and answers.
    Takes,
    /// Refuses it for good.
    Refuses,
    /// Says not now; `takes` it all the same or does not.
    NotNow { takes: bool, retry_after: Option<Lifetime>, whole_channel: bool },
    /// Its answer is lost; it `takes` the message or does not.
    LosesTheAnswer { takes: bool },
}

/// What it says when it is asked about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knows {
    /// What stands in the ledger.
    TheLedger,
    /// That it has no such message, whatever the ledger says (its list lags, or it can't be asked at all).
    Nothing,
    /// Nothing at all.
    Silent,
}

#[derive(Default)]
struct Book {
    does: VecDeque<Does>,
    ledger: Vec<DeliveryId>,
    letters: Vec<(String, String)>,
    looks: usize,
    knows: Option<Knows>,
}

/// The provider.
#[derive(Default)]
pub(crate) struct Vendor(Mutex<Book>);

impl Vendor {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Next, and after what it was told before; it takes every further message.
    pub(crate) fn will(&self, does: impl IntoIterator<Item = Does>) {
        self.0.lock().unwrap().does.extend(does);
    }

    pub(crate) fn knows(&self, knows: Knows) {
        self.0.lock().unwrap().knows = Some(knows);
    }

    /// Every copy that it took, in order.
    pub(crate) fn ledger(&self) -> Vec<DeliveryId> {
        self.0.lock().unwrap().ledger.clone()
    }

    /// The address and the words of every copy that it took, in order.
    pub(crate) fn letters(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().letters.clone()
    }

    /// How often it was asked about a message.
    pub(crate) fn looks(&self) -> usize {
        self.0.lock().unwrap().looks
    }

    /// A worker of this node.
    pub(crate) fn worker(self: &Arc<Self>, node: &Arc<UseCases>) -> Deliver {
        Deliver::new(Arc::clone(node), [Arc::clone(self) as Arc<dyn Sender>], LOOK_UP_AFTER)
    }

    /// A worker of this node for notices.
    pub(crate) fn notifier(self: &Arc<Self>, node: &Arc<UseCases>) -> Notify {
        Notify::new(Arc::clone(node), [Arc::clone(self) as Arc<dyn Sender>])
    }

    fn take(book: &mut Book, message: &Message) -> Sending {
        book.ledger.push(message.delivery);
        book.letters.push((message.to.clone(), message.text()));
        Sending::Sent { provider_id: message.delivery.to_string() }
    }
}

/// Does what is due, once; answers what came of each.
pub(crate) async fn work(worker: &Deliver) -> Result<Vec<Made>, Failure> {
    let mut made = vec![];
    for due in worker.due(Channel::Email, 100).await? {
        made.push(worker.make(due).await?);
    }
    Ok(made)
}

#[async_trait]
impl Sender for Vendor {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 8, per_second: 1_000 }
    }

    async fn send(&self, message: &Message) -> Sending {
        // Others get their turn between the lease and the call.
        tokio::task::yield_now().await;
        let mut book = self.0.lock().unwrap();
        match book.does.pop_front().unwrap_or(Does::Takes) {
            Does::Takes => Self::take(&mut book, message),
            Does::Refuses => Sending::Failed { code: "550".to_owned(), words: "there is no such mailbox".to_owned() },
            Does::LosesTheAnswer { takes } => {
                if takes {
                    Self::take(&mut book, message);
                }
                Sending::Unknown
            }
            Does::NotNow { takes, retry_after, whole_channel } => {
                if takes {
                    Self::take(&mut book, message);
                }
                let (code, words) = ("503".to_owned(), "the provider is down".to_owned());
                Sending::NotNow(NotNow { code, words, retry_after, whole_channel })
            }
        }
    }

    async fn look_up(&self, message: &Message, _: Timestamp) -> Look {
        let mut book = self.0.lock().unwrap();
        book.looks += 1;
        match book.knows.unwrap_or(Knows::TheLedger) {
            Knows::Silent => Look::NoAnswer,
            Knows::TheLedger if book.ledger.contains(&message.delivery) => {
                Look::Found(Sending::Sent { provider_id: message.delivery.to_string() })
            }
            Knows::TheLedger | Knows::Nothing => Look::Absent,
        }
    }

    async fn check(&self) -> Result<String, String> {
        Ok("it answers".to_owned())
    }
}
