//! Samples of what can happen to a contact.

use super::{ANA, sampled};
use uuid::Uuid;

use crate::contact::{Admission, ContactEvent, ContactStream, Details, NoticeOutcome, RenewedWhy, RowDigest};
use crate::id::NoticeId;
use crate::link::Channel;
use crate::personal::Personal;
use crate::time::Timestamp;
use crate::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Reason, Slug};

sampled! {
    ContactStream sealed by ANA,
    ContactEvent {
        ContactAdded,
        ContactDetailsChanged,
        AccessGranted,
        AccessRevoked,
        AdmissionsRenewed,
        NoticeRequested,
        NoticeAttempted,
        NoticePostponed,
        NoticeSettled,
        PortalPreviewed,
        SignInDisputed,
        ErasureRequested,
        ContactErased,
    },
    samples
}

fn whole() -> Details {
    Details {
        name: Name::stored("Ána “Nana” O'Good <b>".into()),
        email: Some(EmailAddress::stored("ana@example.com".into())),
        phone: Some(PhoneNumber::stored("+14155550100".into())),
        locale: Some(Locale::stored("pt-BR".into())),
        external_id: Some(ExternalId::stored("crm-000001".into())),
        attributes: vec![("tags".into(), "vip;2024".into()), ("created".into(), "2024-02-29".into())],
        row: Some(RowDigest([0xab; 16])),
    }
}

fn bare() -> Details {
    Details {
        name: Name::stored("Ana".into()),
        email: None,
        phone: None,
        locale: None,
        external_id: None,
        attributes: vec![],
        row: None,
    }
}

fn samples() -> Vec<ContactEvent> {
    let offering = || Slug::stored("founders-circle".into());
    let mut samples = vec![
        ContactEvent::ContactAdded { details: Personal::Known(whole()) },
        ContactEvent::ContactAdded { details: Personal::Known(bare()) },
        ContactEvent::ContactAdded { details: Personal::Erased },
        ContactEvent::ContactDetailsChanged { details: Personal::Known(whole()) },
        ContactEvent::ContactDetailsChanged { details: Personal::Erased },
        ContactEvent::AccessGranted { offering: offering(), until: None },
        ContactEvent::AccessGranted {
            offering: offering(),
            until: Some(Timestamp::from_micros(1_777_636_800_000_001)),
        },
        ContactEvent::AccessRevoked { offering: offering(), reason: None },
        ContactEvent::AccessRevoked {
            offering: offering(),
            reason: Some(Personal::Known(Reason::stored("left the course".into()))),
        },
        ContactEvent::AccessRevoked { offering: offering(), reason: Some(Personal::Erased) },
        ContactEvent::PortalPreviewed,
        ContactEvent::ErasureRequested,
        ContactEvent::ContactErased,
    ];
    samples.extend(
        RenewedWhy::ALL.into_iter().map(|why| ContactEvent::AdmissionsRenewed { admission: Admission(7), why }),
    );
    samples.extend(notices());
    samples.push(ContactEvent::SignInDisputed);
    samples
}

fn notices() -> Vec<ContactEvent> {
    let notice = NoticeId::from_uuid(Uuid::from_u128(0x0DE));
    let at = Timestamp::from_micros(1_777_636_800_000_001);
    let requested = |channel, to| ContactEvent::NoticeRequested { notice, channel, to, at };
    let settled = |outcome| ContactEvent::NoticeSettled { notice, outcome };
    let (code, words) = (|| "550".to_owned(), || "there is no such mailbox".to_owned());
    vec![
        requested(Channel::Email, Personal::Known("ana@example.com".into())),
        requested(Channel::Sms, Personal::Known("+14155550100".into())),
        requested(Channel::Email, Personal::Erased),
        ContactEvent::NoticeAttempted { notice, at },
        ContactEvent::NoticePostponed { notice, until: at, code: code(), words: words() },
        settled(NoticeOutcome::Sent),
        settled(NoticeOutcome::Failed { code: code(), words: words() }),
        settled(NoticeOutcome::Unknown),
        settled(NoticeOutcome::Cancelled {
            code: "sms_opted_out".into(),
            words: "this number has opted out of text messages".into(),
        }),
    ]
}
