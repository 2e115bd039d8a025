//! What Discord sends, as far as it is read; fields that are not named here are ignored.
//!
//! Own types rather than serenity's, so that both ways of coming in share them: serenity's refuse a whole interaction for
//! one component that they do not know, can't be made by hand, and sit behind its gateway and its TLS, which the endpoint
//! must do without. What serenity's gateway decoded reads back here: [`Interaction::read`].

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Something that somebody did in Discord. `Debug` hides its token, and what was typed.
#[derive(Clone, Deserialize)]
pub struct Interaction {
    /// Discord's id of it.
    pub id: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: u8,
    /// By which it is answered, for fifteen minutes. A secret.
    #[serde(default, deserialize_with = "or_default")]
    pub token: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) application_id: String,
    #[serde(default)]
    pub(super) guild_id: Option<String>,
    #[serde(default)]
    pub(super) member: Option<Member>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) data: Data,
}

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interaction({}, of type {}, ***)", self.id, self.kind)
    }
}

/// What an interaction is.
pub(super) mod kind {
    pub(in crate::discord) const PING: u8 = 1;
    pub(in crate::discord) const COMMAND: u8 = 2;
    pub(in crate::discord) const COMPONENT: u8 = 3;
    pub(in crate::discord) const AUTOCOMPLETE: u8 = 4;
    pub(in crate::discord) const MODAL: u8 = 5;
}

/// Somebody in a server.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Member {
    pub(super) user: User,
    /// They have not accepted the server's rules yet.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) pending: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) flags: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) bot: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) system: bool,
}

/// What was typed, pressed or filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Data {
    /// The command's name.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) options: Vec<Typed>,
    /// What a button or a dialog carries.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) custom_id: String,
    /// What was chosen in a menu.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) values: Vec<String>,
    /// The fields of a dialog.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) components: Vec<Component>,
}

/// One option of the command.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Typed {
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: Value,
    /// It is being typed.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) focused: bool,
}

/// A field of a dialog, or a row or label that holds some.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Component {
    #[serde(default, deserialize_with = "or_default")]
    custom_id: String,
    #[serde(default)]
    value: Value,
    #[serde(default, deserialize_with = "or_default")]
    components: Vec<Component>,
    /// What a label holds.
    #[serde(default, rename = "component")]
    labelled: Option<Box<Component>>,
}

/// A guest may only sit in one voice channel (Discord: "Guild Member Flags", `IS_GUEST`).
const IS_GUEST: u64 = 1 << 4;

impl Interaction {
    /// Reads what came over the gateway.
    #[must_use]
    pub fn read(event: Value) -> Option<Self> {
        serde_json::from_value(event).ok()
    }

    /// Who did it, if that is a person who is a full member of this server.
    pub(super) fn person(&self, guild: &str) -> Option<&str> {
        let member = self.member.as_ref().filter(|_| self.guild_id.as_deref() == Some(guild))?;
        let outsider = member.user.bot || member.user.system || member.pending || member.flags & IS_GUEST != 0;
        (!outsider).then_some(member.user.id.as_str())
    }

    /// What was typed into this option.
    pub(super) fn option(&self, name: &str) -> &str {
        let option = self.data.options.iter().find(|option| option.name == name);
        option.and_then(|option| option.value.as_str()).unwrap_or_default()
    }

    /// The option that is being typed.
    pub(super) fn focused(&self) -> Option<&Typed> {
        self.data.options.iter().find(|option| option.focused)
    }

    /// What was typed into this field of a dialog.
    pub(super) fn field(&self, name: &str) -> &str {
        find(&self.data.components, name).unwrap_or_default()
    }

    /// What the pressed button or the choice carries.
    pub(super) fn carried(&self) -> &str {
        self.data.values.first().unwrap_or(&self.data.custom_id)
    }
}

/// What is null is as if it were not there.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn find<'a>(components: &'a [Component], name: &str) -> Option<&'a str> {
    components.iter().find_map(|one| {
        let own = (one.custom_id == name).then_some(&one.value).and_then(Value::as_str);
        own.or_else(|| find(&one.components, name))
            .or_else(|| find(one.labelled.as_deref().map(std::slice::from_ref).unwrap_or_default(), name))
    })
}
