//! Samples of what can happen to a contact.

use super::{ANA, sampled};
use crate::contact::{Admission, ContactEvent, ContactStream, Details, RenewedWhy, RowDigest};
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
        PortalPreviewed,
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
    samples
}
