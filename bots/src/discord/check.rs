//! Whether Discord is set up as it is configured, in words for an operator.
//!
//! Apart from the calls because nobody but the doctor asks.

use std::sync::Arc;

use serde_json::Value;

use super::api::{Api, ApiError};
use super::secrets::SecretSource;
use super::{DiscordConfig, Mode, hooks, register};

/// Whether Discord takes our token, for the application and the server that are meant, and brings interactions the way they
/// are expected; in words for an operator.
///
/// # Errors
/// What is wrong, and what to do about it.
pub async fn check(config: DiscordConfig, secrets: Arc<dyn SecretSource>) -> Result<String, String> {
    let api = Api::new(&config, Arc::clone(&secrets)).map_err(|error| error.to_string())?;
    let ours = api.application().await.map_err(|error| unanswered(&error))?;
    let text = |key: &str| ours.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("id") != config.application_id {
        return Err(format!(
            "the token belongs to application {}: set discord.application_id to that, or use another token",
            text("id")
        ));
    }
    let keys = &secrets.secrets().public_keys;
    let known = keys.is_empty() || keys.iter().any(|key| key.to_string() == text("verify_key"));
    if !known {
        return Err("the public key is another application's: copy it from General Information".to_owned());
    }
    way(config.mode, text("interactions_endpoint_url"))?;
    let works = format!("the token of {} works in server {}", text("name"), config.guild_id);
    match api.commands().await {
        Ok(commands) if register::is_registered(&commands) => {
            Ok(format!("{works}, and /magiclink is registered there"))
        }
        Ok(_) => Ok(format!("{works}; `magiclink serve` registers /magiclink there")),
        Err(ApiError::Unreachable(error)) => Err(unanswered(&ApiError::Unreachable(error))),
        Err(error) => Err(format!("{error} for server {}: add the application to it", config.guild_id)),
    }
}

fn unanswered(error: &ApiError) -> String {
    match error {
        ApiError::Unauthorised => error.to_string(),
        ApiError::Refused { .. } | ApiError::Unreachable(_) => {
            format!("{error}: check the network, and discord.api_base if it is set")
        }
    }
}

/// Discord sends interactions to an address that it was given, or else over the gateway; never both.
fn way(mode: Mode, address: &str) -> Result<(), String> {
    match (mode, address.is_empty()) {
        (Mode::Http, false) if !address.ends_with(hooks::PATH) => Err(format!(
            "the application's Interactions Endpoint URL is {address}: set it to your address followed by {}",
            hooks::PATH
        )),
        (Mode::Gateway, true) | (Mode::Http, false) => Ok(()),
        (Mode::Gateway, false) => Err("the application has an Interactions Endpoint URL, so that the gateway gets \
                                       nothing: remove it, or set discord.mode to http"
            .to_owned()),
        (Mode::Http, true) => Err("the application has no Interactions Endpoint URL: set it to your address followed \
                                   by /hooks/discord/interactions, or set discord.mode to gateway"
            .to_owned()),
    }
}
