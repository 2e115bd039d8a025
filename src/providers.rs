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
use magiclink_domain::team::ChatPlatform;
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

/// Refuses chat beyond this machine whose messages would lead to this machine, however its requests come in.
///
/// # Errors
/// One sentence with the remedy.
pub(crate) fn check_chats(config: &Config, base_url: &BaseUrl) -> anyhow::Result<()> {
    ChatPlatform::ALL.into_iter().try_for_each(|platform| check_chat(config, base_url, platform))
}

/// The same for one platform.
///
/// # Errors
/// As [`check_chats`].
pub(crate) fn check_chat(config: &Config, base_url: &BaseUrl, platform: ChatPlatform) -> anyhow::Result<()> {
    let (key, is_set, stand_in) = match platform {
        ChatPlatform::Slack => ("slack.bot_token", config.slack.is_set(), config.slack.is_stand_in()),
        ChatPlatform::Discord => ("discord.bot_token", config.discord.is_set(), config.discord.is_stand_in()),
    };
    if is_set { must_lead_somewhere(key, stand_in, base_url) } else { Ok(()) }
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
    use figment::Figment;
    use figment::providers::{Format, Toml};

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

    #[test]
    fn chat_elsewhere_needs_links_that_lead_elsewhere_however_its_requests_come_in() {
        let (here, there) = (BaseUrl::default(), BaseUrl::parse("https://portal.example.com").unwrap());
        let config = |text: &str| -> Config { Figment::from(Toml::string(text)).extract().unwrap() };
        let discord =
            "[discord]\napplication_id = \"100000000000000001\"\nguild_id = \"100000000000000002\"\nbot_token = \"x\"";
        let slack = "[slack]\nteam_id = \"T1\"\nbot_token_file = \"x\"\napp_token = \"x\"";
        for (key, chat) in [("slack.bot_token", slack), ("discord.bot_token", discord)] {
            for elsewhere in
                ["", "\napi_base = \"https://chat.example.com\"", "\nmode = \"gateway\"", "\nmode = \"http\""]
            {
                if elsewhere.contains("mode") && chat == slack {
                    continue;
                }
                let config = config(&format!("{chat}{elsewhere}"));
                let refused = check_chats(&config, &here).unwrap_err().to_string();
                assert!(refused.starts_with(key) && refused.contains("server.base_url"), "{refused}");
                assert!(check_chats(&config, &there).is_ok(), "{chat}{elsewhere}");
            }
            for stand_in in ["http://127.0.0.1:1/api", "http://localhost:1", "http://[::1]:1", "http://127.1.2.3:1"] {
                assert!(check_chats(&config(&format!("{chat}\napi_base = {stand_in:?}")), &here).is_ok(), "{stand_in}");
            }
        }
        assert!(check_chats(&Config::default(), &here).is_ok(), "no chat, no matter");
    }
}
