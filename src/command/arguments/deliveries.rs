//! The words of `deliveries`.

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// `deliveries …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum DeliveriesCommand {
    /// List deliveries, newest first, each with what to do next
    #[command(after_help = "Example: magiclink deliveries list --state failed --channel sms --since 2026-05-01\n\
        Example: magiclink deliveries list --state maybe_sent --json")]
    List {
        /// In this state
        #[arg(long, value_enum)]
        state: Option<Word>,
        #[command(flatten)]
        which: Which,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Try deliveries again: one, or all that failed or may not have been sent
    #[command(after_help = "Example: magiclink deliveries retry 5b1e6c2d-0f3a-8b4c-9d5e-6f7a8b9c0d1e\n\
        Example: magiclink deliveries retry --failed --channel sms --since 2026-05-01\n\
        Example: magiclink deliveries retry --maybe-sent --yes\n\n\
        Several are only named at first; --yes tries them again. Those whose link is dead are left alone.")]
    Retry(Retry),
}

/// `deliveries retry`.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct Retry {
    /// The delivery's id
    #[arg(required_unless_present_any = ["failed", "maybe_sent"])]
    pub(crate) delivery: Option<String>,
    /// All that failed
    #[arg(long, conflicts_with = "delivery")]
    pub(crate) failed: bool,
    /// All that may not have been sent
    #[arg(long, conflicts_with = "delivery")]
    pub(crate) maybe_sent: bool,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Which of them.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct Which {
    /// Over this channel
    #[arg(long, value_enum)]
    pub(crate) channel: Option<By>,
    /// Asked for from this time on: RFC 3339, or `2026-05-01 15:00` in `portal.time_zone`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
}

/// A channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum By {
    /// Text message
    Sms,
    /// E-mail
    Email,
}

/// A delivery's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[value(rename_all = "snake_case")]
pub(crate) enum Word {
    /// Waits for an attempt
    Queued,
    /// An attempt is under way
    Sending,
    /// The provider took it
    Sent,
    /// It arrived
    Delivered,
    /// It could not be delivered
    Failed,
    /// The provider's answer was lost
    MaybeSent,
    /// It was not sent, and will not be
    Cancelled,
}

impl Word {
    /// As it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::MaybeSent => "maybe_sent",
            Self::Cancelled => "cancelled",
        }
    }
}
