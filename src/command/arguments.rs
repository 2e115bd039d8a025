//! The words of the command line that a server can be asked to act on.

mod bulk;
mod deliveries;
mod links;
mod team;

pub(crate) use bulk::{BulkCommand, Many};
pub(crate) use deliveries::{By, DeliveriesCommand, Retry, Which, Word};
pub(crate) use links::{IssueLink, LinkCommand, State};
pub(crate) use team::{StaffCommand, TokenCommand};

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// A command on the data.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Take over offerings or contacts from a CSV file
    #[command(subcommand)]
    Import(Import),
    /// Add, show, search or erase contacts
    #[command(subcommand)]
    Contact(ContactCommand),
    /// Let a contact see an offering
    #[command(after_help = "Example: magiclink grant ana@example.com founders-circle --until '2026-12-31 18:00'")]
    Grant {
        /// Id, external id, e-mail or phone
        contact: String,
        /// The offering's slug
        offering: String,
        /// Not from this time on: RFC 3339, or `2026-05-01 15:00` in `portal.time_zone`
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Let a contact no longer see an offering
    #[command(after_help = "Example: magiclink revoke ana@example.com founders-circle")]
    Revoke {
        /// Id, external id, e-mail or phone
        contact: String,
        /// The offering's slug
        offering: String,
    },
    /// List courses and groups
    #[command(after_help = "Example: magiclink offerings")]
    Offerings,
    /// Make, check, show, send or revoke magic links
    #[command(subcommand)]
    Link(LinkCommand),
    /// List deliveries, or try them again
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Follow, pause, resume or stop what `link issue` sends to many
    #[command(subcommand)]
    Bulk(BulkCommand),
    /// Add, list, change or remove staff, and let them sign in
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Make, list or revoke API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Show the login history
    #[command(
        after_help = "Example: magiclink history --contact ana@example.com --since 2026-05-01T00:00:00Z --format csv"
    )]
    History(History),
    /// Show where the read models stand, or make them anew from the log
    #[command(subcommand)]
    Projections(ProjectionsCommand),
    /// List, stage, activate or retire the keys that sign links and sessions
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The emergency switch: stop making or redeeming links until `resume`
    #[command(after_help = "Example: magiclink stop redeeming")]
    Stop {
        /// What to stop
        #[arg(value_enum)]
        what: Stop,
    },
    /// End what `stop` began
    #[command(after_help = "Example: magiclink resume")]
    Resume,
    /// Copy log and vault into a new folder, while the server runs or not; keys are never copied
    #[command(after_help = "Example: magiclink backup /var/backups/magiclink/2026-05-01")]
    Backup {
        /// A folder that is not there yet
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// What can be imported.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Import {
    /// Columns slug, kind (course or group), title, url
    #[command(after_help = "Example: magiclink import offerings offerings.csv")]
    Offerings {
        /// The file
        file: PathBuf,
    },
    /// Columns Contact Id, First Name, Last Name, Email, Phone, Country, Language, Grants, Tags, Created
    #[command(after_help = "Example: magiclink import contacts contacts.csv --dry-run\n\n\
        Bad rows are named (line 1 is the header), the others go in. Exit: 0 none refused, 1 some, 2 unusable file.")]
    Contacts(ImportContacts),
}

/// `import contacts`.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct ImportContacts {
    /// The file
    pub(crate) file: PathBuf,
    /// Check every row, and make nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `contact …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum ContactCommand {
    /// Add a contact
    #[command(after_help = "Example: magiclink contact add --name 'Ana Lima' --email ana@example.com")]
    Add(AddContact),
    /// Show a contact with grants
    #[command(after_help = "Example: magiclink contact show ana@example.com")]
    Show {
        /// Id, external id, e-mail or phone
        contact: String,
    },
    /// Find contacts by any part of name, e-mail, phone or external id, best match first
    #[command(after_help = "Example: magiclink contact search lima")]
    Search {
        /// What to look for
        text: String,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Erase a contact for good: nothing personal can be read afterwards, the history stays
    #[command(after_help = "Example: magiclink contact erase crm-000042")]
    Erase {
        /// Id, external id, e-mail or phone
        contact: String,
    },
}

/// `contact add`.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct AddContact {
    /// What to call them
    #[arg(long)]
    pub(crate) name: String,
    /// E-mail address
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Phone number with + and the country's code
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) phone: Option<String>,
    /// Their id in the CRM
    #[arg(long)]
    pub(crate) external_id: Option<String>,
    /// Their language, such as en or pt-BR
    #[arg(long)]
    pub(crate) locale: Option<String>,
}

/// `history`.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct History {
    /// Of this contact: id, external id, e-mail or phone
    #[arg(long)]
    pub(crate) contact: Option<String>,
    /// From this time on: RFC 3339, or `2026-05-01 15:00` in `portal.time_zone`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: HistoryFormat,
    /// How many entries at most, newest first
    #[arg(long, default_value_t = 1_000)]
    pub(crate) limit: u32,
}

/// How the history is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum HistoryFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

/// `projections …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum ProjectionsCommand {
    /// Where each read model stands
    #[command(after_help = "Example: magiclink projections status")]
    Status,
    /// Make read models anew from the log
    #[command(after_help = "Example: magiclink projections rebuild history")]
    Rebuild {
        /// Which one; left out, all
        name: Option<String>,
    },
}

/// `keys …`.
#[derive(Clone, Copy, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum KeysCommand {
    /// List signing keys and what each may do
    #[command(after_help = "Example: magiclink keys list")]
    List,
    /// Make a key that verifies everywhere before it signs (nodes re-read keys every 10 seconds)
    #[command(after_help = "Example: magiclink keys stage")]
    Stage,
    /// Let a staged key sign; the one that signed until now only verifies
    #[command(after_help = "Example: magiclink keys activate 2")]
    Activate {
        /// Its number; left out, the only staged one
        id: Option<u8>,
    },
    /// End a key: every link and session it signed is dead. Wait for `links.max_lifetime` to kill none
    #[command(after_help = "Example: magiclink keys retire 1")]
    Retire {
        /// Its number; left out, the only one that just verifies
        id: Option<u8>,
    },
    /// Sign with a new key at once
    #[command(after_help = "Example (the incident switch): magiclink keys rotate --revoke-links")]
    Rotate {
        /// End every older key too: every link and every session is dead at once
        #[arg(long)]
        revoke_links: bool,
    },
}

/// What the emergency switch stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Stop {
    /// No new links
    Issuing,
    /// No link signs in
    Redeeming,
}

impl Command {
    /// Paths made absolute, because the server has another working directory.
    pub(crate) fn anchored(self) -> Self {
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        match self {
            Self::Import(Import::Offerings { file }) => Self::Import(Import::Offerings { file: absolute(file) }),
            Self::Import(Import::Contacts(contacts)) => {
                Self::Import(Import::Contacts(ImportContacts { file: absolute(contacts.file), ..contacts }))
            }
            Self::Backup { folder } => Self::Backup { folder: absolute(folder) },
            other @ (Self::Contact(_)
            | Self::Grant { .. }
            | Self::Revoke { .. }
            | Self::Offerings
            | Self::Link(_)
            | Self::Deliveries(_)
            | Self::Bulk(_)
            | Self::Staff(_)
            | Self::Token(_)
            | Self::History(_)
            | Self::Projections(_)
            | Self::Keys(_)
            | Self::Stop { .. }
            | Self::Resume) => other,
        }
    }
}
