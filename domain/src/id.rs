//! Identifiers of everything that has one.
//!
//! Newtypes, so that a link id can never be handed over where a contact id is meant. New ids derive from the command
//! that makes the thing: a retry anywhere arrives at the same id.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The text is not an identifier of the kind asked for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {0:?}")]
pub struct InvalidId(pub(crate) String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these 128 bits.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The id's 128 bits.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // One spelling only: lower-case, hyphenated.
                let id = Uuid::try_parse(text).map_err(|_| InvalidId(text.to_owned()))?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(InvalidId(text.to_owned())) }
            }
        }
    };
}

id!(
    /// A contact.
    ContactId
);
id!(
    /// A staff member.
    StaffId
);
id!(
    /// A magic link; part of its token.
    LinkId
);
id!(
    /// One sending of one link over one channel.
    DeliveryId
);
id!(
    /// A bulk send: one decision that many contacts get a link.
    BulkId
);
id!(
    /// One notice to an address that a contact had.
    NoticeId
);
id!(
    /// An API token; the public part of `mlk_<id>_<secret>`.
    TokenId
);
id!(
    /// One event; derived from the command and the event's place in it.
    EventId
);
id!(
    /// One act of somebody: hash(actor, route, idempotency key). The same command id never acts twice on a stream.
    CommandId
);
id!(
    /// Whose key seals personal data: a contact's or a staff member's id.
    SubjectId
);

impl From<ContactId> for SubjectId {
    fn from(id: ContactId) -> Self {
        Self(id.0)
    }
}

impl From<StaffId> for SubjectId {
    fn from(id: StaffId) -> Self {
        Self(id.0)
    }
}

impl From<BulkId> for SubjectId {
    /// What staff said about a bulk send is sealed under a key of its own.
    fn from(id: BulkId) -> Self {
        Self(id.0)
    }
}

impl From<BulkId> for CommandId {
    /// What a bulk send's links have in common: their correlation.
    fn from(id: BulkId) -> Self {
        Self(id.0)
    }
}

impl CommandId {
    /// The command id of `key` as sent by `actor` to `route`: the same three always give the same id.
    #[must_use]
    pub fn derive(actor: &str, route: &str, key: &str) -> Self {
        Self(derived(&["command", actor, route, key]))
    }

    /// The id of the `what` that this command makes on its `nth` occasion (0 for the first).
    fn makes(self, what: &str, nth: usize) -> Uuid {
        derived(&[what, &self.to_string(), &nth.to_string()])
    }

    /// The contact this command adds.
    #[must_use]
    pub fn contact(self) -> ContactId {
        ContactId(self.makes("contact", 0))
    }

    /// The staff member this command adds.
    #[must_use]
    pub fn staff(self) -> StaffId {
        StaffId(self.makes("staff", 0))
    }

    /// The `nth` link this command issues.
    #[must_use]
    pub fn link(self, nth: usize) -> LinkId {
        LinkId(self.makes("link", nth))
    }

    /// The `nth` delivery this command requests.
    #[must_use]
    pub fn delivery(self, nth: usize) -> DeliveryId {
        DeliveryId(self.makes("delivery", nth))
    }

    /// The bulk send this command starts.
    #[must_use]
    pub fn bulk(self) -> BulkId {
        BulkId(self.makes("bulk", 0))
    }

    /// The `nth` notice this command requests.
    #[must_use]
    pub fn notice(self, nth: usize) -> NoticeId {
        NoticeId(self.makes("notice", nth))
    }

    /// The API token this command creates.
    #[must_use]
    pub fn token(self) -> TokenId {
        TokenId(self.makes("token", 0))
    }

    /// The command that this one entails for `what`, for acts that touch several streams with apart decisions.
    #[must_use]
    pub fn entails(self, what: &str) -> Self {
        Self(self.makes(what, 0))
    }

    /// The id of the `nth` event that one call appends under this command; `draw` is that call's own random number.
    #[must_use]
    pub fn event(self, draw: Uuid, nth: usize) -> EventId {
        EventId(derived(&["event", &self.to_string(), &draw.to_string(), &nth.to_string()]))
    }
}

/// UUID version 8 (RFC 9562, section 5.8) from SHA-256 over the length-prefixed parts.
fn derived(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.split_at(16).0);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// One signed-in browser: the link that let it in and which of the link's uses it was.
///
/// Written `<link id>.<use>`; the first use is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId {
    /// The link that was redeemed.
    pub link: LinkId,
    /// The use number, from 1 to the link's `max_uses`.
    pub use_number: u8,
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.link, self.use_number)
    }
}

impl FromStr for SessionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidId(text.to_owned());
        let (link, number) = text.split_once('.').ok_or_else(invalid)?;
        let use_number: u8 = number.parse().map_err(|_| invalid())?;
        let id = Self { link: link.parse()?, use_number };
        if use_number > 0 && id.to_string() == text { Ok(id) } else { Err(invalid()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_command_always_makes_the_same_things() {
        let command = CommandId::derive("staff:1", "POST /links", "k1");
        assert_eq!(command, CommandId::derive("staff:1", "POST /links", "k1"));
        assert_eq!(command.link(0), command.link(0));
        assert_ne!(command.link(0), command.link(1));
        assert_ne!(command.contact().uuid(), command.staff().uuid());
        assert_ne!(command, CommandId::derive("staff:1", "POST /link", "sk1"), "parts are length-prefixed");
    }

    #[test]
    fn an_id_has_one_spelling() {
        let text = "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d";
        assert_eq!(text.parse::<LinkId>().unwrap().to_string(), text);
        for other in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            format!("urn:uuid:{text}"),
            String::new(),
        ] {
            assert!(other.parse::<LinkId>().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_session_is_a_link_and_a_use_number() {
        let text = "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d.2";
        assert_eq!(text.parse::<SessionId>().unwrap().to_string(), text);
        for other in [
            "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d.0",
            "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d.02",
            "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d",
            ".1",
        ] {
            assert!(other.parse::<SessionId>().is_err(), "{other:?}");
        }
    }
}
