//! Every kind of event in one type, for whoever reads the whole log: read models, policies, the event feed.
//!
//! Apart from the streams because none of them knows the others.

use serde::Deserialize;

use crate::bulk::{BulkEvent, BulkStream};
use crate::claim::{ClaimEvent, ClaimStream};
use crate::contact::{ContactEvent, ContactStream};
use crate::id::{BulkId, ContactId, LinkId};
use crate::keys::BlindIndex;
use crate::link::{LinkEvent, LinkStream};
use crate::log::{Metadata, Recorded};
use crate::number::{NumberEvent, NumberStream};
use crate::offering::{OfferingEvent, OfferingStream};
use crate::personal::{Sealed, SubjectKeys};
use crate::settings::{SettingsEvent, SettingsStream};
use crate::stream::Stream;
use crate::team::{TeamEvent, TeamStream};
use crate::value::Slug;
use crate::wire::{Opener, WireError, from_hex, from_json};

/// An event, with the id of what it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Of a contact.
    Contact(ContactId, ContactEvent),
    /// Of a magic link.
    Link(LinkId, LinkEvent),
    /// Of the phone number with this keyed hash.
    Number(BlindIndex, NumberEvent),
    /// Of the team.
    Team(TeamEvent),
    /// Of an offering.
    Offering(Slug, OfferingEvent),
    /// Of the settings.
    Settings(SettingsEvent),
    /// Of the external id with this keyed hash.
    Claim(BlindIndex, ClaimEvent),
    /// Of a bulk send.
    Bulk(BulkId, BulkEvent),
}

/// Reads an event and what surrounds it. Personal data whose key is not among `keys` reads as erased.
///
/// # Errors
/// [`WireError::UnknownKind`] for what a newer version wrote, any other [`WireError`] for what nobody writes.
pub fn decode(recorded: &Recorded, keys: &SubjectKeys) -> Result<(Event, Metadata), WireError> {
    let kind = recorded.kind.as_str();
    let opener = Opener { event: recorded.id, keys };
    let data = recorded.data.as_slice();
    let event = match recorded.stream.area() {
        "contact" => Event::Contact(id(recorded)?, ContactStream::decode(kind, data, &opener)?),
        "link" => Event::Link(id(recorded)?, LinkStream::decode(kind, data, &opener)?),
        "number" => Event::Number(index(recorded)?, NumberStream::decode(kind, data, &opener)?),
        "team" => Event::Team(TeamStream::decode(kind, data, &opener)?),
        "offering" => Event::Offering(slug(recorded)?, OfferingStream::decode(kind, data, &opener)?),
        "settings" => Event::Settings(SettingsStream::decode(kind, data, &opener)?),
        "claim" => Event::Claim(index(recorded)?, ClaimStream::decode(kind, data, &opener)?),
        "bulk" => Event::Bulk(id(recorded)?, BulkStream::decode(kind, data, &opener)?),
        _ => return Err(WireError::UnknownKind { kind: kind.to_owned() }),
    };
    Ok((event, Metadata::decode(&recorded.meta)?))
}

fn id<T: std::str::FromStr>(recorded: &Recorded) -> Result<T, WireError> {
    let bad = || WireError::Value { kind: recorded.kind.clone(), field: "stream" };
    recorded.stream.id().and_then(|id| id.parse().ok()).ok_or_else(bad)
}

fn index(recorded: &Recorded) -> Result<BlindIndex, WireError> {
    from_hex(&recorded.kind, "stream", recorded.stream.id().unwrap_or_default()).map(BlindIndex)
}

fn slug(recorded: &Recorded) -> Result<Slug, WireError> {
    let bad = || WireError::Value { kind: recorded.kind.clone(), field: "stream" };
    recorded.stream.id().map(|slug| Slug::stored(slug.to_owned())).ok_or_else(bad)
}

/// The sealed personal data of an event, verbatim, for rows that keep it sealed. Every stored type keeps it in a field
/// named `sealed`; `None` where there is none.
///
/// # Errors
/// [`WireError::Decode`] where the data is no JSON object.
pub fn sealed(recorded: &Recorded) -> Result<Option<Sealed>, WireError> {
    #[derive(Deserialize)]
    struct AnyV1 {
        sealed: Option<String>,
    }
    from_json(&recorded.kind, &recorded.data).map(|any: AnyV1| any.sealed.map(Sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, Origin};
    use crate::id::{CommandId, EventId, SubjectId};
    use crate::link::{Client, OpenedBy};
    use crate::log::{Position, StreamName};
    use crate::personal::{Personal, SubjectKey};
    use crate::time::Timestamp;
    use crate::wire::Sealer;
    use uuid::Uuid;

    fn meta() -> Metadata {
        let command = CommandId::derive("system", "test", "1");
        Metadata {
            at: Timestamp::from_micros(1),
            actor: Actor::System,
            origin: Origin::System,
            command,
            correlation: command,
            fingerprint: None,
            subject: None,
        }
    }

    fn recorded(stream: &str, kind: &str, data: Vec<u8>) -> Recorded {
        Recorded {
            position: Position::new(1),
            stream: StreamName::new(stream),
            version: 0,
            id: EventId::from_uuid(Uuid::from_u128(5)),
            kind: kind.to_owned(),
            data,
            meta: meta().encode().unwrap(),
            recorded_at: Timestamp::from_micros(2),
        }
    }

    #[test]
    fn an_event_is_read_by_its_stream() {
        let contact = ContactId::from_uuid(Uuid::from_u128(7));
        let name = ContactStream::name(contact);
        let read =
            decode(&recorded(name.as_str(), "contact.portal_previewed.v1", b"{}".to_vec()), &SubjectKeys::default());
        assert_eq!(read.unwrap(), (Event::Contact(contact, ContactEvent::PortalPreviewed), meta()));
        let number = recorded(&format!("number-{}", "0f".repeat(16)), "number.sms_opted_out.v1", b"{}".to_vec());
        let opted_out = Event::Number(BlindIndex([0x0f; 16]), NumberEvent::SmsOptedOut);
        assert_eq!(decode(&number, &SubjectKeys::default()).unwrap().0, opted_out);
        for (stream, kind) in [("unheard-of", "contact.added.v1"), (name.as_str(), "contact.added.v99")] {
            let refused = decode(&recorded(stream, kind, b"{}".to_vec()), &SubjectKeys::default());
            assert!(matches!(refused, Err(WireError::UnknownKind { .. })), "{stream} {kind}");
        }
        let nobody = recorded("contact-x", "contact.portal_previewed.v1", b"{}".to_vec());
        assert!(matches!(decode(&nobody, &SubjectKeys::default()), Err(WireError::Value { field: "stream", .. })));
    }

    #[test]
    fn sealed_data_is_copied_verbatim_and_opens_with_its_event() {
        let subject = SubjectId::from_uuid(Uuid::from_u128(9));
        let key = SubjectKey::new(subject, [3; 32]);
        let client = Client { ip: None, user_agent: "Firefox".into() };
        let event = LinkEvent::LinkOpened { by: OpenedBy::Person, client: Personal::Known(client.clone()) };
        let id = EventId::from_uuid(Uuid::from_u128(5));
        let sealer = Sealer { event: id, key: Some(&key), nonce: [1; 12] };
        let encoded = LinkStream::encode(&event, &sealer).unwrap();
        let copied = sealed(&recorded("link-x", encoded.kind, encoded.data)).unwrap().unwrap();
        let keys: SubjectKeys = [key].into_iter().collect();
        let opener = Opener { event: id, keys: &keys };
        assert_eq!(LinkStream::open_client(encoded.kind, copied.clone(), &opener).unwrap(), Personal::Known(client));
        let opener = Opener { event: EventId::from_uuid(Uuid::from_u128(6)), keys: &keys };
        assert!(matches!(LinkStream::open_client(encoded.kind, copied, &opener), Err(WireError::Altered { .. })));
    }
}
