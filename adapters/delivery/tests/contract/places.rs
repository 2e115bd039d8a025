//! Senders, and where what they sent can be looked at.

use std::sync::Arc;

use magiclink_delivery::Sandbox;
use magiclink_delivery::smtp::{Brand, EmailSender};
use magiclink_delivery::twilio::Twilio;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::ports::{SandboxInbox as _, Sender};
use magiclink_store::SystemIds;
use magiclink_store::testing::ManualClock;

/// One sender with what lies behind it.
pub(crate) trait Place: Sync {
    /// The sender.
    fn sender(&self) -> &dyn Sender;
    /// The channel it is meant for.
    fn channel(&self) -> Channel;
    /// What arrived, in the order of arrival.
    fn arrived(&self) -> Vec<Arrived>;
}

/// What a phone or mailbox got.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrived {
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
}

impl Arrived {
    /// A message as it ought to arrive.
    pub(crate) fn of(message: &Message) -> Self {
        Self { to: message.to.clone(), subject: message.subject.clone(), text: message.text() }
    }
}

pub(crate) async fn sandbox() -> Arc<Sandbox> {
    let clock = Arc::new(ManualClock::default());
    Sandbox::open(clock, Arc::new(SystemIds), "https://portal.example.com").await.unwrap()
}

/// Twilio's client, with the sandbox at the other end.
pub(crate) struct ByTwilio {
    sandbox: Arc<Sandbox>,
    sender: Twilio,
}

impl ByTwilio {
    pub(crate) async fn new() -> Self {
        let sandbox = sandbox().await;
        Self { sender: Twilio::new(sandbox.twilio()).unwrap(), sandbox }
    }
}

impl Place for ByTwilio {
    fn sender(&self) -> &dyn Sender {
        &self.sender
    }

    fn channel(&self) -> Channel {
        Channel::Sms
    }

    fn arrived(&self) -> Vec<Arrived> {
        let texts = self.sandbox.texts().into_iter().rev();
        texts.map(|text| Arrived { to: text.phone, subject: None, text: text.text }).collect()
    }
}

/// The sandbox's mailbox.
pub(crate) struct ByMail {
    sandbox: Arc<Sandbox>,
    sender: Arc<EmailSender>,
}

impl ByMail {
    pub(crate) async fn new() -> Self {
        let sandbox = sandbox().await;
        Self { sender: sandbox.email(Brand::default()).unwrap(), sandbox }
    }
}

impl Place for ByMail {
    fn sender(&self) -> &dyn Sender {
        self.sender.as_ref()
    }

    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn arrived(&self) -> Vec<Arrived> {
        let subject = |headers: Vec<(String, String)>| {
            headers.into_iter().find(|(name, _)| name == "Subject").map(|(_, subject)| subject)
        };
        // Behind the words stands the portal's signature.
        let words = |text: &str| text.split("\n\n--").next().unwrap_or_default().to_owned();
        let mails = self.sandbox.mails().into_iter().rev();
        mails.map(|mail| Arrived { to: mail.to, subject: subject(mail.headers), text: words(&mail.text) }).collect()
    }
}
