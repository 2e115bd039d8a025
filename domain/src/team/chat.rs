//! Who somebody is in a chat: a platform's own ids, never a name or an e-mail address.

use std::fmt;
use std::str::FromStr;

use crate::actor::Origin;
use crate::value::InvalidValue;

/// A chat platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatPlatform {
    /// Slack.
    Slack,
    /// Discord.
    Discord,
}

impl ChatPlatform {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Slack, Self::Discord];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Discord => "Discord",
        }
    }

    /// The door that commands from there come through.
    #[must_use]
    pub const fn origin(self) -> Origin {
        match self {
            Self::Slack => Origin::Slack,
            Self::Discord => Origin::Discord,
        }
    }
}

impl fmt::Display for ChatPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChatPlatform {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let platform = Self::ALL.into_iter().find(|platform| platform.as_str() == text);
        platform.ok_or(InvalidValue::new("platform", "a chat platform is slack or discord"))
    }
}

/// A user of a platform. The ids are personal data: pseudonyms that the platform can resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatUser {
    /// Where.
    pub platform: ChatPlatform,
    /// The workspace's or server's id there.
    pub workspace: String,
    /// The user's id there.
    pub user: String,
}

impl ChatUser {
    /// Validates: ids of 1 to 64 ASCII letters and digits, as both platforms make them.
    ///
    /// # Errors
    /// [`InvalidValue`] for field `workspace` or `user`.
    pub fn parse(platform: ChatPlatform, workspace: &str, user: &str) -> Result<Self, InvalidValue> {
        for (field, id) in [("workspace", workspace), ("user", user)] {
            if !(1..=64).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(InvalidValue::new(field, "a chat id has 1 to 64 letters and digits"));
            }
        }
        Ok(Self { platform, workspace: workspace.to_owned(), user: user.to_owned() })
    }

    /// The one spelling that keyed hashes are made of.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.platform, self.workspace, self.user)
    }
}
