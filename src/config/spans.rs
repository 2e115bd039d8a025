//! How long links and sessions may last, where the keys do not say it each for itself.
//!
//! Apart from the sections because these are rules of the product and of the session cookie, which no key can change.

use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::LEAST_IDLE;

use super::ConfigError;
use super::sections::{Links, Sessions};

impl Links {
    /// How long a link works where nobody says.
    pub(crate) fn default_lifetime(&self) -> Lifetime {
        self.default_lifetime.unwrap_or_else(|| Lifetime::DAY.min(self.max_lifetime))
    }

    /// Refuses links that outlive what the product or the operator allows.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let (usual, most, longest) = (self.default_lifetime(), self.max_lifetime, Lifetime::LONGEST);
        if most > longest {
            return refused(
                "links.max_lifetime",
                format!("{most} is too long: no link works longer than {longest}, so set at most \"{longest}\""),
            );
        }
        if usual > most {
            return refused(
                "links.default_lifetime",
                format!("{usual} is longer than links.max_lifetime allows: set at most \"{most}\""),
            );
        }
        Ok(())
    }
}

impl Sessions {
    /// Refuses idle limits that would sign out people who never rested.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, idle) in [("contact_idle", self.contact_idle), ("staff_idle", self.staff_idle)] {
            if idle < LEAST_IDLE {
                return refused(
                    &format!("sessions.{key}"),
                    format!("{idle} would sign out people in the middle of their work: set at least \"{LEAST_IDLE}\""),
                );
            }
        }
        Ok(())
    }
}

fn refused(key: &str, reason: String) -> Result<(), ConfigError> {
    Err(ConfigError::Together { key: key.to_owned(), reason })
}
