//! The providers that the doctor calls, without sending anything.
//!
//! Apart from the other looks because these leave the machine.

use std::time::Duration;

use magiclink_domain::link::Channel;
use tokio::time::timeout;
use url::Url;

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
    findings.extend(slack(config).await);
    findings.extend(discord(config).await);
    findings.extend(calls_reach_us(config));
    if !config.smtp.is_set() {
        let words = "no mail server is named: set smtp.url and smtp.from to send links by e-mail";
        findings.push(Finding::mind(what(Channel::Email), words));
    }
    findings
}

/// Whether Slack takes our token, and for the workspace that is meant.
async fn slack(config: &Config) -> Option<Finding> {
    const WHAT: &str = "slack";
    let workspace = config.slack.workspace()?;
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
async fn discord(config: &Config) -> Option<Finding> {
    const WHAT: &str = "discord";
    let server = config.discord.server()?;
    let secrets = match config.discord.secrets() {
        Ok(secrets) => secrets,
        Err(error) => return Some(Finding::bad(WHAT, error.to_string())),
    };
    Some(match magiclink_bots::discord::check(server, secrets).await {
        Ok(words) => Finding::good(WHAT, words),
        Err(words) => Finding::bad(WHAT, words),
    })
}

/// Whether a platform that calls us can: over a socket that we open nobody needs to.
fn calls_reach_us(config: &Config) -> Option<Finding> {
    const WHAT: &str = "chat";
    let section = &config.slack;
    let stand_in = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let called = section.is_set() && !section.has_socket() && !section.api_base.as_ref().is_some_and(stand_in);
    let base_url = config.base_url(config.server.listen.port());
    let base = base_url.as_str();
    if !called {
        return None;
    }
    Some(if base_url.is_loopback() {
        let remedy = "set server.base_url to the public address, or slack.app_token_file for Socket Mode";
        Finding::bad(WHAT, format!("slack can't call {base}, which only this machine reaches: {remedy}"))
    } else if base_url.is_https() {
        Finding::good(WHAT, format!("slack calls {base}/hooks/slack/: make sure that its app names these addresses"))
    } else {
        Finding::bad(WHAT, format!("slack calls https alone, and {base} is not: put a proxy with TLS in front"))
    })
}

const fn what(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "text messages",
        Channel::Email => "e-mail",
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;
    use crate::doctor::Verdict;

    fn told(base_url: &str, slack: &str) -> Option<(&'static str, String)> {
        let text = format!("[server]\nbase_url = {base_url:?}\n[slack]\nteam_id = \"T1\"\n{slack}\n");
        let config: Config = Figment::from(Toml::string(&text)).extract().unwrap();
        calls_reach_us(&config).map(|finding| (finding.verdict.as_str(), finding.words))
    }

    #[test]
    fn a_platform_that_calls_us_needs_a_public_address() {
        let signed = "bot_token = \"x\"\nsigning_secret = \"x\"";
        let (verdict, words) = told("http://localhost:8080", signed).unwrap();
        assert_eq!(verdict, Verdict::Bad.as_str());
        assert!(words.contains("Socket Mode") && words.contains("server.base_url"), "{words}");
        assert_eq!(told("http://portal.example.com", signed).unwrap().0, Verdict::Bad.as_str());
        assert_eq!(told("https://portal.example.com", signed).unwrap().0, Verdict::Good.as_str());
    }

    #[test]
    fn nobody_calls_over_a_socket_or_from_a_stand_in_or_without_an_app() {
        let socket = "bot_token = \"x\"\napp_token = \"x\"";
        assert_eq!(told("http://localhost:8080", socket), None);
        let stand_in = "bot_token = \"x\"\nsigning_secret = \"x\"\napi_base = \"http://127.0.0.1:1/api\"";
        assert_eq!(told("http://localhost:8080", stand_in), None);
        assert_eq!(told("http://localhost:8080", ""), None);
    }
}
