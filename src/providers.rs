//! The senders of the providers that are configured.
//!
//! Apart from the wiring because a provider beyond this machine brings a rule of its own: what it carries must lead
//! somewhere.

use std::sync::Arc;

use anyhow::bail;
use magiclink_delivery::smtp::{Brand, Composer, EmailSender, Logo, MailAddress};
use magiclink_delivery::twilio::{AuthToken, Twilio, TwilioConfig, TwilioHooks};
use magiclink_domain::link::Channel;
use magiclink_domain::ports::{Sender, SmsHooks};
use magiclink_store::SystemClock;
use magiclink_web::BaseUrl;

use crate::config::{Config, TwilioAccount};

/// The channels that a provider serves.
pub(crate) fn channels(config: &Config) -> Vec<Channel> {
    let set = [(Channel::Sms, config.twilio.is_set()), (Channel::Email, config.smtp.is_set())];
    set.into_iter().filter(|(_, is_set)| *is_set).map(|(channel, _)| channel).collect()
}

/// The senders of all providers.
///
/// # Errors
/// One sentence with the remedy, when a provider can't be used as it is configured.
pub(crate) fn senders(config: &Config, base_url: &BaseUrl) -> anyhow::Result<Vec<Arc<dyn Sender>>> {
    let mut senders: Vec<Arc<dyn Sender>> = vec![];
    if let Some(TwilioAccount { config: twilio, .. }) = config.twilio.account(base_url.as_str())? {
        must_lead_somewhere("twilio.account_sid", twilio.api_base.is_loopback(), base_url)?;
        senders.push(Arc::new(Twilio::new(twilio)?));
    }
    if let Some(server) = config.smtp.server()? {
        must_lead_somewhere("smtp.url", server.on_this_machine, base_url)?;
        let composer = composer(config, server.from);
        senders.push(EmailSender::new(composer, Arc::new(server.relay), Arc::new(SystemClock)));
    }
    Ok(senders)
}

/// What reads the calls of the SMS vendor, where there is one that proves itself.
///
/// # Errors
/// As [`senders`].
pub(crate) fn sms_hooks(config: &Config, base_url: &BaseUrl) -> anyhow::Result<Option<Arc<dyn SmsHooks>>> {
    let Some(account) = config.twilio.account(base_url.as_str())? else { return Ok(None) };
    Ok(hooks_of(&account.config, account.webhook_key))
}

/// The same for an account.
pub(crate) fn hooks_of(account: &TwilioConfig, shared_key: Option<AuthToken>) -> Option<Arc<dyn SmsHooks>> {
    TwilioHooks::new(account, shared_key).map(|hooks| Arc::new(hooks) as _)
}

/// A provider beyond this machine carries links to people elsewhere: they must not lead to this machine's own name.
fn must_lead_somewhere(key: &str, on_this_machine: bool, base_url: &BaseUrl) -> anyhow::Result<()> {
    if base_url.is_loopback() && !on_this_machine {
        bail!(
            "{key} names a provider beyond this machine, but links would lead to {}, which nobody else reaches: set \
             server.base_url to the public address, or try things out with --sandbox",
            base_url.as_str()
        );
    }
    Ok(())
}

fn composer(config: &Config, from: MailAddress) -> Composer {
    Composer { from, reply_to: config.smtp.reply_to.clone(), brand: brand(config) }
}

/// How mail looks.
pub(crate) fn brand(config: &Config) -> Brand {
    let portal = &config.portal;
    Brand {
        name: portal.name.clone(),
        // A page may show a picture that mail can't: one that lies on the portal, without a full address.
        logo: portal.logo.as_deref().and_then(|logo| logo.parse::<Logo>().ok()),
        accent: portal.accent.unwrap_or_default(),
        support_contact: portal.support_contact.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_elsewhere_needs_links_that_lead_elsewhere() {
        let (here, there) = (BaseUrl::default(), BaseUrl::parse("https://portal.example.com").unwrap());
        for (on_this_machine, base_url, fits) in
            [(true, &here, true), (true, &there, true), (false, &there, true), (false, &here, false)]
        {
            let refused = must_lead_somewhere("smtp.url", on_this_machine, base_url);
            assert_eq!(refused.is_ok(), fits);
            if let Err(refused) = refused {
                assert!(refused.to_string().contains("smtp.url") && refused.to_string().contains("server.base_url"));
            }
        }
    }
}
