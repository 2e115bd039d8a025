//! Which keys there are, and which of them a misspelt one may have meant.

use figment::{Figment, Provider, value::Value};

use super::{ConfigError, place_of};

/// Every key, by section.
pub(super) const KEYS: &[(&str, &[&str])] = &[
    ("server", &["listen", "base_url", "trusted_proxies"]),
    ("store", &["events", "vault", "state"]),
    ("keys", &["dir"]),
    ("portal", &["name", "logo", "accent", "support_contact", "time_zone", "locale"]),
    (
        "links",
        &[
            "default_lifetime",
            "max_lifetime",
            "max_live_per_contact",
            "require_reason",
            "replace_older",
            "reveal",
            "reveal_in_chat",
        ],
    ),
    ("sessions", &["contact_idle", "contact_absolute", "staff_idle", "staff_absolute"]),
    (
        "limits",
        &[
            "ip",
            "ip_sign_in",
            "contact_sends",
            "staff_issues",
            "token_requests",
            "sms_per_day",
            "sms_per_prefix",
            "code_attempts",
        ],
    ),
    (
        "twilio",
        &[
            "account_sid",
            "auth_token",
            "auth_token_file",
            "auth_token_previous",
            "auth_token_previous_file",
            "api_key_sid",
            "api_key_secret",
            "api_key_secret_file",
            "webhook_key",
            "webhook_key_file",
            "from",
            "messaging_service_sid",
            "api_base",
            "countries",
            "daily_cap",
            "keyword",
            "look_up_after",
        ],
    ),
    (
        "slack",
        &[
            "bot_token",
            "bot_token_file",
            "signing_secret",
            "signing_secret_file",
            "app_token",
            "app_token_file",
            "team_id",
            "app_id",
            "api_base",
        ],
    ),
    (
        "discord",
        &[
            "bot_token",
            "bot_token_file",
            "application_id",
            "public_key",
            "public_key_file",
            "guild_id",
            "mode",
            "api_base",
        ],
    ),
    ("smtp", &["url", "url_file", "from", "reply_to", "ca_file"]),
    ("log", &["format", "level", "otlp"]),
];

/// Refuses the first key that nobody knows.
pub(super) fn check(figment: &Figment) -> Result<(), ConfigError> {
    let profiles = figment.data().map_err(|error| super::in_words(&error))?;
    for (section, value) in profiles.values().flatten() {
        check_section(figment, section, value)?;
    }
    Ok(())
}

fn check_section(figment: &Figment, section: &str, value: &Value) -> Result<(), ConfigError> {
    let known = KEYS.iter().find(|(known, _)| *known == section).map(|(_, keys)| *keys);
    let (Some(known), Some(set)) = (known, value.as_dict()) else {
        let first = value.as_dict().and_then(|dict| dict.iter().next());
        return Err(match first {
            Some((key, value)) => unknown(figment, value, &format!("{section}.{key}")),
            None => unknown(figment, value, section),
        });
    };
    match set.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        Some((key, value)) => Err(unknown(figment, value, &format!("{section}.{key}"))),
        None => Ok(()),
    }
}

fn unknown(figment: &Figment, value: &Value, key: &str) -> ConfigError {
    let place =
        figment.get_metadata(value.tag()).map_or_else(|| "the configuration".to_owned(), |place| place_of(place, key));
    ConfigError::UnknownKey { key: key.to_owned(), place, nearest: nearest(key) }
}

/// The known key that looks most like this one.
fn nearest(key: &str) -> String {
    let all = KEYS.iter().flat_map(|(section, keys)| keys.iter().map(move |key| format!("{section}.{key}")));
    let likeness = |known: &String| strsim::normalized_damerau_levenshtein(known, key);
    all.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default()
}
