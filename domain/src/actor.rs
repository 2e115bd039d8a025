//! Who acts, and through which door.

use std::fmt;
use std::str::FromStr;

use crate::id::{ContactId, InvalidId, StaffId, TokenId};

/// Who did something. Stored in every event's metadata as `staff:<id>`, `contact:<id>`, `token:<id>`,
/// `cli:<os user>` or `system`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A staff member.
    Staff(StaffId),
    /// A contact, for themselves.
    Contact(ContactId),
    /// A program with an API token.
    Token(TokenId),
    /// The operator at the host's command line, by operating-system user name.
    CommandLine(String),
    /// Magiclink itself: policies and the first start.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Contact(id) => write!(f, "contact:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::CommandLine(user) => write!(f, "cli:{user}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Actor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "system" {
            return Ok(Self::System);
        }
        let invalid = || InvalidId(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(invalid)?;
        match kind {
            "staff" => id.parse().map(Self::Staff),
            "contact" => id.parse().map(Self::Contact),
            "token" => id.parse().map(Self::Token),
            "cli" => Ok(Self::CommandLine(id.to_owned())),
            _ => Err(invalid()),
        }
    }
}

/// Through which door an act came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The staff console.
    Console,
    /// The HTTP API.
    Api,
    /// The command line.
    Cli,
    /// A text message from a phone.
    Sms,
    /// A Slack workspace.
    Slack,
    /// A Discord server.
    Discord,
    /// The contact's own pages.
    SelfService,
    /// Magiclink itself.
    System,
}

impl Origin {
    /// All doors, for listings and tests.
    pub const ALL: [Self; 8] =
        [Self::Console, Self::Api, Self::Cli, Self::Sms, Self::SelfService, Self::System, Self::Slack, Self::Discord];

    /// Whether it is a chat, where others may look over the reader's shoulder.
    #[must_use]
    pub const fn is_chat(self) -> bool {
        matches!(self, Self::Slack | Self::Discord)
    }

    /// The stored and shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::Sms => "sms",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::SelfService => "self-service",
            Self::System => "system",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Origin {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text).ok_or_else(|| InvalidId(text.to_owned()))
    }
}
