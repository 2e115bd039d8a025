//! The words of `staff` and `token`.

use clap::Subcommand;
use serde::{Deserialize, Serialize};

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
