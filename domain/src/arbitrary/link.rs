//! Anything that could happen to a link.

use std::net::IpAddr;

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::value::{contact, few, instant, personal, reason, slug, staff};
use crate::contact::Admission;
use crate::id::DeliveryId;
use crate::keys::KeyId;
use crate::link::{
    CancelledWhy, Channel, Client, Destination, EndedWhy, LinkEvent, LinkKind, LinkRevokedWhy, LinkStream, LinkSubject,
    Method, OpenedBy, Refusal, SessionLimits, Trial,
};
use crate::message::Words;
use crate::time::Lifetime;
use crate::value::Locale;

impl super::Arbitrary for LinkStream {
    fn any_event() -> BoxedStrategy<LinkEvent> {
        let opened = (select(OpenedBy::ALL), client());
        let refused = (select(Refusal::ALL), client());
        prop_oneof![
            issued(),
            delivery_event(),
            redeemed(),
            Just(LinkEvent::LinkRevealed),
            tried(),
            opened.prop_map(|(by, client)| LinkEvent::LinkOpened { by, client }),
            refused.prop_map(|(why, client)| LinkEvent::RedemptionRefused { why, client }),
            (any::<u8>(), instant()).prop_map(|(use_number, at)| LinkEvent::SessionSeen { use_number, at }),
            (any::<u8>(), select(EndedWhy::ALL))
                .prop_map(|(use_number, why)| LinkEvent::SessionEnded { use_number, why }),
            (select(LinkRevokedWhy::ALL), reason()).prop_map(|(why, reason)| LinkEvent::LinkRevoked { why, reason }),
        ]
        .boxed()
    }
}

fn issued() -> impl Strategy<Value = LinkEvent> {
    let subject = prop_oneof![
        (contact(), any::<u32>()).prop_map(|(contact, n)| LinkSubject::Contact { contact, admission: Admission(n) }),
        staff().prop_map(LinkSubject::Staff),
    ];
    let destination = of(slug()).prop_map(|slug| slug.map_or(Destination::Home, Destination::Offering));
    let rest = (select(LinkKind::ALL), instant(), any::<u8>(), any::<u8>(), of(any::<[u8; 16]>()), reason());
    (subject, destination, rest).prop_map(
        |(subject, destination, (kind, expires_at, max_uses, key, browser, reason))| {
            let key = KeyId(key);
            LinkEvent::LinkIssued { subject, destination, kind, expires_at, max_uses, key, browser, reason }
        },
    )
}

fn tried() -> impl Strategy<Value = LinkEvent> {
    (select(Channel::ALL), "[a-z]{2}", of(any::<String>()), any::<String>()).prop_map(
        |(channel, locale, subject, text)| {
            let words = Words { subject, text };
            LinkEvent::WordsTried(Trial { channel, locale: Locale::stored(locale), words })
        },
    )
}

fn delivery() -> impl Strategy<Value = DeliveryId> {
    few().prop_map(DeliveryId::from_uuid)
}

fn delivery_event() -> impl Strategy<Value = LinkEvent> {
    prop_oneof![
        (delivery(), select(Channel::ALL), personal(any::<String>()))
            .prop_map(|(delivery, channel, to)| LinkEvent::DeliveryRequested { delivery, channel, to }),
        (delivery(), any::<u32>(), instant()).prop_map(|(delivery, attempt, at)| LinkEvent::DeliveryAttempted {
            delivery,
            attempt,
            at
        }),
        (delivery(), any::<String>())
            .prop_map(|(delivery, provider_id)| LinkEvent::DeliverySent { delivery, provider_id }),
        (delivery(), any::<String>(), any::<String>()).prop_map(|(delivery, code, words)| LinkEvent::DeliveryFailed {
            delivery,
            code,
            words
        }),
        delivery().prop_map(|delivery| LinkEvent::DeliveryUnknown { delivery }),
        delivery().prop_map(|delivery| LinkEvent::DeliveryConfirmed { delivery }),
        delivery().prop_map(|delivery| LinkEvent::DeliveryRequeued { delivery }),
        (delivery(), instant(), any::<String>(), any::<String>()).prop_map(|(delivery, until, code, words)| {
            LinkEvent::DeliveryPostponed { delivery, until, code, words }
        }),
        (delivery(), select(CancelledWhy::ALL))
            .prop_map(|(delivery, why)| LinkEvent::DeliveryCancelled { delivery, why }),
    ]
}

fn client() -> impl Strategy<Value = crate::personal::Personal<Client>> {
    personal((of(any::<IpAddr>()), any::<String>()).prop_map(|(ip, user_agent)| Client { ip, user_agent }))
}

fn redeemed() -> impl Strategy<Value = LinkEvent> {
    let limits = (any::<u64>(), any::<u64>())
        .prop_map(|(idle, all)| SessionLimits { idle: Lifetime::from_secs(idle), absolute: Lifetime::from_secs(all) });
    let who = (of(any::<u32>().prop_map(Admission)), client(), of(staff()));
    (any::<u8>(), select(Method::ALL), any::<[u8; 16]>(), instant(), limits, who).prop_map(
        |(use_number, method, nonce, at, limits, (admission, client, beside))| LinkEvent::LinkRedeemed {
            use_number,
            method,
            nonce,
            admission,
            at,
            limits,
            client,
            beside,
        },
    )
}
