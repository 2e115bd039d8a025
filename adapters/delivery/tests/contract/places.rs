//! Senders, and where what they sent can be looked at.

use std::sync::Arc;

use magiclink_delivery::{Sandbox, SandboxSender};
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::ports::{SandboxInbox, SandboxItem, Sender};
use magiclink_store::testing::ManualClock;

/// One sender with what lies behind it.
pub(crate) trait Place: Sync {
    /// The sender.
    fn sender(&self) -> &dyn Sender;
    /// The channel it is meant for.
    fn channel(&self) -> Channel;
    /// What arrived, in the order of arrival.
    fn arrived(&self) -> Vec<Message>;
}

pub(crate) struct InSandbox {
    sandbox: Arc<Sandbox>,
    sender: SandboxSender,
    channel: Channel,
}

impl InSandbox {
    fn new(channel: Channel) -> Self {
        let sandbox = Sandbox::new(Arc::new(ManualClock::default()));
        Self { sender: sandbox.sender(channel), sandbox, channel }
    }

    pub(crate) fn sms() -> Self {
        Self::new(Channel::Sms)
    }

    pub(crate) fn email() -> Self {
        Self::new(Channel::Email)
    }
}

impl Place for InSandbox {
    fn sender(&self) -> &dyn Sender {
        &self.sender
    }

    fn channel(&self) -> Channel {
        self.channel
    }

    fn arrived(&self) -> Vec<Message> {
        let sent = |item| match item {
            SandboxItem::Sent { message, .. } => Some(message),
            SandboxItem::Reply { .. } => None,
        };
        let mut messages: Vec<_> = self.sandbox.items().into_iter().filter_map(sent).collect();
        messages.reverse();
        messages
    }
}
