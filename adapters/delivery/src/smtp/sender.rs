//! The sender of e-mail, over a mail server or the sandbox.
//!
//! Apart from both because composing, and what a delivery learns, are the same whoever carries the mail.

use std::sync::Arc;

use async_trait::async_trait;
use magiclink_domain::link::Channel;
use magiclink_domain::message::Message;
use magiclink_domain::ports::{Clock, Look, NotNow, Pace, Sender, Sending};
use magiclink_domain::time::Timestamp;

use super::compose::{Composer, Mail};
use super::relay::Relay;

/// Takes composed mails where they are to go.
#[async_trait]
pub trait Carrier: Send + Sync + 'static {
    /// Carries one mail, within 30 s.
    async fn carry(&self, mail: &Mail) -> Sending;
    /// Whether it has this mail.
    async fn look_up(&self, mail: &Mail) -> Look;
    /// Whether it could carry a mail, in words for an operator.
    async fn check(&self) -> Result<String, String>;
}

/// Sends e-mail.
pub struct EmailSender {
    composer: Composer,
    carrier: Arc<dyn Carrier>,
    clock: Arc<dyn Clock>,
}

impl EmailSender {
    /// Writes mails with `composer` and hands them to `carrier`.
    #[must_use]
    pub fn new(composer: Composer, carrier: Arc<dyn Carrier>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { composer, carrier, clock })
    }
}

#[async_trait]
impl Sender for EmailSender {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn pace(&self) -> Pace {
        // Few at once: a mail server counts connections; per second what the large relays allow a new customer.
        Pace { at_once: 4, per_second: 14 }
    }

    async fn send(&self, message: &Message) -> Sending {
        let Some(mail) = self.composer.compose(message, self.clock.now()) else {
            let words = "this is no address that mail can be sent to: correct the contact's address".to_owned();
            return Sending::Failed { code: "invalid_address".to_owned(), words };
        };
        let sending = self.carrier.carry(&mail).await;
        if let Sending::NotNow(NotNow { code, words, whole_channel: true, .. }) = &sending {
            tracing::error!(code, "no e-mail leaves: {words}");
        }
        sending
    }

    async fn look_up(&self, message: &Message, _: Timestamp) -> Look {
        match self.composer.compose(message, self.clock.now()) {
            Some(mail) => self.carrier.look_up(&mail).await,
            None => Look::Absent,
        }
    }

    async fn check(&self) -> Result<String, String> {
        self.carrier.check().await
    }
}

#[async_trait]
impl Carrier for Relay {
    async fn carry(&self, mail: &Mail) -> Sending {
        match self.hand_over(mail).await {
            Ok(()) => Sending::Sent { provider_id: mail.id().to_owned() },
            Err(stop) => stop.verdict(self, Some(mail)),
        }
    }

    /// A mail server can't be asked.
    async fn look_up(&self, _: &Mail) -> Look {
        Look::Absent
    }

    async fn check(&self) -> Result<String, String> {
        match self.knock().await.map_err(|stop| stop.verdict(self, None)) {
            Ok(()) => Ok(format!("the mail server {} answers and lets us in", self.url.place())),
            Err(
                Sending::NotNow(NotNow { words, .. }) | Sending::Failed { words, .. } | Sending::OptedOut { words, .. },
            ) => Err(words),
            Err(Sending::Sent { .. } | Sending::Delivered | Sending::Unknown) => {
                Err(format!("the mail server {} gave an odd answer: try again", self.url.place()))
            }
        }
    }
}
