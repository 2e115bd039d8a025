//! Phones that take every text message, and the worker that sends them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::policies::{Deliver, Notify};
use magiclink_domain::ports::{Look, Pace, Sender, Sending};
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::usecases::{Failure, UseCases};

/// The numbers that got a text message, and what it said, in order; and whether the provider says that all opted out.
#[derive(Default)]
pub(crate) struct Phones(Mutex<Vec<(String, String)>>, AtomicBool);

impl Phones {
    /// From now on the provider refuses every message: the number opted out there.
    pub(crate) fn say_opted_out(&self, yes: bool) {
        self.1.store(yes, Ordering::SeqCst);
    }

    pub(crate) fn rung(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(number, _)| number.clone()).collect()
    }

    /// What the last message said.
    pub(crate) fn said(&self) -> String {
        self.0.lock().unwrap().last().map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// Makes everything that is due, once.
    pub(crate) async fn work(self: &Arc<Self>, node: &Arc<UseCases>) {
        self.try_work(node).await.unwrap();
    }

    /// The same, until something fails.
    pub(crate) async fn try_work(self: &Arc<Self>, node: &Arc<UseCases>) -> Result<(), Failure> {
        let sender: Arc<dyn Sender> = Arc::clone(self) as _;
        let deliver = Deliver::new(Arc::clone(node), [sender], Lifetime::from_mins(1));
        for due in deliver.due(Channel::Sms, 10_000).await.unwrap() {
            deliver.make(due).await?;
        }
        Ok(())
    }
}

/// Sends every text message that is a notice and due, once.
pub(crate) async fn notify_phones(phones: &Arc<Phones>, node: &Arc<UseCases>) {
    let notify = Notify::new(Arc::clone(node), [Arc::clone(phones) as Arc<dyn Sender>]);
    for due in notify.due(Channel::Sms, 100).await.unwrap() {
        notify.make(due).await.unwrap();
    }
}

#[async_trait]
impl Sender for Phones {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, per_second: 1_000 }
    }

    async fn send(&self, message: &Message) -> Sending {
        self.0.lock().unwrap().push((message.to.clone(), message.text()));
        if self.1.load(Ordering::SeqCst) {
            return Sending::OptedOut { code: "21610".to_owned(), words: "the number opted out".to_owned() };
        }
        Sending::Sent { provider_id: message.delivery.to_string() }
    }

    async fn look_up(&self, _: &Message, _: Timestamp) -> Look {
        Look::Absent
    }

    async fn check(&self) -> Result<String, String> {
        Ok("phones ring".to_owned())
    }
}
