//! `config show`: what is in force.

use std::path::Path;

use magiclink_delivery::twilio::{AccountSid, ApiKeySid, MessagingServiceSid};
use serde_json::{Map, Value, json};
use url::Url;

use super::Config;
use super::discord::{Discord, Way};
use super::slack::Slack;
use super::smtp::Smtp;

/// Every key with its value, as it would be written in `magiclink.toml`. Secrets are shown as
/// `***`.
pub(crate) fn show(config: &Config, data: &Path) -> Map<String, Value> {
    let texts = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>();
    let Config { server, store, keys, portal, links, sessions, twilio: _, smtp, slack, discord, limits: _, log } =
        config;
    let value = json!({
        "server": {
            "listen": server.listen.to_string(),
            "base_url": config.base_url(config.server.listen.port()).as_str(),
            "trusted_proxies": texts(&mut server.trusted_proxies.iter().map(ToString::to_string)),
        },
        "store": {
            "events": store.events.to_string(),
            "vault": store.vault.to_string(),
            "state": store.state.to_string(),
        },
        "keys": { "dir": keys.folder(data).display().to_string() },
        "portal": {
            "name": portal.name,
            "logo": portal.logo,
            "accent": portal.accent.unwrap_or_default().to_string(),
            "support_contact": portal.support_contact,
            "time_zone": portal.time_zone.name(),
            "locale": portal.locale.as_str(),
        },
        "links": {
            "default_lifetime": links.default_lifetime().to_string(),
            "max_lifetime": links.max_lifetime.to_string(),
            "max_live_per_contact": links.max_live_per_contact,
            "require_reason": links.require_reason,
            "replace_older": links.replace_older,
            "reveal": links.reveal.as_str(),
            "reveal_in_chat": links.reveal_in_chat,
        },
        "sessions": {
            "contact_idle": sessions.contact_idle.to_string(),
            "contact_absolute": sessions.contact_absolute.to_string(),
            "staff_idle": sessions.staff_idle.to_string(),
            "staff_absolute": sessions.staff_absolute.to_string(),
        },
        "twilio": twilio_section(config),
        "smtp": smtp_section(smtp),
        "slack": slack_section(slack),
        "discord": discord_section(discord),
        "limits": limits_section(config),
        "log": {
            "format": log.format_in_force().as_str(),
            "level": log.level.to_string().to_lowercase(),
            "otlp": log.otlp,
        },
    });
    value.as_object().cloned().unwrap_or_default()
}

fn limits_section(config: &Config) -> Value {
    let limits = &config.limits;
    let code_attempts: Vec<String> = limits.code_attempts.iter().map(ToString::to_string).collect();
    json!({
        "ip": limits.ip,
        "ip_sign_in": limits.ip_sign_in,
        "contact_sends": limits.contact_sends.to_string(),
        "staff_issues": limits.staff_issues,
        "token_requests": limits.token_requests,
        "sms_per_day": limits.sms_per_day,
        "sms_per_prefix": limits.sms_per_prefix.to_string(),
        "code_attempts": code_attempts,
    })
}

/// A secret that is set, without saying which.
fn masked<T>(secret: Option<&T>) -> Option<&'static str> {
    secret.map(|_| "***")
}

fn twilio_section(config: &Config) -> Value {
    let Config { twilio, limits, .. } = config;
    let countries: Vec<String> = twilio.allowed_countries().iter().map(ToString::to_string).collect();
    json!({
        "account_sid": twilio.account_sid.as_ref().map(AccountSid::as_str),
        "auth_token": masked(twilio.auth_token.as_ref()),
        "auth_token_file": twilio.auth_token_file,
        "auth_token_previous": masked(twilio.auth_token_previous.as_ref()),
        "auth_token_previous_file": twilio.auth_token_previous_file,
        "api_key_sid": twilio.api_key_sid.as_ref().map(ApiKeySid::as_str),
        "api_key_secret": masked(twilio.api_key_secret.as_ref()),
        "api_key_secret_file": twilio.api_key_secret_file,
        "webhook_key": masked(twilio.webhook_key.as_ref()),
        "webhook_key_file": twilio.webhook_key_file,
        "from": twilio.from.as_ref().map(|from| from.0.as_str()),
        "messaging_service_sid": twilio.messaging_service_sid.as_ref().map(MessagingServiceSid::as_str),
        "api_base": twilio.api_base.as_str(),
        "countries": countries,
        "daily_cap": twilio.daily_cap.unwrap_or(limits.sms_per_day),
        "keyword": twilio.keyword.to_string(),
        "look_up_after": twilio.look_up_after.to_string(),
    })
}

fn slack_section(slack: &Slack) -> Value {
    json!({
        "bot_token": masked(slack.bot_token.as_ref()),
        "bot_token_file": slack.bot_token_file,
        "signing_secret": masked(slack.signing_secret.as_ref()),
        "signing_secret_file": slack.signing_secret_file,
        "app_token": masked(slack.app_token.as_ref()),
        "app_token_file": slack.app_token_file,
        "team_id": slack.team_id,
        "app_id": slack.app_id,
        "api_base": slack.api_base.as_ref().map_or(magiclink_bots::slack::API_BASE, Url::as_str),
    })
}

fn discord_section(discord: &Discord) -> Value {
    json!({
        "bot_token": masked(discord.bot_token.as_ref()),
        "bot_token_file": discord.bot_token_file,
        "application_id": discord.application_id.as_ref().map(|id| &id.0),
        "public_key": discord.public_key.map(|key| key.to_string()),
        "public_key_file": discord.public_key_file,
        "guild_id": discord.guild_id.as_ref().map(|id| &id.0),
        "mode": Way(discord.mode()).to_string(),
        "api_base": discord.api_base.as_ref().map_or(magiclink_bots::discord::API_BASE, Url::as_str),
    })
}

fn smtp_section(smtp: &Smtp) -> Value {
    json!({
        "url": smtp.url.as_ref().map(ToString::to_string),
        "url_file": smtp.url_file,
        "from": smtp.from.as_ref().map(ToString::to_string),
        "reply_to": smtp.reply_to.as_ref().map(ToString::to_string),
        "ca_file": smtp.ca_file,
    })
}
