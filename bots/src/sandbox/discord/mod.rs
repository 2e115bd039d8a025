//! Discord's part: what a person does in the room is posted to the service, signed as Discord signs (Ed25519).
//!
//! Apart from what Discord takes because the calls go the other way.

mod api;
mod command;
mod components;
mod interaction;
mod markdown;

pub(super) use api::routes;
pub(super) use interaction::act;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use magiclink_domain::ports::{ChatOption, Ids};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::time::{Lifetime, Timestamp};
use serde_json::{Value, json};

use crate::discord::{DiscordConfig, DiscordSecrets, Mode, SecretSource};

/// The application, the server, and the one person in it: ids that are too small for Discord to have given them out.
const APPLICATION: &str = "1001";
const GUILD: &str = "1002";
const PERSON: &str = "1003";
const CHANNEL: &str = "1004";
/// Their direct messages.
const DIRECT: &str = "1005";
/// How long an interaction's token is good.
const TOKEN_LIVES: Lifetime = Lifetime::from_mins(15);

/// The person in the room.
pub(super) fn person() -> ChatUser {
    ChatUser { platform: ChatPlatform::Discord, workspace: GUILD.to_owned(), user: PERSON.to_owned() }
}

/// What Discord remembers.
pub(super) struct DiscordSide {
    base: String,
    key: SigningKey,
    secrets: Arc<DiscordSecrets>,
    memory: Mutex<Memory>,
}

struct Memory {
    /// By token.
    asked: HashMap<String, Asked>,
    commands: Value,
    /// What was suggested last: its name, and what it stands for.
    suggested: Vec<ChatOption>,
}

/// One interaction.
#[derive(Clone, Copy)]
struct Asked {
    until: Timestamp,
    /// The message that was pressed in.
    pressed: Option<u64>,
    answered: bool,
    /// The message that answered it.
    original: Option<u64>,
}

struct Fixed(Arc<DiscordSecrets>);

impl SecretSource for Fixed {
    fn secrets(&self) -> Arc<DiscordSecrets> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for DiscordSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DiscordSide(***)")
    }
}

impl DiscordSide {
    pub(super) fn drawn(ids: &dyn Ids, base: String) -> Self {
        let key = SigningKey::from_bytes(&ids.secret());
        let public_keys = HEXLOWER.encode(key.verifying_key().as_bytes()).parse().into_iter().collect();
        let bot_token = HEXLOWER.encode(&ids.secret());
        let secrets = Arc::new(DiscordSecrets { bot_token, public_keys });
        let memory = Memory { asked: HashMap::new(), commands: json!([]), suggested: vec![] };
        Self { base, key, secrets, memory: Mutex::new(memory) }
    }

    pub(super) fn as_configured(&self) -> Option<(DiscordConfig, Arc<dyn SecretSource>)> {
        let config = DiscordConfig {
            application_id: APPLICATION.to_owned(),
            guild_id: GUILD.to_owned(),
            mode: Mode::Http,
            api_base: self.base.parse().ok()?,
        };
        Some((config, Arc::new(Fixed(Arc::clone(&self.secrets)))))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fresh token for something that is asked at `now`, perhaps by a button of the message `pressed`.
    pub(super) fn ask(&self, ids: &dyn Ids, now: Timestamp, pressed: Option<u64>) -> String {
        let token = HEXLOWER.encode(&ids.secret());
        let mut memory = self.memory();
        memory.asked.retain(|_, asked| now < asked.until);
        let asked = Asked { until: now.plus(TOKEN_LIVES), pressed, answered: false, original: None };
        memory.asked.insert(token.clone(), asked);
        token
    }

    fn asked_with(&self, token: &str, now: Timestamp) -> Option<Asked> {
        self.memory().asked.get(token).copied().filter(|asked| now < asked.until)
    }

    fn answered(&self, token: &str, original: Option<u64>) {
        if let Some(asked) = self.memory().asked.get_mut(token) {
            *asked = Asked { answered: true, original, ..*asked };
        }
    }

    fn commands(&self) -> Value {
        self.memory().commands.clone()
    }

    /// Takes commands in the place of all others, and hands them back as Discord does.
    fn register(&self, ids: &dyn Ids, mut commands: Value) -> Value {
        for command in commands.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            let id = (ids.id().as_u128() >> 65).to_string();
            let known = [("id", id.as_str()), ("application_id", APPLICATION), ("guild_id", GUILD), ("version", "1")];
            command.extend(known.map(|(key, value)| (key.to_owned(), json!(value))));
        }
        self.memory().commands = commands.clone();
        commands
    }
}
