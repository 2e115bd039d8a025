//! The words of the command line that a server can be asked to act on.

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
    /// Make, check, show or revoke magic links
    #[command(subcommand)]
    Link(LinkCommand),
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

/// `link …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum LinkCommand {
    /// Make a magic link and print URL, code and expiry
    #[command(after_help = "Example: magiclink link issue ana@example.com --for 24h --to founders-circle --qr")]
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
    /// Show a link's state and timeline
    #[command(after_help = "Example: magiclink link show 0b0e2a3c-7e9f-8d10-a3b4-5c6d7e8f9a0b")]
    Show {
        /// The link's id
        link: String,
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
    pub(crate) contact: String,
    /// How long it lives: 15m, 24h, 7d, now, day, welcome
    #[arg(long = "for", value_name = "LIFETIME")]
    pub(crate) lifetime: Option<String>,
    /// Where it leads: home, or an offering's slug
    #[arg(long = "to", value_name = "SLUG")]
    pub(crate) destination: Option<String>,
    /// How many devices may use it, 1 to 10
    #[arg(long)]
    pub(crate) uses: Option<u8>,
    /// Send it: sms, email or both
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

/// `staff …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum StaffCommand {
    /// Add a staff member
    #[command(after_help = "Example: magiclink staff add --name 'Olga Owner' --email olga@example.com --role owner")]
    Add {
        /// What to call them
        #[arg(long)]
        name: String,
        /// Where their sign-in links go
        #[arg(long)]
        email: String,
        /// owner, agent or auditor
        #[arg(long)]
        role: String,
    },
    /// List the team
    #[command(after_help = "Example: magiclink staff list")]
    List,
    /// Give another role
    #[command(after_help = "Example: magiclink staff role olga@example.com agent")]
    Role {
        /// Id or e-mail
        staff: String,
        /// owner, agent or auditor
        role: String,
    },
    /// Remove a staff member: sessions and tokens end at once
    #[command(after_help = "Example: magiclink staff remove olga@example.com")]
    Remove {
        /// Id or e-mail
        staff: String,
    },
    /// Print a one-time link to the console
    #[command(after_help = "Example: magiclink staff sign-in olga@example.com")]
    SignIn {
        /// Id or e-mail; left out, the only owner
        staff: Option<String>,
    },
}

/// `token …`.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum TokenCommand {
    /// Make an API token; it is shown once
    #[command(after_help = "Example: magiclink token create --name crm --role agent --expires 30d")]
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// owner, agent or auditor
        #[arg(long)]
        role: String,
        /// How long it works: 12h, 30d
        #[arg(long, value_name = "LIFETIME")]
        expires: Option<String>,
    },
    /// List tokens
    #[command(after_help = "Example: magiclink token list")]
    List,
    /// Revoke a token
    #[command(after_help = "Example: magiclink token revoke crm")]
    Revoke {
        /// Id, or the name of a live one
        token: String,
    },
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
