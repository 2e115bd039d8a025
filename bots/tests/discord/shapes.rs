//! What Discord tells of people and messages, and what no message may be.

use serde_json::{Value, json};

use super::APPLICATION;

/// What no message may have ("Message Object", "Component Reference"), where the description does not say it.
pub fn beyond_limits(message: &Value) -> Option<String> {
    let content = message["content"].as_str().unwrap_or_default();
    if content.chars().count() > 2_000 {
        return Some("content of more than 2000 characters".to_owned());
    }
    if message.get("content").is_some() && message["allowed_mentions"] != json!({ "parse": [] }) {
        return Some("mentions that are not all off".to_owned());
    }
    let rows = message["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut ids: Vec<&str> = vec![];
    for one in rows.iter().flat_map(|row| row["components"].as_array().map(Vec::as_slice).unwrap_or_default()) {
        ids.extend(one["custom_id"].as_str());
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    (ids.len() < count).then(|| "one custom_id twice".to_owned())
}

/// Somebody, as Discord tells of them.
pub fn user(id: &str, name: &str) -> Value {
    json!({
        "id": id, "username": name, "avatar": null, "discriminator": "0", "public_flags": 0, "flags": 0,
        "global_name": null, "primary_guild": null,
    })
}

/// A message, as Discord tells of it.
pub fn shown(sent: &Value) -> Value {
    json!({
        "id": "100000000000000010", "channel_id": "100000000000000009", "type": 20, "content": sent["content"].as_str().unwrap_or_default(),
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "timestamp": "2026-05-01T12:00:00+00:00",
        "edited_timestamp": null, "flags": sent["flags"].as_u64().unwrap_or_default(), "components": [],
        "author": user(APPLICATION, "magiclink"), "pinned": false, "mention_everyone": false, "tts": false,
    })
}
