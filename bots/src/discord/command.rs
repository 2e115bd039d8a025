//! The slash command, as it is registered and as it comes back.
//!
//! Apart from registering it because it is data: the same every time, so that registering it again changes nothing.

use serde_json::{Value, json};

use super::escape::short;
use super::incoming::Interaction;
use crate::conversation::{Conversation, Filled};

/// What is typed.
pub(super) const NAME: &str = "magiclink";
/// The option that takes a contact, or anything else that the conversation understands.
pub(super) const CONTACT: &str = "contact";
/// The option that takes a course or group.
pub(super) const TO: &str = "to";
const LIFETIME: &str = "for";
const CHANNEL: &str = "send";
const REASON: &str = "because";
/// Characters of a description.
const MOST: usize = 100;

/// The command's description, an element of `PUT /applications/{id}/guilds/{guild}/commands`.
///
/// A server's command is typed in no direct message; until somebody opens it to roles, it is its administrators' alone.
#[must_use]
pub fn command(talk: &Conversation) -> Value {
    let contact = "A contact; or: status ana, revoke LINK, add NAME E-MAIL, console, connect CODE, help";
    let (default, lifetimes): (Vec<_>, Vec<_>) = talk.lifetimes().into_iter().partition(|(word, _)| word.is_empty());
    let default = default.first().map(|(_, shown)| shown.as_str()).unwrap_or_default();
    let mut options = vec![
        option(CONTACT, contact, json!({ "autocomplete": true })),
        option(TO, "A course or group; the portal where nothing is said", json!({ "autocomplete": true })),
        option(LIFETIME, &format!("How long the link works; {default} where nothing is said"), choices(lifetimes)),
    ];
    let channels: Vec<_> = talk.channels().into_iter().map(|(word, shown)| (word, shown.to_owned())).collect();
    if !channels.is_empty() {
        options.push(option(CHANNEL, "Sends the link; shown to you alone where nothing is said", choices(channels)));
    }
    options.push(option(REASON, "The reason, for the history", json!({ "max_length": 500 })));
    json!({
        "type": 1,
        "name": NAME,
        "description": "Let a contact into the portal with a magic link",
        "default_member_permissions": "0",
        "options": options,
    })
}

fn option(name: &str, description: &str, more: Value) -> Value {
    let mut option = json!({ "type": 3, "name": name, "description": short(description, MOST), "required": false });
    if let (Some(option), Value::Object(more)) = (option.as_object_mut(), more) {
        option.extend(more);
    }
    option
}

fn choices(choices: impl IntoIterator<Item = (&'static str, String)>) -> Value {
    let choice = |(word, shown): (&str, String)| json!({ "name": short(&shown, MOST), "value": word });
    json!({ "choices": choices.into_iter().map(choice).collect::<Vec<_>>() })
}

/// What was typed.
pub(super) fn filled(interaction: &Interaction) -> Filled {
    let option = |name: &str| interaction.option(name).to_owned();
    Filled {
        contact: option(CONTACT),
        destination: option(TO),
        lifetime: option(LIFETIME),
        channels: vec![option(CHANNEL)],
        reason: option(REASON),
    }
}
