//! The stored form of a contact's events. One private struct per stored version; never changed once written.

mod notices;

use serde::{Deserialize, Serialize};

use super::event::{Admission, ContactEvent, Details, RenewedWhy, RowDigest};
use crate::personal::Personal;
use crate::stream::Encoded;
use crate::time::Timestamp;
use crate::value::{EmailAddress, ExternalId, Locale, Name, PhoneNumber, Reason, Slug};
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

const ADDED: &str = "contact.added.v1";
const DETAILS_CHANGED: &str = "contact.details_changed.v1";
const GRANTED: &str = "contact.access_granted.v1";
const REVOKED: &str = "contact.access_revoked.v1";
const RENEWED: &str = "contact.admissions_renewed.v1";
const PREVIEWED: &str = "contact.portal_previewed.v1";
const DISPUTED: &str = "contact.sign_in_disputed.v1";
const ERASURE_REQUESTED: &str = "contact.erasure_requested.v1";
const ERASED: &str = "contact.erased.v1";

/// `sealed`: [`DetailsV1`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetailsV1 {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantedV1 {
    offering: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until_us: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokedV1 {
    offering: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_reason: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenewedV1 {
    admission: u32,
    why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmptyV1 {}

pub(super) fn encode(event: &ContactEvent, sealer: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        ContactEvent::ContactAdded { details } => (ADDED, sealed_details(ADDED, details, sealer)?),
        ContactEvent::ContactDetailsChanged { details } => {
            (DETAILS_CHANGED, sealed_details(DETAILS_CHANGED, details, sealer)?)
        }
        ContactEvent::AccessGranted { offering, until } => {
            let wire = GrantedV1 { offering: offering.to_string(), until_us: until.map(Timestamp::micros) };
            (GRANTED, to_json(GRANTED, &wire)?)
        }
        ContactEvent::AccessRevoked { offering, reason } => {
            let sealed = match reason {
                Some(reason) => sealer.seal(REVOKED, reason, |reason| reason.as_str().to_owned())?,
                None => None,
            };
            (
                REVOKED,
                to_json(REVOKED, &RevokedV1 { offering: offering.to_string(), with_reason: reason.is_some(), sealed })?,
            )
        }
        ContactEvent::AdmissionsRenewed { admission, why } => {
            (RENEWED, to_json(RENEWED, &RenewedV1 { admission: admission.0, why: why.as_str().to_owned() })?)
        }
        ContactEvent::NoticeRequested { .. }
        | ContactEvent::NoticeAttempted { .. }
        | ContactEvent::NoticePostponed { .. }
        | ContactEvent::NoticeSettled { .. } => notices::encode(event, sealer)?,
        ContactEvent::PortalPreviewed => (PREVIEWED, to_json(PREVIEWED, &EmptyV1 {})?),
        ContactEvent::SignInDisputed => (DISPUTED, to_json(DISPUTED, &EmptyV1 {})?),
        ContactEvent::ErasureRequested => (ERASURE_REQUESTED, to_json(ERASURE_REQUESTED, &EmptyV1 {})?),
        ContactEvent::ContactErased => (ERASED, to_json(ERASED, &EmptyV1 {})?),
    };
    Ok(Encoded { kind, data })
}

fn sealed_details(kind: &'static str, details: &Personal<Details>, sealer: &Sealer<'_>) -> Result<Vec<u8>, WireError> {
    to_json(kind, &SealedV1 { sealed: sealer.seal(kind, details, |details| DetailsV1::from(details))? })
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<ContactEvent, WireError> {
    Ok(match kind {
        ADDED => ContactEvent::ContactAdded { details: opened_details(kind, data, opener)? },
        DETAILS_CHANGED => ContactEvent::ContactDetailsChanged { details: opened_details(kind, data, opener)? },
        GRANTED => {
            let wire: GrantedV1 = from_json(kind, data)?;
            ContactEvent::AccessGranted {
                offering: Slug::stored(wire.offering),
                until: wire.until_us.map(Timestamp::from_micros),
            }
        }
        REVOKED => {
            let wire: RevokedV1 = from_json(kind, data)?;
            let reason = opener.open(kind, wire.sealed, |text: String| Ok(Reason::stored(text)))?;
            ContactEvent::AccessRevoked {
                offering: Slug::stored(wire.offering),
                reason: wire.with_reason.then_some(reason),
            }
        }
        RENEWED => {
            let wire: RenewedV1 = from_json(kind, data)?;
            let why = RenewedWhy::ALL.into_iter().find(|why| why.as_str() == wire.why);
            ContactEvent::AdmissionsRenewed {
                admission: Admission(wire.admission),
                why: why.ok_or_else(|| WireError::Value { kind: kind.to_owned(), field: "why" })?,
            }
        }
        PREVIEWED => empty(kind, data, ContactEvent::PortalPreviewed)?,
        DISPUTED => empty(kind, data, ContactEvent::SignInDisputed)?,
        ERASURE_REQUESTED => empty(kind, data, ContactEvent::ErasureRequested)?,
        ERASED => empty(kind, data, ContactEvent::ContactErased)?,
        notice => notices::decode(notice, data, opener)?,
    })
}

fn empty(kind: &str, data: &[u8], event: ContactEvent) -> Result<ContactEvent, WireError> {
    from_json(kind, data).map(|EmptyV1 {}| event)
}

fn opened_details(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<Personal<Details>, WireError> {
    let wire: SealedV1 = from_json(kind, data)?;
    open_details(kind, wire.sealed, opener)
}

pub(super) fn open_details(
    kind: &str, sealed: Option<String>, opener: &Opener<'_>,
) -> Result<Personal<Details>, WireError> {
    opener.open(kind, sealed, |details: DetailsV1| {
        details.try_into().map_err(|field| WireError::Value { kind: kind.to_owned(), field })
    })
}

impl From<&Details> for DetailsV1 {
    fn from(details: &Details) -> Self {
        Self {
            name: details.name.to_string(),
            email: details.email.as_ref().map(ToString::to_string),
            phone: details.phone.as_ref().map(ToString::to_string),
            locale: details.locale.as_ref().map(ToString::to_string),
            external_id: details.external_id.as_ref().map(ToString::to_string),
            attributes: details.attributes.clone(),
            row: details.row.map(|row| data_encoding::HEXLOWER.encode(&row.0)),
        }
    }
}

impl TryFrom<DetailsV1> for Details {
    type Error = &'static str;

    fn try_from(wire: DetailsV1) -> Result<Self, Self::Error> {
        let row = match wire.row {
            None => None,
            Some(hex) => {
                let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| "row")?;
                Some(RowDigest(bytes.try_into().map_err(|_| "row")?))
            }
        };
        Ok(Self {
            name: Name::stored(wire.name),
            email: wire.email.map(EmailAddress::stored),
            phone: wire.phone.map(PhoneNumber::stored),
            locale: wire.locale.map(Locale::stored),
            external_id: wire.external_id.map(ExternalId::stored),
            attributes: wire.attributes,
            row,
        })
    }
}
