//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command::Command;
use crate::serve::Role;

/// One-click sign-in links into a client portal, with a login history that tells who let whom in.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "magiclink",
    version,
    after_help = "Without a command: serve.\n\nExamples:\n  magiclink demo\n  magiclink serve --listen 127.0.0.1:8080 \
                  --base-url https://portal.example.com\n  magiclink link issue ana@example.com --for 24h\n\n\
                  Exit: 0 done, 1 refused, 2 not understood, 70 something broke."
)]
pub(crate) struct Cli {
    /// Where everything is kept [default: `$XDG_DATA_HOME/magiclink` or `~/.local/share/magiclink`; `demo`: a fresh
    /// folder, which goes when it stops]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration file [default: magiclink.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Act as this staff member (id or e-mail) instead of as the host's owner
    #[arg(id = "as", long, global = true, value_name = "STAFF")]
    pub(crate) acting: Option<String>,
    /// Confirm what wants a confirmation
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    #[command(subcommand)]
    pub(super) act: Option<Act>,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Act {
    /// Run the service
    #[command(
        after_help = "Examples:\n  magiclink serve --listen 127.0.0.1:8080 --base-url https://portal.example.com\n  \
                            magiclink serve --roles worker --base-url https://portal.example.com"
    )]
    Serve(ServeArguments),
    /// Run a working portal with sample people, in a fresh folder that goes when it stops, or in the one of `--data`
    #[command(after_help = "Example: magiclink demo")]
    Demo(DemoArguments),
    /// Check databases, keys, clock, base URL and disk, and say what to do
    #[command(after_help = "Example: magiclink doctor")]
    Doctor,
    /// Print the description of the HTTP API (OpenAPI 3.1)
    #[command(after_help = "Example: magiclink openapi > openapi.json")]
    Openapi,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring back a backup into the data folder of a server that does not run; every link and session dies
    #[command(after_help = "Example: magiclink restore /var/backups/magiclink/2026-05-01\n\n\
                            Keys are never in a backup: copy the keys folder of the lost machine first. What was in the \
                            data folder is kept aside in it, and named.")]
    Restore {
        /// What `magiclink backup` made
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    #[command(flatten)]
    Do(Command),
}

/// `config …`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print what is in force, secrets masked
    #[command(after_help = "Example: magiclink config show")]
    Show,
}

/// `serve`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ServeArguments {
    /// Address and port; port 0 picks a free one and prints it
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Where contacts reach the service: scheme, host and port
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Take on only these parts of the service [default: all]
    #[arg(long, value_name = "ROLES", value_delimiter = ',')]
    pub(crate) roles: Vec<Role>,
    /// Send messages to the page /sandbox instead of to phones and mailboxes
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// `demo`.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArguments {
    /// Address and port; port 0 picks a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
}
