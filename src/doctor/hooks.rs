//! Whether the platforms that call us reach us, and whether what they did not sign is refused.
//!
//! Apart from the providers that we call because here the answer is our own, by the way that the platform takes.

use std::sync::Arc;

use magiclink_bots::discord::{self, Mode};
use magiclink_bots::knock::Knock;
use magiclink_bots::slack;
use magiclink_domain::ports::{Clock as _, Ids as _, KeySource as _};
use magiclink_store::{SystemClock, SystemIds};
use magiclink_web::BaseUrl;

use super::Finding;
use crate::config::Config;
use crate::folder::DataFolder;
use crate::keys::FileKeys;

/// A platform that posts to us.
#[derive(Clone, Copy)]
enum Caller {
    Slack,
    Discord,
}

impl Caller {
    const fn what(self) -> &'static str {
        match self {
            Self::Slack => "slack's calls",
            Self::Discord => "discord's calls",
        }
    }

    /// How to do without a public address.
    const fn otherwise(self) -> &'static str {
        match self {
            Self::Slack => "slack.app_token_file for Socket Mode",
            Self::Discord => "discord.mode to gateway",
        }
    }

    /// Whether it is the platform itself; a stand-in calls this machine.
    fn is_real(self, config: &Config) -> bool {
        match self {
            Self::Slack => !config.slack.is_stand_in(),
            Self::Discord => !config.discord.is_stand_in(),
        }
    }
}

/// Whether every platform that calls us can: over a socket that we open nobody needs to.
pub(super) async fn look(config: &Config, folder: &DataFolder) -> Vec<Finding> {
    let base_url = config.base_url(config.server.listen.port());
    let mut findings = vec![];
    for caller in callers(config) {
        let what = caller.what();
        findings.push(match out_of_reach(config, &base_url, caller) {
            Some(words) => Finding::bad(what, words),
            None => match called(config, folder, &base_url, caller).await {
                Ok(words) => Finding::good(what, words),
                Err(words) => Finding::bad(what, words),
            },
        });
    }
    findings
}

fn callers(config: &Config) -> Vec<Caller> {
    let slack = config.slack.is_set() && !config.slack.has_socket();
    let discord = config.discord.server().is_some_and(|server| server.mode == Mode::Http);
    let all = [(Caller::Slack, slack), (Caller::Discord, discord)];
    all.into_iter().filter(|(_, calls)| *calls).map(|(caller, _)| caller).collect()
}

/// Why no platform could call there, wherever it leads.
fn out_of_reach(config: &Config, base_url: &BaseUrl, caller: Caller) -> Option<String> {
    let base = base_url.as_str();
    if !caller.is_real(config) {
        None
    } else if base_url.is_loopback() {
        let otherwise = caller.otherwise();
        Some(format!(
            "{base} is reached by this machine alone: set server.base_url to the public address, or {otherwise}"
        ))
    } else if base_url.is_https() {
        None
    } else {
        Some(format!("only https is called, and {base} is not: put a proxy with TLS in front"))
    }
}

/// Calls as the platform would, without its signature.
async fn called(config: &Config, folder: &DataFolder, base_url: &BaseUrl, caller: Caller) -> Result<String, String> {
    let place = config.keys.folder(folder.path());
    let keys = FileKeys::open(&place, false, Arc::new(SystemClock), Arc::new(SystemIds));
    let keyring = keys.map_err(|error| format!("nobody answers yet ({error}): start `magiclink serve`"))?.keyring();
    let knock = Knock::new(base_url.as_str(), &keyring, SystemIds.id(), SystemClock.now());
    match caller {
        Caller::Slack => slack::try_address(&knock).await,
        Caller::Discord => discord::try_address(&knock).await,
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;

    fn config(base_url: &str, chat: &str) -> Config {
        let text = format!("[server]\nbase_url = {base_url:?}\n{chat}\n");
        Figment::from(Toml::string(&text)).extract().unwrap()
    }

    fn told(base_url: &str, chat: &str) -> Vec<Option<String>> {
        let config = config(base_url, chat);
        let base_url = config.base_url(8080);
        callers(&config).into_iter().map(|caller| out_of_reach(&config, &base_url, caller)).collect()
    }

    const SLACK: &str = "[slack]\nteam_id = \"T1\"\nbot_token = \"x\"\nsigning_secret = \"x\"";
    const DISCORD: &str = "[discord]\napplication_id = \"100000000000000001\"\nguild_id = \"100000000000000002\"\n\
                           bot_token = \"x\"\nmode = \"http\"";

    #[test]
    fn a_platform_that_calls_us_needs_a_public_address() {
        for (chat, otherwise) in [(SLACK, "Socket Mode"), (DISCORD, "discord.mode to gateway")] {
            let words = told("http://localhost:8080", chat).remove(0).unwrap();
            assert!(words.contains(otherwise) && words.contains("server.base_url"), "{words}");
            let words = told("http://portal.example.com", chat).remove(0).unwrap();
            assert!(words.contains("proxy with TLS"), "{words}");
            assert_eq!(told("https://portal.example.com", chat), [None], "then it is tried");
        }
    }

    #[test]
    fn nobody_calls_over_a_socket_or_without_an_app_and_a_stand_in_calls_this_machine() {
        let socket = "[slack]\nteam_id = \"T1\"\nbot_token = \"x\"\napp_token = \"x\"";
        let gateway = DISCORD.replace("http", "gateway");
        for chat in [socket, &gateway, ""] {
            assert!(told("http://localhost:8080", chat).is_empty(), "{chat}");
        }
        for (chat, path) in [(SLACK, "/api"), (DISCORD, "")] {
            let stand_in = format!("{chat}\napi_base = \"http://127.0.0.1:1{path}\"");
            assert_eq!(told("http://localhost:8080", &stand_in), [None]);
        }
    }
}
