//! A phone and a mailbox in memory, for trying everything out without a vendor.
//!
//! Apart from the vendors because it is the one sender that anybody can look into, on the page that shows it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use magiclink_domain::id::DeliveryId;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::ports::{Clock, Look, Pace, SandboxInbox, SandboxItem, Sender, Sending};
use magiclink_domain::time::Timestamp;

/// Items kept; older ones are forgotten.
const MOST: usize = 500;

/// What all sandbox senders of a process share: the last 500 messages, gone at the next start.
pub struct Sandbox {
    clock: Arc<dyn Clock>,
    /// Newest first.
    items: Mutex<VecDeque<SandboxItem>>,
}

impl Sandbox {
    /// An empty phone and mailbox.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, items: Mutex::default() })
    }

    /// The sender of a channel into this sandbox.
    #[must_use]
    pub fn sender(self: &Arc<Self>, channel: Channel) -> SandboxSender {
        SandboxSender { channel, sandbox: Arc::clone(self) }
    }

    fn keep(&self, item: SandboxItem) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.push_front(item);
        items.truncate(MOST);
    }

    fn knows(&self, wanted: DeliveryId) -> bool {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|item| match item {
            SandboxItem::Sent { message, .. } => message.delivery == wanted,
            SandboxItem::Reply { .. } => false,
        })
    }
}

impl SandboxInbox for Sandbox {
    fn items(&self) -> Vec<SandboxItem> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn keep_reply(&self, from: &str, text: &str) {
        self.keep(SandboxItem::Reply { from: from.to_owned(), text: text.to_owned(), at: self.clock.now() });
    }
}

/// Sends one channel's messages into a [`Sandbox`].
pub struct SandboxSender {
    channel: Channel,
    sandbox: Arc<Sandbox>,
}

#[async_trait]
impl Sender for SandboxSender {
    fn channel(&self) -> Channel {
        self.channel
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 8, per_second: 1_000 }
    }

    async fn send(&self, message: &Message) -> Sending {
        self.sandbox.keep(SandboxItem::Sent { message: message.clone(), at: self.sandbox.clock.now() });
        sent(message.delivery)
    }

    async fn look_up(&self, message: &Message, _: Timestamp) -> Look {
        if self.sandbox.knows(message.delivery) { Look::Found(sent(message.delivery)) } else { Look::Absent }
    }

    async fn check(&self) -> Result<String, String> {
        Ok("messages stay in the sandbox".to_owned())
    }
}

fn sent(delivery: DeliveryId) -> Sending {
    Sending::Sent { provider_id: format!("sandbox-{delivery}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use magiclink_store::testing::ManualClock;

    #[test]
    fn the_newest_comes_first_and_the_oldest_goes() {
        let sandbox = Sandbox::new(Arc::new(ManualClock::default()));
        for nth in 0..=MOST {
            sandbox.keep_reply("+14155550100", &nth.to_string());
        }
        let texts: Vec<String> = sandbox.items().iter().map(text).collect();
        assert_eq!(texts.len(), MOST);
        assert_eq!((texts[0].as_str(), texts[MOST - 1].as_str()), ("500", "1"));
    }

    fn text(item: &SandboxItem) -> String {
        match item {
            SandboxItem::Sent { message, .. } => message.text(),
            SandboxItem::Reply { text, .. } => text.clone(),
        }
    }
}
