//! The slash command is made known to Discord: at the start, where what Discord knows differs from ours.
//!
//! Apart from the command because it is done once for all nodes and starts: Discord takes 200 new commands a day.

use std::future::Future;
use std::time::Duration;

use serde_json::{Value, json};

use super::Discord;
use super::api::ApiError;
use super::command::{NAME, command};

/// The first wait before trying anew; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// What Discord adds to a command, or tells of it in other words.
const THEIRS: [&str; 12] = [
    "id",
    "application_id",
    "version",
    "guild_id",
    "name_localized",
    "description_localized",
    "dm_permission",
    "handler",
    "nsfw",
    // Of a server's own commands Discord says nothing about these: they can't be used elsewhere.
    "contexts",
    "integration_types",
    "permissions",
];

impl Discord {
    /// Makes the command known, and tries until Discord has it, or `stop`.
    pub async fn keep_registered(&self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let mut wait = FIRST_WAIT;
        loop {
            let registered = tokio::select! { registered = self.register() => registered, () = &mut stop => return };
            match registered {
                Ok(true) => return tracing::info!("/magiclink is registered in discord"),
                Ok(false) => return tracing::info!("/magiclink was registered in discord before"),
                Err(error) => told(&error),
            }
            tokio::select! { () = tokio::time::sleep(wait) => {}, () = &mut stop => return }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Makes the command known where Discord does not know it as it is; answers whether that was so.
    pub(super) async fn register(&self) -> Result<bool, ApiError> {
        let ours = json!([command(&self.talk)]);
        if bare(&self.api.commands().await?) == bare(&ours) {
            return Ok(false);
        }
        self.api.put_commands(&ours).await.map(|_| true)
    }
}

fn told(error: &ApiError) {
    let hint = match error {
        ApiError::Refused { status: 403 | 404, .. } => {
            "add the bot to the server of discord.guild_id, or correct discord.guild_id"
        }
        ApiError::Refused { .. } | ApiError::Unauthorised | ApiError::Unreachable(_) => "trying again",
    };
    tracing::warn!(error = error as &dyn std::error::Error, hint, "/magiclink could not be registered in discord");
}

/// Whether the command is among them.
pub(super) fn is_registered(commands: &Value) -> bool {
    let mut commands = commands.as_array().into_iter().flatten();
    commands.any(|command| command.get("name").and_then(Value::as_str) == Some(NAME))
}

/// Commands without what Discord adds, and without what says nothing.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !THEIRS.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), bare(value)))
            .filter(|(_, value)| !is_nothing(value))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Value {
        json!([{
            "type": 1, "name": "magiclink", "description": "Lets in", "contexts": [0], "default_member_permissions": "0",
            "options": [{ "type": 3, "name": "contact", "description": "Who", "required": false, "autocomplete": true }],
        }])
    }

    fn theirs() -> Value {
        json!([{
            "id": "5", "application_id": "1", "version": "9", "guild_id": "2", "nsfw": false, "type": 1, "name": "magiclink",
            "name_localizations": null, "description": "Lets in", "default_member_permissions": "0", "contexts": null,
            "options": [{ "type": 3, "name": "contact", "description": "Who", "autocomplete": true, "choices": [] }],
        }])
    }

    #[test]
    fn what_discord_adds_makes_no_difference() {
        assert_eq!(bare(&ours()), bare(&theirs()));
    }

    #[test]
    fn whatever_people_see_or_may_do_makes_one() {
        for (place, other) in [
            ("/0/description", json!("Lets out")),
            ("/0/default_member_permissions", Value::Null),
            ("/0/options/0/autocomplete", json!(false)),
            ("/0/options/0/max_length", json!(5)),
            ("/0/options/0/choices", json!([{ "name": "a", "value": "a" }])),
        ] {
            let mut changed = theirs();
            let (parent, key) = place.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[key] = other;
            assert_ne!(bare(&ours()), bare(&changed), "{place}");
        }
        assert_ne!(bare(&ours()), json!([]));
    }

    #[test]
    fn a_command_is_found_by_its_name() {
        assert!(
            is_registered(&theirs()) && !is_registered(&json!([{ "name": "other" }])) && !is_registered(&Value::Null)
        );
    }
}
