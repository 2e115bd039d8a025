//! What a button or a choice does, in few characters.
//!
//! Apart from the answers because it travels through the platform and comes back as anybody may have written it: it names
//! things by id, holds no secret, and gives no right.

use data_encoding::BASE64URL_NOPAD;
use magiclink_domain::id::{CommandId, ContactId, LinkId};
use magiclink_domain::link::Channel;
use magiclink_domain::value::Slug;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The longest an act becomes, in characters: what the stricter platform takes.
pub const MOST: usize = 100;

/// What goes on when a button is pressed or something is chosen.
///
/// `turn` names the answer that the button stands in: pressed twice, it is the same command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make the link that the turn asked for, for this contact.
    Make {
        /// Which answer.
        turn: CommandId,
        /// For whom.
        contact: ContactId,
        /// What is granted in the same step.
        grant: Option<OfferingRef>,
        /// They said so twice.
        confirmed: bool,
        /// It leads to the portal's home, whatever was asked.
        home: bool,
    },
    /// Tell how the contact stands.
    Status {
        /// Which answer.
        turn: CommandId,
        /// Who.
        contact: ContactId,
    },
    /// Send the link.
    Send {
        /// Which answer.
        turn: CommandId,
        /// Which link.
        link: LinkId,
        /// How.
        channel: Channel,
    },
    /// Show the link as a picture to be scanned.
    Qr {
        /// Which answer.
        turn: CommandId,
        /// Which link.
        link: LinkId,
    },
    /// Add the contact who was not found.
    Add {
        /// Which answer.
        turn: CommandId,
    },
    /// Make the link unusable.
    Revoke {
        /// Which answer.
        turn: CommandId,
        /// Which link.
        link: LinkId,
    },
}

/// An offering in few characters: the first eight bytes of its slug's SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferingRef([u8; 8]);

impl OfferingRef {
    /// The one of this offering.
    #[must_use]
    pub fn of(slug: &Slug) -> Self {
        let digest: [u8; 32] = Sha256::digest(slug.as_str().as_bytes()).into();
        let mut short = [0; 8];
        short.copy_from_slice(digest.split_at(8).0);
        Self(short)
    }
}

impl Act {
    /// As it travels.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Make { turn, contact, grant, confirmed, home } => {
                let flags = u8::from(*confirmed) + 2 * u8::from(*home);
                let grant = grant.map_or_else(String::new, |grant| BASE64URL_NOPAD.encode(&grant.0));
                format!("m.{}.{}.{flags}.{grant}", id(turn.uuid()), id(contact.uuid()))
            }
            Self::Status { turn, contact } => format!("c.{}.{}", id(turn.uuid()), id(contact.uuid())),
            Self::Send { turn, link, channel } => format!("s.{}.{}.{channel}", id(turn.uuid()), id(link.uuid())),
            Self::Qr { turn, link } => format!("q.{}.{}", id(turn.uuid()), id(link.uuid())),
            Self::Add { turn } => format!("a.{}", id(turn.uuid())),
            Self::Revoke { turn, link } => format!("r.{}.{}", id(turn.uuid()), id(link.uuid())),
        }
    }

    /// What [`Act::encode`] wrote; `None` for anything else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let verb = parts.next()?;
        let turn = CommandId::from_uuid(uuid(parts.next()?)?);
        if verb == "a" {
            return parts.next().is_none().then_some(Self::Add { turn });
        }
        let about = uuid(parts.next()?)?;
        let act = match verb {
            "m" => {
                let flags: u8 = parts.next()?.parse().ok().filter(|flags| *flags < 4)?;
                let grant = match parts.next()? {
                    "" => None,
                    short => Some(OfferingRef(BASE64URL_NOPAD.decode(short.as_bytes()).ok()?.try_into().ok()?)),
                };
                let contact = ContactId::from_uuid(about);
                Self::Make { turn, contact, grant, confirmed: flags & 1 == 1, home: flags & 2 == 2 }
            }
            "c" => Self::Status { turn, contact: ContactId::from_uuid(about) },
            "s" => Self::Send { turn, link: LinkId::from_uuid(about), channel: Channel::from_word(parts.next()?)? },
            "q" => Self::Qr { turn, link: LinkId::from_uuid(about) },
            "r" => Self::Revoke { turn, link: LinkId::from_uuid(about) },
            _ => return None,
        };
        parts.next().is_none().then_some(act)
    }

    /// The answer that it stands in.
    #[must_use]
    pub const fn turn(&self) -> CommandId {
        match self {
            Self::Make { turn, .. }
            | Self::Status { turn, .. }
            | Self::Send { turn, .. }
            | Self::Qr { turn, .. }
            | Self::Add { turn }
            | Self::Revoke { turn, .. } => *turn,
        }
    }
}

fn id(uuid: Uuid) -> String {
    BASE64URL_NOPAD.encode(uuid.as_bytes())
}

fn uuid(text: &str) -> Option<Uuid> {
    Uuid::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts() -> Vec<Act> {
        let turn = CommandId::derive("staff", "slack", "1");
        let (contact, link) = (turn.contact(), turn.link(0));
        let grant = Some(OfferingRef::of(&Slug::parse("founders-circle").unwrap()));
        let mut acts =
            vec![Act::Status { turn, contact }, Act::Revoke { turn, link }, Act::Qr { turn, link }, Act::Add { turn }];
        for (confirmed, home) in [(false, false), (true, false), (false, true), (true, true)] {
            for grant in [None, grant] {
                acts.push(Act::Make { turn, contact, grant, confirmed, home });
            }
        }
        acts.extend(Channel::ALL.iter().map(|channel| Act::Send { turn, link, channel: *channel }));
        acts
    }

    #[test]
    fn an_act_reads_back_and_fits_everywhere() {
        for act in acts() {
            let text = act.encode();
            assert!(text.len() <= MOST, "{text}");
            assert_eq!(Act::decode(&text), Some(act), "{text}");
        }
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        for act in acts() {
            let text = act.encode();
            for other in [format!("{text}."), format!("x{text}"), text.replace('.', "_"), text[..20].to_owned()] {
                assert_eq!(Act::decode(&other), None, "{other}");
            }
        }
        for other in ["", "m", "m...", "s.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.pigeon"] {
            assert_eq!(Act::decode(other), None, "{other}");
        }
    }
}
