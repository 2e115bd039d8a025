//! The providers that the doctor calls, without sending anything.
//!
//! Apart from the other looks because these leave the machine.

use std::time::Duration;

use magiclink_domain::link::Channel;
use magiclink_domain::team::ChatPlatform;
use magiclink_web::BaseUrl;
use tokio::time::timeout;

use super::Finding;
use crate::config::Config;
use crate::providers;

/// How long a provider is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether every provider can be reached and takes our credentials.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let base_url = config.base_url(config.server.listen.port());
    let senders = match providers::senders(config, &base_url) {
        Ok(senders) => senders,
        Err(error) => return vec![Finding::bad("providers", error.to_string())],
    };
    let mut findings = vec![];
    for sender in &senders {
        let what = what(sender.channel());
        findings.push(match timeout(PATIENCE, sender.check()).await {
            Ok(Ok(words)) => Finding::good(what, words),
            Ok(Err(words)) => Finding::bad(what, words),
            Err(_) => Finding::bad(what, "the provider did not answer within 15 seconds: check network and firewall"),
        });
    }
    if !config.twilio.is_set() {
        let words = "no provider is named: set twilio.account_sid and its other keys to send links by text message";
        findings.push(Finding::mind(what(Channel::Sms), words));
    }
    findings.extend(slack(config, &base_url).await);
    findings.extend(discord(config, &base_url).await);
    if !config.smtp.is_set() {
        let words = "no mail server is named: set smtp.url and smtp.from to send links by e-mail";
        findings.push(Finding::mind(what(Channel::Email), words));
    }
    findings
}

/// Whether Slack takes our token, and for the workspace that is meant.
async fn slack(config: &Config, base_url: &BaseUrl) -> Option<Finding> {
    const WHAT: &str = "slack";
    let workspace = config.slack.workspace()?;
    if let Err(error) = providers::check_chat(config, base_url, ChatPlatform::Slack) {
        return Some(Finding::bad(WHAT, error.to_string()));
    }
    let secrets = match config.slack.secrets() {
        Ok(secrets) => secrets,
        Err(error) => return Some(Finding::bad(WHAT, error.to_string())),
    };
    Some(match magiclink_bots::slack::check(workspace, secrets).await {
        Ok(words) => Finding::good(WHAT, words),
        Err(words) => Finding::bad(WHAT, words),
    })
}

/// Whether Discord takes our token, for the application and the server that are meant.
async fn discord(config: &Config, base_url: &BaseUrl) -> Option<Finding> {
    const WHAT: &str = "discord";
    let server = config.discord.server()?;
    if let Err(error) = providers::check_chat(config, base_url, ChatPlatform::Discord) {
        return Some(Finding::bad(WHAT, error.to_string()));
    }
    let secrets = match config.discord.secrets() {
        Ok(secrets) => secrets,
        Err(error) => return Some(Finding::bad(WHAT, error.to_string())),
    };
    Some(match magiclink_bots::discord::check(server, secrets).await {
        Ok(words) => Finding::good(WHAT, words),
        Err(words) => Finding::bad(WHAT, words),
    })
}

const fn what(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "text messages",
        Channel::Email => "e-mail",
    }
}
