//! Samples of what can happen to a link.

use uuid::Uuid;

use super::{ANA, OLGA, sampled};
use crate::contact::Admission;
use crate::id::DeliveryId;
use crate::keys::KeyId;
use crate::link::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkEvent, LinkKind, LinkRevokedWhy, LinkStream, LinkSubject,
    Method, OpenedBy, Refusal, SessionLimits, Trial,
};
use crate::message::Words;
use crate::personal::Personal;
use crate::time::{Lifetime, Timestamp};
use crate::value::{Locale, Reason, Slug};

sampled! {
    LinkStream sealed by ANA,
    LinkEvent {
        LinkIssued,
        DeliveryRequested,
        DeliveryAttempted,
        DeliverySent,
        DeliveryConfirmed,
        DeliveryFailed,
        DeliveryUnknown,
        DeliveryPostponed,
        DeliveryRequeued,
        DeliveryCancelled,
        LinkRevealed,
        WordsTried,
        LinkOpened,
        LinkRedeemed,
        RedemptionRefused,
        SessionSeen,
        SessionEnded,
        LinkRevoked,
    },
    samples
}

const AT: Timestamp = Timestamp::from_micros(1_777_636_800_000_001);
const DELIVERY: DeliveryId = DeliveryId::from_uuid(Uuid::from_u128(0xDE1));

fn samples() -> Vec<LinkEvent> {
    [links(), deliveries(), openings(), sessions(), trials()].concat()
}

fn reason() -> Personal<Reason> {
    Personal::Known(Reason::stored("Ana lost her phone".into()))
}

fn client() -> Personal<Client> {
    Personal::Known(Client { ip: Some("2001:db8::1".parse().unwrap()), user_agent: "Mozilla/5.0 (Phone)".into() })
}

fn links() -> Vec<LinkEvent> {
    let issued = |subject, destination, kind, browser, reason| LinkEvent::LinkIssued {
        subject,
        destination,
        kind,
        expires_at: AT,
        max_uses: 10,
        key: KeyId(3),
        browser,
        reason,
    };
    let ana = LinkSubject::Contact { contact: ANA, admission: Admission(2) };
    let olga = LinkSubject::Staff(OLGA);
    let offering = Destination::Offering(Slug::stored("founders-circle".into()));
    let mut samples = vec![
        issued(ana, offering, LinkKind::StaffMade, None, Some(reason())),
        issued(ana, Destination::Home, LinkKind::SelfService, None, Some(Personal::Erased)),
        issued(olga, Destination::Home, LinkKind::SelfService, Some([0xb0; 16]), None),
        issued(olga, Destination::Home, LinkKind::Invitation, None, None),
        LinkEvent::LinkRevealed,
        LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: Some(reason()) },
        LinkEvent::LinkRevoked { why: LinkRevokedWhy::Revoked, reason: Some(Personal::Erased) },
    ];
    samples.extend(LinkRevokedWhy::ALL.iter().map(|why| LinkEvent::LinkRevoked { why: *why, reason: None }));
    samples
}

fn deliveries() -> Vec<LinkEvent> {
    let delivery = DELIVERY;
    let requested = |channel, to| LinkEvent::DeliveryRequested { delivery, channel, to };
    let mut samples = vec![
        requested(Channel::Sms, Personal::Known("+14155550100".into())),
        requested(Channel::Email, Personal::Known("ana@example.com".into())),
        requested(Channel::Email, Personal::Erased),
        LinkEvent::DeliveryAttempted { delivery, attempt: 2, at: AT },
        LinkEvent::DeliverySent { delivery, provider_id: "SM0123456789abcdef".into() },
        LinkEvent::DeliveryFailed { delivery, code: "21610".into(), words: "the number opted out".into() },
        LinkEvent::DeliveryUnknown { delivery },
        LinkEvent::DeliveryConfirmed { delivery },
        LinkEvent::DeliveryPostponed { delivery, until: AT, code: "451".into(), words: "come back later".into() },
        LinkEvent::DeliveryRequeued { delivery },
    ];
    samples.extend(CancelledWhy::ALL.iter().map(|why| LinkEvent::DeliveryCancelled { delivery, why: *why }));
    samples
}

fn openings() -> Vec<LinkEvent> {
    let mut samples = vec![
        LinkEvent::LinkOpened {
            by: OpenedBy::Person,
            client: Personal::Known(Client { ip: None, user_agent: String::new() }),
        },
        LinkEvent::LinkOpened { by: OpenedBy::Scanner, client: Personal::Erased },
        LinkEvent::RedemptionRefused { why: Refusal::Used, client: Personal::Erased },
    ];
    samples.extend(OpenedBy::ALL.iter().map(|by| LinkEvent::LinkOpened { by: *by, client: client() }));
    // A press on the link of a test is never noted.
    let noted = Refusal::ALL.iter().filter(|why| **why != Refusal::Test);
    samples.extend(noted.map(|why| LinkEvent::RedemptionRefused { why: *why, client: client() }));
    samples
}

fn sessions() -> Vec<LinkEvent> {
    let redeemed = |method, admission, client, beside| LinkEvent::LinkRedeemed {
        use_number: 1,
        method,
        nonce: [0x0c; 16],
        admission,
        at: AT,
        limits: SessionLimits { idle: Lifetime::from_days(7), absolute: Lifetime::from_days(30) },
        client,
        beside,
    };
    let mut samples = vec![
        redeemed(Method::Link, Some(Admission(2)), client(), Some(OLGA)),
        redeemed(Method::Code, Some(Admission(2)), client(), None),
        redeemed(Method::Link, None, Personal::Erased, None),
        LinkEvent::SessionSeen { use_number: 10, at: AT },
    ];
    samples.extend(EndedWhy::ALL.iter().map(|why| LinkEvent::SessionEnded { use_number: 1, why: *why }));
    samples
}

fn trials() -> Vec<LinkEvent> {
    let tried = |channel, subject: Option<&str>| {
        let words = Words { subject: subject.map(str::to_owned), text: "{{portal}}:\n{{link}}".into() };
        LinkEvent::WordsTried(Trial { channel, locale: Locale::stored("pt-BR".into()), words })
    };
    vec![tried(Channel::Email, Some("Olá {{name}}")), tried(Channel::Sms, None)]
}
