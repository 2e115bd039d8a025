//! Anything that could happen to a contact.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::value::{email, few, instant, name, personal, reason, slug};
use crate::contact::{Admission, ContactEvent, ContactStream, Details, NoticeOutcome, RenewedWhy, RowDigest};
use crate::id::NoticeId;
use crate::link::Channel;
use crate::value::{ExternalId, Locale, PhoneNumber};

impl super::Arbitrary for ContactStream {
    fn any_event() -> BoxedStrategy<ContactEvent> {
        let renewed = (any::<u32>(), select(&RenewedWhy::ALL[..]));
        prop_oneof![
            personal(details()).prop_map(|details| ContactEvent::ContactAdded { details }),
            personal(details()).prop_map(|details| ContactEvent::ContactDetailsChanged { details }),
            (slug(), of(instant())).prop_map(|(offering, until)| ContactEvent::AccessGranted { offering, until }),
            (slug(), reason()).prop_map(|(offering, reason)| ContactEvent::AccessRevoked { offering, reason }),
            renewed.prop_map(|(n, why)| ContactEvent::AdmissionsRenewed { admission: Admission(n), why }),
            notice_event(),
            Just(ContactEvent::PortalPreviewed),
            Just(ContactEvent::SignInDisputed),
            Just(ContactEvent::ErasureRequested),
            Just(ContactEvent::ContactErased),
        ]
        .boxed()
    }
}

fn notice_event() -> impl Strategy<Value = ContactEvent> {
    let notice = || few().prop_map(NoticeId::from_uuid);
    let said = || (".{0,10}", ".{0,10}");
    let outcome = prop_oneof![
        Just(NoticeOutcome::Sent),
        Just(NoticeOutcome::Unknown),
        said().prop_map(|(code, words)| NoticeOutcome::Failed { code, words }),
        said().prop_map(|(code, words)| NoticeOutcome::Cancelled { code, words }),
    ];
    prop_oneof![
        (notice(), select(Channel::ALL), personal(".{0,20}"), instant())
            .prop_map(|(notice, channel, to, at)| ContactEvent::NoticeRequested { notice, channel, to, at }),
        (notice(), instant()).prop_map(|(notice, at)| ContactEvent::NoticeAttempted { notice, at }),
        (notice(), instant(), said()).prop_map(|(notice, until, (code, words))| ContactEvent::NoticePostponed {
            notice,
            until,
            code,
            words
        }),
        (notice(), outcome).prop_map(|(notice, outcome)| ContactEvent::NoticeSettled { notice, outcome }),
    ]
}

fn details() -> impl Strategy<Value = Details> {
    (
        name(),
        of(email()),
        of("\\+[1-9][0-9]{5,14}"),
        of("[a-z]{2}(-[A-Z]{2})?"),
        of("\\PC{1,10}"),
        vec((any::<String>(), any::<String>()), 0..3),
        of(any::<[u8; 16]>()),
    )
        .prop_map(|(name, email, phone, locale, external_id, attributes, row)| Details {
            name,
            email,
            phone: phone.map(PhoneNumber::stored),
            locale: locale.map(Locale::stored),
            external_id: external_id.map(ExternalId::stored),
            attributes,
            row: row.map(RowDigest),
        })
}
