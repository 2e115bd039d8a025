//! The client of Twilio's Messages API.
//!
//! Our own because no published one fits: see `docs/adr/0005-own-twilio-client.md`.

use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Message, Span};
use magiclink_domain::ports::{Look, Pace, Sender, Sending};
use magiclink_domain::time::Timestamp;
use reqwest::{Client, RequestBuilder, header, redirect};
use serde::Deserialize;

use super::answer::{Answer, later};
use super::{Credentials, SmsSender, TwilioConfig};

const CONNECT: Duration = Duration::from_secs(2);
const TOTAL: Duration = Duration::from_secs(10);
/// Twilio closes idle connections after about a minute; sooner on our side, so that nothing is written into a closed one.
const IDLE: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes: fifty messages of the longest kind take a tenth.
const MOST_ANSWER: usize = 2 * 1024 * 1024;
/// Seconds that Twilio may try to deliver.
const VALIDITY: std::ops::RangeInclusive<u64> = 1..=36_000;

/// Sends text messages by Twilio.
pub struct Twilio {
    config: TwilioConfig,
    http: Client,
}

/// The machine can't make HTTP calls at all.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client for Twilio: check the system's certificates")]
pub struct NoClient(#[from] reqwest::Error);

/// Why there is no answer.
enum Lost {
    /// Twilio was not reached: nothing was sent.
    Before,
    /// It may have been sent.
    After,
}

#[derive(Deserialize)]
struct Account {
    status: Option<String>,
    friendly_name: Option<String>,
}

impl Twilio {
    /// A client of this account.
    ///
    /// # Errors
    /// [`NoClient`] when the system's certificates can't be read.
    pub fn new(config: TwilioConfig) -> Result<Self, NoClient> {
        let http = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none());
        // A stand-in on this machine is met directly, and needs no certificates.
        let http = if config.api_base.is_loopback() { http.no_proxy() } else { http };
        let http = if config.api_base.as_str().starts_with("http:") { http.tls_certs_only([]) } else { http };
        Ok(Self { http: http.build().map_err(NoClient)?, config })
    }

    fn account(&self) -> String {
        format!("{}/2010-04-01/Accounts/{}", self.config.api_base.as_str(), self.config.account_sid.as_str())
    }

    /// The form of a new message. `ShortenUrls` is left out: the link must be the portal's own.
    fn form(&self, message: &Message) -> Vec<(&'static str, String)> {
        let sender = match &self.config.sender {
            SmsSender::From(from) => ("From", from.as_str().to_owned()),
            SmsSender::MessagingService(sid) => ("MessagingServiceSid", sid.as_str().to_owned()),
        };
        // A link that is dead by then is not to be delivered.
        let validity = message.valid_for.secs().clamp(*VALIDITY.start(), *VALIDITY.end());
        let mut form = vec![
            ("To", message.to.clone()),
            sender,
            ("Body", message.text()),
            ("ValidityPeriod", validity.to_string()),
        ];
        // Nobody waits for what becomes of a message without a link.
        if let Some(link) = message.link.filter(|_| !self.config.auth_tokens.is_empty()) {
            let (base, delivery) = (&self.config.base_url, message.delivery);
            form.push(("StatusCallback", format!("{base}/hooks/twilio/status?link={link}&delivery={delivery}")));
        }
        form
    }

    async fn call(&self, request: RequestBuilder) -> Result<Answer, Lost> {
        let (user, password) = self.config.basic();
        let sent = request.basic_auth(user, Some(password)).header(header::ACCEPT, "application/json").send().await;
        let response = sent.map_err(|error| {
            // Refused, no such host, no TLS, or no connection in time: not a byte of the request has left.
            let before = error.is_connect() || error.is_builder();
            let error = error.without_url();
            tracing::warn!(error = &error as &dyn std::error::Error, before, "no answer from Twilio");
            if before { Lost::Before } else { Lost::After }
        })?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok(Answer { status, retry_after, body: read(response).await })
    }

    async fn latest_to(&self, to: &str) -> Result<Answer, Lost> {
        let url = format!("{}/Messages.json", self.account());
        self.call(self.http.get(url).query(&[("To", to), ("PageSize", "50")])).await
    }

    /// A standard API key may send but not read the account: whether it is taken shows elsewhere.
    async fn check_key(&self) -> Result<String, String> {
        let url = format!("{}/Messages.json", self.account());
        match self.call(self.http.get(url).query(&[("PageSize", "1")])).await {
            Ok(Answer { status: 200, .. }) => Ok("Twilio takes the API key".to_owned()),
            Ok(answer) => Err(unusable(answer.status)),
            Err(_) => Err(unreachable()),
        }
    }
}

async fn read(mut response: reqwest::Response) -> Option<Vec<u8>> {
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ANSWER {
            return None;
        }
    }
    Some(body)
}

fn unusable(status: u16) -> String {
    match status {
        401 | 403 => "Twilio refuses our credentials: check twilio.account_sid and the token or key".to_owned(),
        404 => "Twilio does not know the account: check twilio.account_sid and twilio.api_base".to_owned(),
        _ => format!("Twilio answered with status {status}: try again, then look at https://status.twilio.com"),
    }
}

fn unreachable() -> String {
    "Twilio can't be reached: check the network and twilio.api_base".to_owned()
}

#[async_trait]
impl Sender for Twilio {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    /// Twilio queues by itself what a number can't send at once; this only spares it bursts.
    fn pace(&self) -> Pace {
        Pace { at_once: 10, per_second: 50 }
    }

    async fn send(&self, message: &Message) -> Sending {
        let request = self.http.post(format!("{}/Messages.json", self.account())).form(&self.form(message));
        match self.call(request).await {
            Ok(answer) => answer.sending(),
            Err(Lost::Before) => later("no_connection", unreachable(), None, true),
            Err(Lost::After) => Sending::Unknown,
        }
    }

    async fn look_up(&self, message: &Message, since: Timestamp) -> Look {
        let link = message.paragraphs.iter().flatten().find_map(|span| match span {
            // The token alone: the portal may have another address by now.
            Span::Link(url) => url.rsplit('/').next(),
            Span::Text(_) | Span::Code(_) => None,
        });
        match (link, self.latest_to(&message.to).await) {
            (Some(link), Ok(answer)) => answer.look(link, since),
            (_, Err(_)) => Look::NoAnswer,
            (None, Ok(_)) => Look::Absent,
        }
    }

    async fn check(&self) -> Result<String, String> {
        let answer = self.call(self.http.get(format!("{}.json", self.account()))).await.map_err(|_| unreachable())?;
        let by_key = matches!(self.config.credentials, Credentials::ApiKey { .. });
        match answer.status {
            200 => {}
            401 | 403 if by_key => return self.check_key().await,
            status => return Err(unusable(status)),
        }
        let account = answer.body.and_then(|body| serde_json::from_slice::<Account>(&body).ok());
        let Some(account) = account else {
            return Err("what answers at twilio.api_base is not Twilio: check it".to_owned());
        };
        let name = account.friendly_name.unwrap_or_default();
        match account.status.as_deref() {
            Some("active") | None => Ok(format!("Twilio takes our credentials (account {name:?})")),
            Some(status) => Err(format!("Twilio's account {name:?} is {status}: put it right in Twilio's console")),
        }
    }
}
