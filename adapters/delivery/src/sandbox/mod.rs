//! A phone and a mailbox on this machine, for trying everything out without a vendor.
//!
//! Apart from the vendors because it is the other end: it stands where Twilio and a mail server would, takes what they
//! would be handed, and calls back as they would.

mod description;
mod mailbox;
mod phones;
mod refusal;
mod reports;
mod vendor;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_trait::async_trait;
use magiclink_domain::ports::{Clock, Fate, Ids, MailAnswer, SandboxInbox, SandboxMail, SandboxText};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::smtp::{Brand, Carrier, Composer, EmailSender, InvalidMailAddress, Mail};
use crate::twilio::{AccountSid, AuthToken, Credentials, NoClient, SmsFrom, SmsSender, TwilioConfig};
use mailbox::Mailbox;
use phones::Phones;
use reports::Hooks;

/// Twilio's own number for tests: it may send to everybody.
const NUMBER: &str = "+15005550006";
/// Where mails come from: a domain that nobody can own (RFC 2606).
const POSTBOX: &str = "portal@sandbox.example";

/// The sandbox of one process; what it holds is gone at the next start.
pub struct Sandbox {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    config: TwilioConfig,
    hooks: OnceLock<Hooks>,
    inside: Mutex<Inside>,
    serving: OnceLock<AbortHandle>,
}

#[derive(Default)]
struct Inside {
    /// How many things were taken.
    taken: u64,
    phones: Phones,
    mailbox: Mailbox,
}

impl Sandbox {
    /// An empty phone and mailbox, with a vendor of text messages that answers on a port of this machine, under
    /// credentials that are drawn now.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, base_url: &str) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let config = drawn(ids.as_ref(), listener.local_addr()?, base_url).map_err(io::Error::other)?;
        let sandbox = Arc::new(Self {
            clock,
            ids,
            config,
            hooks: OnceLock::new(),
            inside: Mutex::default(),
            serving: OnceLock::new(),
        });
        let serving = tokio::spawn(vendor::serve(listener, Arc::downgrade(&sandbox)));
        sandbox.serving.get_or_init(|| serving.abort_handle());
        Ok(sandbox)
    }

    /// How the vendor is reached and calls back: what an operator would copy from Twilio's console.
    #[must_use]
    pub fn twilio(&self) -> TwilioConfig {
        self.config.clone()
    }

    /// From now on the vendor calls the service's hooks, which listens at `address`. Before, nothing happens by itself.
    ///
    /// # Errors
    /// [`NoClient`] when no HTTP calls can be made.
    pub fn call_back(&self, address: SocketAddr) -> Result<(), NoClient> {
        let hooks = Hooks::new(address, &self.config)?;
        self.hooks.get_or_init(|| hooks);
        Ok(())
    }

    /// The sender of e-mail into this sandbox, in this brand.
    ///
    /// # Errors
    /// Never, as long as the sandbox's own address is one.
    pub fn email(self: &Arc<Self>, brand: Brand) -> Result<Arc<EmailSender>, InvalidMailAddress> {
        let composer = Composer { from: POSTBOX.parse()?, reply_to: None, brand };
        let carrier: Arc<dyn Carrier> = Arc::clone(self) as _;
        Ok(EmailSender::new(composer, carrier, Arc::clone(&self.clock)))
    }

    fn keep_mail(&self, mail: &Mail) {
        let at = self.clock.now();
        let mut inside = self.inside();
        let nth = inside.next();
        inside.mailbox.keep(mail.id(), mailbox::read(nth, mail.to(), mail.bytes().to_vec(), at));
    }

    fn has_mail(&self, id: &str) -> bool {
        self.inside().mailbox.has(id)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fresh id of a message, as Twilio writes them.
    fn sid(&self) -> String {
        format!("SM{}", self.ids.id().simple())
    }
}

impl Inside {
    fn next(&mut self) -> u64 {
        self.taken += 1;
        self.taken
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.get() {
            serving.abort();
        }
    }
}

fn drawn(ids: &dyn Ids, vendor: SocketAddr, base_url: &str) -> Result<TwilioConfig, crate::twilio::InvalidTwilio> {
    let account_sid: AccountSid = format!("AC{}", ids.id().simple()).parse()?;
    let token: AuthToken = data_encoding::HEXLOWER.encode(&ids.secret()).parse()?;
    let from: SmsFrom = NUMBER.parse()?;
    Ok(TwilioConfig {
        account_sid,
        credentials: Credentials::AuthToken(token.clone()),
        auth_tokens: vec![token],
        sender: SmsSender::From(from),
        api_base: format!("http://{vendor}").parse()?,
        base_url: base_url.to_owned(),
    })
}

#[async_trait]
impl SandboxInbox for Sandbox {
    fn texts(&self) -> Vec<SandboxText> {
        self.inside().phones.texts()
    }

    fn mails(&self) -> Vec<SandboxMail> {
        self.inside().mailbox.mails()
    }

    fn fate(&self) -> Fate {
        self.inside().phones.fate
    }

    fn decide(&self, fate: Fate) {
        self.inside().phones.fate = fate;
    }

    fn mail_answer(&self) -> MailAnswer {
        self.inside().mailbox.answer
    }

    fn answer_mails(&self, answer: MailAnswer) {
        self.inside().mailbox.answer = answer;
    }

    async fn settle(&self, id: &str, fate: Fate) -> Result<(), String> {
        reports::settle(self, id, fate).await
    }

    async fn text_us(&self, from: &str, text: &str) -> Result<(), String> {
        reports::text_us(self, from, text).await
    }
}
