//! The words of bulk sending.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::HistoryFormat;

/// Who is meant by `link issue` without a contact: contacts in the portal for whom everything holds that is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct Many {
    /// Everybody in the portal who never signed in
    #[arg(long, group = "many", conflicts_with = "contact")]
    pub(crate) all_uninvited: bool,
    /// Everybody who may see this offering
    #[arg(long, group = "many", conflicts_with = "contact", value_name = "SLUG")]
    pub(crate) offering: Option<String>,
    /// Everybody with this tag
    #[arg(long, group = "many", conflicts_with = "contact")]
    pub(crate) tag: Option<String>,
    /// Everybody who was sent a link and never signed in
    #[arg(long, group = "many", conflicts_with = "contact")]
    pub(crate) unused: bool,
    /// Everybody whose link of this bulk send was not used
    #[arg(long, group = "many", conflicts_with = "contact", value_name = "BULK")]
    pub(crate) unused_of: Option<String>,
    /// Only say what it would come to
    #[arg(long, requires = "many")]
    pub(crate) dry_run: bool,
    /// Send at most so many messages: the number that a dry run told
    #[arg(long, requires = "many", value_name = "NUMBER")]
    pub(crate) messages: Option<u32>,
}

impl Many {
    /// Whether more than one contact is meant.
    pub(crate) fn is_asked_for(&self) -> bool {
        self.all_uninvited || self.unused || self.offering.is_some() || self.tag.is_some() || self.unused_of.is_some()
    }
}

/// `bulk …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum BulkCommand {
    /// List bulk sends, newest first
    #[command(after_help = "Example: magiclink bulk list")]
    List {
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show how far a bulk send is, and what came of each recipient
    #[command(
        after_help = "Example: magiclink bulk show 3c7e1a2b-5d4f-8a6b-9c8d-7e6f5a4b3c2d --result failed --format csv"
    )]
    Show {
        /// Its id
        bulk: String,
        /// Only recipients of whom this came: waiting, queued, sent, delivered, failed, skipped, opened or `signed_in`
        #[arg(long)]
        result: Option<String>,
        /// How to write it
        #[arg(long, value_enum, default_value_t = HistoryFormat::Table)]
        format: HistoryFormat,
    },
    /// Send no more until `resume`
    #[command(after_help = "Example: magiclink bulk pause 3c7e1a2b-5d4f-8a6b-9c8d-7e6f5a4b3c2d")]
    Pause {
        /// Its id
        bulk: String,
    },
    /// Go on
    #[command(after_help = "Example: magiclink bulk resume 3c7e1a2b-5d4f-8a6b-9c8d-7e6f5a4b3c2d")]
    Resume {
        /// Its id
        bulk: String,
    },
    /// Send no more, for good
    #[command(after_help = "Example: magiclink bulk stop 3c7e1a2b-5d4f-8a6b-9c8d-7e6f5a4b3c2d")]
    Stop {
        /// Its id
        bulk: String,
    },
}
