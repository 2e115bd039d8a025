//! What the sandbox's vendor tells the service: signed, by calls to its hooks.
//!
//! Apart from the vendor's answers because here it is the one that calls.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use magiclink_domain::ports::{Fate, SandboxText};
use reqwest::{Client, header, redirect};

use super::phones::Kept;
use super::{NUMBER, Sandbox};
use crate::twilio::{AuthToken, NoClient, SIGNATURE_HEADER, TwilioConfig, sign};

/// How long Twilio waits for a hook.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a message takes to leave, and then to arrive.
const LEAVES: Duration = Duration::from_millis(200);
const ARRIVES: Duration = Duration::from_secs(1);
const NO_HOOKS: &str = "the service does not listen yet: try again";

/// The way to the service's hooks.
pub(super) struct Hooks {
    client: Client,
    address: SocketAddr,
    base_url: String,
    token: Option<AuthToken>,
}

impl Hooks {
    pub(super) fn new(address: SocketAddr, config: &TwilioConfig) -> Result<Self, NoClient> {
        let client =
            Client::builder().no_proxy().tls_certs_only([]).redirect(redirect::Policy::none()).timeout(PATIENCE);
        let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
        Ok(Self {
            client: client.build().map_err(NoClient::from)?,
            address: SocketAddr::new(ip, address.port()),
            base_url: config.base_url.clone(),
            token: config.auth_tokens.first().cloned(),
        })
    }

    /// Posts a form, signed for the address that the service has in the world, to where it listens: what a proxy in
    /// front of it would do. Nothing goes anywhere else. Answers the body.
    async fn post(&self, url: &str, form: &[(String, String)]) -> Result<String, String> {
        let path = url.strip_prefix(&self.base_url).filter(|path| path.starts_with('/'));
        let (Some(path), Some(token)) = (path, &self.token) else {
            return Err("it is not an address of this service".to_owned());
        };
        let host = self.base_url.split_once("://").map_or("", |(_, host)| host);
        let request = self.client.post(format!("http://{}{path}", self.address)).header(header::HOST, host);
        let sent = request.header(SIGNATURE_HEADER, sign(token, url, form)).form(form).send().await;
        let answer = sent.map_err(|_| "the service did not answer".to_owned())?;
        let status = answer.status();
        let body = answer.text().await.map_err(|_| "the service's answer broke off".to_owned())?;
        if status.is_success() { Ok(body) } else { Err(format!("the service answered {}", status.as_u16())) }
    }
}

/// A message's life, as it goes by itself.
pub(super) async fn live(sandbox: Arc<Sandbox>, id: String, fate: Fate) {
    tokio::time::sleep(LEAVES).await;
    drop(report(&sandbox, &id, "sent", None).await);
    tokio::time::sleep(ARRIVES).await;
    drop(settle(&sandbox, &id, fate).await);
}

/// Lets this become of a message.
pub(super) async fn settle(sandbox: &Sandbox, id: &str, fate: Fate) -> Result<(), String> {
    match fate {
        Fate::Delivered => report(sandbox, id, "delivered", None).await,
        Fate::Failed(code) => report(sandbox, id, "undelivered", Some(code)).await,
        Fate::Waits => Ok(()),
    }
}

/// Moves a message on and tells the service.
async fn report(sandbox: &Sandbox, id: &str, state: &str, error: Option<u32>) -> Result<(), String> {
    let moved = sandbox.inside().phones.moved(id, state, error, sandbox.clock.now());
    let moved = moved.ok_or_else(|| "that message has come to its end: look at its latest state".to_owned())?;
    let Some(url) = &moved.callback else { return Ok(()) };
    let hooks = sandbox.hooks.get().ok_or_else(|| NO_HOOKS.to_owned())?;
    let answered = hooks.post(url, &news(sandbox, &moved)).await;
    let answer = answered.as_ref().err().cloned().unwrap_or_else(|| "taken".to_owned());
    sandbox.inside().phones.note(id, state.to_owned(), answer);
    answered.map(drop)
}

fn news(sandbox: &Sandbox, kept: &Kept) -> Vec<(String, String)> {
    let shown = &kept.shown;
    let mut form = vec![
        ("MessageSid", shown.id.clone()),
        ("SmsSid", shown.id.clone()),
        ("AccountSid", sandbox.config.account_sid.as_str().to_owned()),
        ("From", kept.from.clone().unwrap_or_else(|| NUMBER.to_owned())),
        ("To", shown.phone.clone()),
        ("MessageStatus", shown.state.clone()),
        ("SmsStatus", shown.state.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    form.extend(kept.service.clone().map(|service| ("MessagingServiceSid", service)));
    form.extend(shown.error.map(|code| ("ErrorCode", code.to_string())));
    owned(form)
}

/// Hands the service a text message from a phone. What it answers with goes back to that phone.
pub(super) async fn text_us(sandbox: &Sandbox, from: &str, text: &str) -> Result<(), String> {
    let (id, at) = (sandbox.sid(), sandbox.clock.now());
    let form = owned(vec![
        ("MessageSid", id.clone()),
        ("SmsSid", id.clone()),
        ("SmsMessageSid", id.clone()),
        ("AccountSid", sandbox.config.account_sid.as_str().to_owned()),
        ("From", from.to_owned()),
        ("To", NUMBER.to_owned()),
        ("Body", text.to_owned()),
        ("NumMedia", "0".to_owned()),
        ("NumSegments", "1".to_owned()),
        ("SmsStatus", "received".to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ]);
    keep(sandbox, id.clone(), from, (true, text), form.clone());
    let hooks = sandbox.hooks.get().ok_or_else(|| NO_HOOKS.to_owned())?;
    let answered = hooks.post(&format!("{}/hooks/twilio/inbound", hooks.base_url), &form).await;
    let answer = answered.as_ref().err().cloned().unwrap_or_else(|| "taken".to_owned());
    sandbox.inside().phones.note(&id, "received".to_owned(), answer);
    let twiml = answered?;
    for words in said(&twiml) {
        let form = owned(vec![("TwiML", twiml.clone())]);
        let sid = sandbox.sid();
        keep(sandbox, sid.clone(), from, (false, &words), form);
        drop(sandbox.inside().phones.moved(&sid, "delivered", None, at));
    }
    Ok(())
}

fn keep(sandbox: &Sandbox, id: String, phone: &str, (from_phone, text): (bool, &str), form: Vec<(String, String)>) {
    let at = sandbox.clock.now();
    let mut inside = sandbox.inside();
    let shown = SandboxText {
        nth: inside.next(),
        id,
        phone: phone.to_owned(),
        from_phone,
        text: text.to_owned(),
        state: if from_phone { "received" } else { "queued" }.to_owned(),
        error: None,
        form,
        reports: vec![],
        at,
    };
    inside.phones.keep(Kept { shown, from: None, service: None, callback: None, updated: at });
}

/// What an answer (`TwiML`) says to the phone.
fn said(twiml: &str) -> Vec<String> {
    let messages = twiml.split("<Message>").skip(1).filter_map(|rest| rest.split_once("</Message>"));
    let plain = |words: &str| {
        let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
        marks.iter().fold(words.to_owned(), |words, (mark, sign)| words.replace(mark, sign))
    };
    messages.map(|(words, _)| plain(words)).collect()
}

fn owned(form: Vec<(&str, String)>) -> Vec<(String, String)> {
    form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_answers_is_read_as_a_phone_shows_it() {
        let twiml =
            r#"<?xml version="1.0"?><Response><Message>Text STOP &amp; you&apos;re out &amp;lt;</Message></Response>"#;
        assert_eq!(said(twiml), ["Text STOP & you're out &lt;"]);
        assert!(said("<Response/>").is_empty());
    }
}
