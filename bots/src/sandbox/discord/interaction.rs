//! What the person does, as Discord's interactions.
//!
//! Apart from what comes of it because these are the calls to the service.

use data_encoding::HEXLOWER;
use ed25519_dalek::Signer;
use magiclink_domain::ports::{ChatAct, ChatOption};
use magiclink_domain::team::ChatPlatform;
use serde_json::{Value, json};

use super::api::{Payload, take};
use super::components::{list, text};
use super::{APPLICATION, CHANNEL, GUILD, PERSON, command, components};
use crate::sandbox::ChatSandbox;
use crate::sandbox::room::Kept;

/// The address that Discord calls.
const HOOK: &str = "/hooks/discord/interactions";
/// The first millisecond of Discord's ids, since the Unix epoch ("Snowflakes").
const EPOCH: i64 = 1_420_070_400_000;

/// The kinds of an interaction.
#[derive(Clone, Copy)]
enum Kind {
    Command = 2,
    Component = 3,
    Suggest = 4,
    Modal = 5,
}

/// The person does something.
pub(in crate::sandbox) async fn act(sandbox: &ChatSandbox, act: ChatAct) -> Result<(), String> {
    match act {
        ChatAct::Type(text) => typed(sandbox, &text).await,
        ChatAct::Press { nth, value } => {
            let pressed = |kept: &Kept| Some((components::pressed(&kept.body, &value)?, kept.body.clone()));
            let (data, message) = sandbox.carrying(ChatPlatform::Discord, nth, &value, pressed)?;
            answered(sandbox, Kind::Component, data, Some((nth, &message))).await
        }
        ChatAct::Search { typed, .. } => suggest(sandbox, &typed).await,
        ChatAct::Submit(fields) => {
            let filled = sandbox.filled(ChatPlatform::Discord, &fields)?;
            let data = components::filled(&filled.body, &filled.fields);
            let from = filled.from.and_then(|nth| Some((nth, sandbox.inside().discord.said(nth)?.0)));
            answered(sandbox, Kind::Modal, data, from.as_ref().map(|(nth, message)| (*nth, message))).await?;
            sandbox.close(ChatPlatform::Discord);
            Ok(())
        }
        ChatAct::Close => {
            sandbox.close(ChatPlatform::Discord);
            Ok(())
        }
    }
}

fn registered(commands: &Value) -> Result<&Value, String> {
    command::find(commands).ok_or_else(|| "the service has not registered /magiclink yet".to_owned())
}

async fn typed(sandbox: &ChatSandbox, line: &str) -> Result<(), String> {
    let commands = sandbox.discord.commands();
    let command = registered(&commands)?;
    let typed = command::typed(command, line);
    let data = command::data(command, &typed, false)?;
    let names = std::mem::take(&mut sandbox.discord.memory().suggested);
    sandbox.own(ChatPlatform::Discord, &command::line(&typed, &names));
    answered(sandbox, Kind::Command, data, None).await
}

/// What the service suggests for the option that is typed last.
async fn suggest(sandbox: &ChatSandbox, line: &str) -> Result<(), String> {
    let commands = sandbox.discord.commands();
    let command = registered(&commands)?;
    let typed = command::typed(command, line);
    let Some(((option, _), before)) = typed.split_last().filter(|((option, _), _)| suggests(option)) else {
        sandbox.change(ChatPlatform::Discord, |room, _| room.suggest(vec![]));
        return Ok(());
    };
    let answer = posted(sandbox, Kind::Suggest, command::data(command, &typed, true)?, None).await?.1;
    let found: Vec<ChatOption> = answer.get("data").map(choices).unwrap_or_default();
    let begun: String = before.iter().flat_map(|(option, value)| [text(option, "name"), ": ", value, " "]).collect();
    let whole = |one: &ChatOption| {
        let value = format!("{begun}{}: {}", text(option, "name"), one.value);
        ChatOption { value, ..one.clone() }
    };
    let offered = found.iter().map(whole).collect();
    sandbox.discord.memory().suggested = found;
    sandbox.change(ChatPlatform::Discord, |room, _| room.suggest(offered));
    Ok(())
}

fn suggests(option: &Value) -> bool {
    option.get("autocomplete").and_then(Value::as_bool) == Some(true)
}

fn choices(data: &Value) -> Vec<ChatOption> {
    let choice = |choice: &Value| ChatOption {
        label: text(choice, "name").to_owned(),
        detail: String::new(),
        value: text(choice, "value").to_owned(),
    };
    list(data, "choices").map(choice).collect()
}

/// Posts an interaction, perhaps of a message, and shows what is answered.
async fn answered(
    sandbox: &ChatSandbox, kind: Kind, data: Value, message: Option<(u64, &Value)>,
) -> Result<(), String> {
    let (token, body) = posted(sandbox, kind, data, message).await?;
    let refused = |refused: super::api::Refused| format!("Discord would not take the answer ({})", refused.words());
    take(sandbox, &token, Payload { body, picture: None }).map_err(refused)
}

/// Posts an interaction, signed now; its token, and the answer.
async fn posted(
    sandbox: &ChatSandbox, kind: Kind, data: Value, message: Option<(u64, &Value)>,
) -> Result<(String, Value), String> {
    let pressed = message.map(|(nth, _)| nth);
    let token = sandbox.discord.ask(sandbox.ids.as_ref(), sandbox.clock.now(), pressed);
    let mut interaction = whole(sandbox, kind, &token, &data);
    if let (Some(interaction), Some((nth, body))) = (interaction.as_object_mut(), message) {
        interaction.insert("message".to_owned(), standing(nth, body));
    }
    let (body, timestamp) = (interaction.to_string(), sandbox.timestamp());
    let signature = sandbox.discord.key.sign([timestamp.as_str(), &body].concat().as_bytes());
    let request = sandbox.http.post(sandbox.hook(HOOK)?).header("content-type", "application/json");
    let request = request.header("x-signature-ed25519", HEXLOWER.encode(&signature.to_bytes()));
    let answer = ChatSandbox::answered(request.header("x-signature-timestamp", timestamp).body(body)).await?;
    Ok((token, serde_json::from_str(&answer).map_err(|_| "the answer is no JSON")?))
}

fn whole(sandbox: &ChatSandbox, kind: Kind, token: &str, data: &Value) -> Value {
    json!({
        "app_permissions": "0", "application_id": APPLICATION, "attachment_size_limit": 10_485_760,
        "authorizing_integration_owners": { "0": GUILD },
        "channel": { "id": CHANNEL, "type": 0, "guild_id": GUILD, "name": "general", "permissions": "8" },
        "channel_id": CHANNEL, "context": 0, "data": data, "entitlements": [],
        "guild": { "features": [], "id": GUILD, "locale": "en-GB" }, "guild_id": GUILD, "guild_locale": "en-GB",
        "id": snowflake(sandbox), "locale": "en-GB",
        "member": {
            "avatar": null, "deaf": false, "flags": 0, "joined_at": "2026-01-05T10:00:00.000000+00:00", "mute": false,
            "nick": null, "pending": false, "permissions": "8", "premium_since": null, "roles": [],
            "user": {
                "avatar": null, "discriminator": "0", "global_name": "You", "id": PERSON, "public_flags": 0,
                "username": "you",
            },
        },
        "token": token, "type": kind as u8, "version": 1,
    })
}

/// A message as Discord hands it back.
fn standing(nth: u64, body: &Value) -> Value {
    json!({
        "attachments": [], "author": { "bot": true, "discriminator": "0", "id": APPLICATION, "username": "magiclink" },
        "channel_id": CHANNEL, "components": body.get("components"), "content": text(body, "content"), "embeds": [],
        "flags": 64, "id": nth.to_string(), "mention_everyone": false, "mention_roles": [], "mentions": [],
        "pinned": false, "tts": false, "type": 20,
    })
}

/// An id that no other interaction has, as Discord makes them.
fn snowflake(sandbox: &ChatSandbox) -> String {
    let since = sandbox.clock.now().micros() / 1_000 - EPOCH;
    let random = sandbox.ids.id().as_u128() & 0x3f_ffff;
    ((u128::from(since.unsigned_abs()) << 22) | random).to_string()
}
