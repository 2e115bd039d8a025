//! The words of `link`.

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::Many;
use super::deliveries::By;

/// `link …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum LinkCommand {
    /// Make a magic link and print URL, code and expiry
    #[command(after_help = "Example: magiclink link issue ana@example.com --for 24h --to founders-circle --qr\n\n\
        Many at once: magiclink link issue --all-uninvited --send email,sms --for 7d --dry-run\n\
        Each is written to over the first of the channels that reaches them. Without --yes you are asked first.")]
    Issue(IssueLink),
    /// Will it work? Names what would stop `link issue`, and makes nothing
    #[command(after_help = "Example: magiclink link check ana@example.com --to founders-circle --send sms")]
    Check(IssueLink),
    /// List links, newest first
    #[command(after_help = "Example: magiclink link list --contact ana@example.com --state live")]
    List {
        /// Of this contact: id, external id, e-mail or phone
        #[arg(long)]
        contact: Option<String>,
        /// In this state
        #[arg(long, value_enum)]
        state: Option<State>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show how a link stands, what to do next, and its timeline
    #[command(after_help = "Example: magiclink link show 0b0e2a3c-7e9f-8d10-a3b4-5c6d7e8f9a0b")]
    Show {
        /// The link's id
        link: String,
    },
    /// Send a live link to the address on file
    #[command(after_help = "Example: magiclink link send 0b0e2a3c-7e9f-8d10-a3b4-5c6d7e8f9a0b --by sms")]
    Send {
        /// The link's id
        link: String,
        /// How
        #[arg(long, value_enum)]
        by: By,
    },
    /// Make a link unusable
    #[command(after_help = "Example: magiclink link revoke 0b0e2a3c-7e9f-8d10-a3b4-5c6d7e8f9a0b --reason 'wrong Ana'")]
    Revoke {
        /// The link's id
        link: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
}

/// `link issue` and `link check`.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct IssueLink {
    /// Id, external id, e-mail or phone
    #[arg(required_unless_present = "many")]
    pub(crate) contact: Option<String>,
    #[command(flatten)]
    pub(crate) many: Many,
    /// How long it lives: 15m, 24h, 7d, now, day, welcome
    #[arg(long = "for", value_name = "LIFETIME")]
    pub(crate) lifetime: Option<String>,
    /// Where it leads: home, or an offering's slug
    #[arg(long = "to", value_name = "SLUG")]
    pub(crate) destination: Option<String>,
    /// How many devices may use it, 1 to 10
    #[arg(long)]
    pub(crate) uses: Option<u8>,
    /// Send it: sms, email or both; many get an e-mail, or an SMS where they have no address, unless it says otherwise
    #[arg(long, value_delimiter = ',', value_name = "CHANNELS")]
    pub(crate) send: Vec<String>,
    /// Grant this offering in the same act; may be repeated
    #[arg(long = "grant", value_name = "SLUG")]
    pub(crate) grants: Vec<String>,
    /// Why
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Draw the link as a QR code
    #[arg(long)]
    pub(crate) qr: bool,
}

/// A link's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum State {
    /// Can be redeemed
    Live,
    /// Every use is spent
    Used,
    /// Its time is over
    Expired,
    /// Revoked or replaced
    Revoked,
}
