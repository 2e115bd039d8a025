//! Short names for events, as tests tell them.

use magiclink_domain::contact::{Admission, ContactEvent, ContactStream, Details, RenewedWhy};
use magiclink_domain::id::{ContactId, DeliveryId, LinkId};
use magiclink_domain::keys::KeyId;
use magiclink_domain::link::{
    Channel, Client, Destination, LinkEvent, LinkKind, LinkStream, LinkSubject, Method, OpenedBy, SessionLimits,
};
use magiclink_domain::log::Position;
use magiclink_domain::message::Words;
use magiclink_domain::offering::{OfferingEvent, OfferingKind, OfferingStream};
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::Clock;
use magiclink_domain::settings::SettingsEvent;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_domain::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Reason, Slug, Title};
use uuid::Uuid;

use super::World;

pub(crate) const ADDRESS: &str = "203.0.113.7";

pub(crate) fn details(name: &str, email: &str, phone: &str, external_id: &str) -> Details {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Details {
        name: Name::parse(name).unwrap(),
        email: given(email).map(EmailAddress::stored),
        phone: given(phone).map(PhoneNumber::stored),
        locale: None,
        external_id: given(external_id).map(ExternalId::stored),
        attributes: vec![],
        row: None,
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn delivery(number: u128) -> DeliveryId {
    DeliveryId::from_uuid(Uuid::from_u128(0xd_0000_0000 + number))
}

pub(crate) fn client() -> Personal<Client> {
    Personal::Known(Client { ip: Some(ADDRESS.parse().unwrap()), user_agent: "Firefox on a phone".into() })
}

pub(crate) fn reason(text: &str) -> Personal<Reason> {
    Personal::Known(Reason::parse(text).unwrap().unwrap())
}

pub(crate) fn limits() -> SessionLimits {
    SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) }
}

impl World {
    pub(crate) async fn contact(&self, contact: ContactId, event: ContactEvent) -> Position {
        self.append::<ContactStream>(&ContactStream::name(contact), Some(contact.into()), event).await
    }

    pub(crate) async fn add(&self, contact: ContactId, details: Details) -> Position {
        self.contact(contact, ContactEvent::ContactAdded { details: Personal::Known(details) }).await
    }

    pub(crate) async fn grant(&self, contact: ContactId, offering: &str, until: Option<Timestamp>) -> Position {
        self.contact(contact, ContactEvent::AccessGranted { offering: slug(offering), until }).await
    }

    pub(crate) async fn renew(&self, contact: ContactId, admission: u32) -> Position {
        let why = RenewedWhy::LinksRevoked;
        self.contact(contact, ContactEvent::AdmissionsRenewed { admission: Admission(admission), why }).await
    }

    pub(crate) async fn offer(&self, offering: &str, title: &str) -> Position {
        let slug = slug(offering);
        let event =
            OfferingEvent::OfferingAdded { kind: OfferingKind::Course, title: Title::parse(title).unwrap(), url: None };
        self.append::<OfferingStream>(&OfferingStream::name(&slug), None, event).await
    }

    pub(crate) async fn link(&self, contact: ContactId, link: LinkId, event: LinkEvent) -> Position {
        self.append::<LinkStream>(&LinkStream::name(link), Some(contact.into()), event).await
    }

    pub(crate) async fn issue(&self, contact: ContactId, link: LinkId, admission: u32) -> Position {
        self.link(contact, link, issued(contact, admission, self.clock.now().plus(Lifetime::DAY))).await
    }

    pub(crate) async fn redeem(&self, contact: ContactId, link: LinkId, use_number: u8, admission: u32) -> Position {
        let event = redeemed(use_number, admission, self.clock.now());
        self.link(contact, link, event).await
    }
}

pub(crate) fn issued(contact: ContactId, admission: u32, expires_at: Timestamp) -> LinkEvent {
    LinkEvent::LinkIssued {
        subject: LinkSubject::Contact { contact, admission: Admission(admission) },
        destination: Destination::Home,
        kind: LinkKind::StaffMade,
        expires_at,
        max_uses: 2,
        key: KeyId(1),
        browser: None,
        reason: Some(reason("asked on the phone")),
    }
}

pub(crate) fn redeemed(use_number: u8, admission: u32, at: Timestamp) -> LinkEvent {
    LinkEvent::LinkRedeemed {
        use_number,
        method: Method::Link,
        nonce: [use_number; 16],
        admission: Some(Admission(admission)),
        at,
        limits: limits(),
        client: client(),
        beside: None,
    }
}

pub(crate) fn requested(delivery: DeliveryId) -> LinkEvent {
    LinkEvent::DeliveryRequested { delivery, channel: Channel::Sms, to: Personal::Known("+14155550100".into()) }
}

pub(crate) fn opened() -> LinkEvent {
    LinkEvent::LinkOpened { by: OpenedBy::Person, client: client() }
}

/// Other words for text messages in this language; `None` restores them.
pub(crate) fn changed_words(locale: &str, text: Option<&str>) -> SettingsEvent {
    SettingsEvent::TemplateChanged {
        channel: Channel::Sms,
        locale: Locale::stored(locale.to_owned()),
        words: text.map(|text| Words { subject: None, text: text.to_owned() }),
    }
}
