//! Who may do what: the one table, deny by default, and the question put to it.
//!
//! Apart from the streams because console, API, command line and chat all ask the same question of the same table.

use std::fmt;
use std::str::FromStr;

use crate::id::ContactId;
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};
use crate::value::InvalidValue;

/// How long after signing in an owner may do what [`Permission::SignedInRecently`] guards.
pub const RECENTLY: Lifetime = Lifetime::from_mins(15);

/// What a staff member or an API token may do; [`permission`] is the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Owner,
    /// Contacts, grants and links.
    Agent,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Agent, Self::Auditor];

    /// The stored and shown word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Agent => "agent",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or(InvalidValue::new("role", "a role is owner, agent or auditor"))
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident),+ $(,)?) => {
        /// What somebody wants to do, as coarse as the table treats acts alike.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act {
            $($(#[$doc])* $act),+
        }

        impl Act {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$act),+];
        }
    };
}

acts! {
    /// Read contacts, links, offerings and history.
    Read,
    /// Run reports.
    RunReports,
    /// Verify the log.
    VerifyLog,
    /// Read events with their personal fields.
    ReadPersonalEvents,
    /// Read who is in the team and which API tokens there are.
    ReadTeam,
    /// Add, import and change contacts, their addresses apart.
    ManageContacts,
    /// Grant and revoke access.
    ManageAccess,
    /// Add, change and archive offerings.
    ManageOfferings,
    /// Issue, check, send and revoke links.
    ManageLinks,
    /// End sessions of contacts.
    EndSessions,
    /// See the portal as a contact.
    Preview,
    /// See a link, its code and QR; [`may_reveal`] asks the setting too.
    RevealLink,
    /// Change or remove a contact's address: links and sessions die.
    ChangeAddress,
    /// Send to many contacts at once.
    BulkSend,
    /// Issue a link that lives longer than [`Lifetime::WELCOME`].
    LongLifetime,
    /// Erase a contact.
    EraseContact,
    /// Add and remove staff members, change roles, make sign-in links for them.
    ManageStaff,
    /// Make and revoke API tokens.
    ManageTokens,
    /// Change settings and templates.
    ManageSettings,
    /// Stage, activate and retire keys.
    ManageKeys,
    /// Stop and resume issuing and redeeming.
    StopAndResume,
}

/// What the table says to a role and an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// May.
    Yes,
    /// May, after saying so twice.
    WithConfirmation,
    /// May, within [`RECENTLY`] of signing in.
    SignedInRecently,
    /// May not.
    No,
}

/// The table.
#[must_use]
pub const fn permission(role: Role, act: Act) -> Permission {
    use Permission::{No, SignedInRecently, WithConfirmation, Yes};
    let (owner, agent, auditor) = match act {
        Act::Read | Act::RunReports | Act::VerifyLog => (Yes, Yes, Yes),
        Act::ReadPersonalEvents => (Yes, No, Yes),
        Act::ReadTeam => (Yes, No, No),
        Act::ManageContacts
        | Act::ManageAccess
        | Act::ManageOfferings
        | Act::ManageLinks
        | Act::EndSessions
        | Act::Preview
        | Act::RevealLink => (Yes, Yes, No),
        Act::ChangeAddress | Act::BulkSend | Act::LongLifetime => (Yes, WithConfirmation, No),
        Act::EraseContact
        | Act::ManageStaff
        | Act::ManageTokens
        | Act::ManageSettings
        | Act::ManageKeys
        | Act::StopAndResume => (SignedInRecently, No, No),
    };
    match role {
        Role::Owner => owner,
        Role::Agent => agent,
        Role::Auditor => auditor,
    }
}

/// In whose right somebody acts, as folded from the log for this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A staff member, an API token, or the operator at the host's command line.
    Role {
        /// What they may do.
        role: Role,
        /// When they signed in; `None` for API tokens and the command line, which are fresh by nature.
        signed_in_at: Option<Timestamp>,
        /// They said so twice.
        confirmed: bool,
        /// It is an API token: not even an owner's makes staff or tokens.
        token: bool,
    },
    /// Magiclink itself: policies and the first start.
    System,
    /// A contact. Their own acts are use cases of their own; this table gives them nothing.
    Contact(ContactId),
    /// Nobody that we know.
    Nobody,
}

/// Whether `authority` may do `act` at `now`.
///
/// # Errors
/// [`Rejection::Unauthenticated`], [`Rejection::Forbidden`], [`Rejection::NotByToken`], [`Rejection::ConfirmationRequired`] or
/// [`Rejection::SignInAgain`].
pub fn authorise(authority: &Authority, act: Act, now: Timestamp) -> Result<(), Rejection> {
    let (role, signed_in_at, confirmed) = match *authority {
        Authority::System => return Ok(()),
        Authority::Nobody => return Err(Rejection::Unauthenticated),
        Authority::Contact(_) => return Err(Rejection::Forbidden),
        // A stolen token must not be able to outlive its own revocation.
        Authority::Role { token: true, .. } if matches!(act, Act::ManageStaff | Act::ManageTokens) => {
            return Err(Rejection::NotByToken);
        }
        Authority::Role { role, signed_in_at, confirmed, token: _ } => (role, signed_in_at, confirmed),
    };
    match permission(role, act) {
        Permission::Yes => Ok(()),
        Permission::WithConfirmation if confirmed => Ok(()),
        Permission::WithConfirmation => Err(Rejection::ConfirmationRequired),
        Permission::SignedInRecently if signed_in_at.is_none_or(|at| now < at.plus(RECENTLY)) => Ok(()),
        Permission::SignedInRecently => Err(Rejection::SignInAgain),
        Permission::No => Err(Rejection::Forbidden),
    }
}

/// Who may see links, codes and QR codes: the setting `links.reveal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reveal {
    /// Whoever may make links.
    #[default]
    Always,
    /// Owners alone.
    Owner,
    /// Nobody: links are sent, never shown.
    Never,
}

impl Reveal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Always, Self::Owner, Self::Never];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Owner => "owner",
            Self::Never => "never",
        }
    }
}

impl FromStr for Reveal {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reveal = Self::ALL.into_iter().find(|reveal| reveal.as_str() == text);
        reveal.ok_or(InvalidValue::new("reveal", "links.reveal is always, owner or never"))
    }
}

/// Whether `authority` may see a link, its code and QR under the setting.
#[must_use]
pub const fn may_reveal(authority: &Authority, setting: Reveal) -> bool {
    let (owner, allowed) = match authority {
        Authority::System => (true, true),
        Authority::Role { role, .. } => {
            (matches!(role, Role::Owner), matches!(permission(*role, Act::RevealLink), Permission::Yes))
        }
        Authority::Contact(_) | Authority::Nobody => (false, false),
    };
    match setting {
        Reveal::Always => allowed,
        Reveal::Owner => allowed && owner,
        Reveal::Never => false,
    }
}

#[cfg(test)]
mod tests;
