//! `config show`: what is in force.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Config;

/// Every key with its value, as it would be written in `magiclink.toml`. Secrets are shown as
/// `***`.
pub(crate) fn show(config: &Config, data: &Path) -> Map<String, Value> {
    let texts = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>();
    let Config { server, store, keys, portal, links, sessions, twilio, smtp, limits, log } = config;
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
            "accent": portal.accent.map(|accent| accent.to_string()),
            "support_contact": portal.support_contact,
            "time_zone": portal.time_zone.name(),
            "locale": portal.locale.as_str(),
        },
        "links": {
            "default_lifetime": links.default_lifetime.to_string(),
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
        "twilio": { "look_up_after": twilio.look_up_after.to_string() },
        "smtp": {
            "url": smtp.url.as_ref().map(ToString::to_string),
            "url_file": smtp.url_file,
            "from": smtp.from.as_ref().map(ToString::to_string),
            "reply_to": smtp.reply_to.as_ref().map(ToString::to_string),
            "ca_file": smtp.ca_file,
        },
        "limits": {
            "ip": limits.ip,
            "ip_sign_in": limits.ip_sign_in,
            "contact_sends": limits.contact_sends.to_string(),
            "staff_issues": limits.staff_issues,
            "token_requests": limits.token_requests,
            "sms_per_day": limits.sms_per_day,
            "code_attempts": texts(&mut limits.code_attempts.iter().map(ToString::to_string)),
        },
        "log": {
            "format": log.format.map(|format| format!("{format:?}").to_lowercase()),
            "level": log.level.to_string().to_lowercase(),
        },
    });
    value.as_object().cloned().unwrap_or_default()
}
