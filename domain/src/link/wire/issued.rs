//! `link.issued.v1`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ISSUED, bad};
use crate::contact::Admission;
use crate::id::{ContactId, StaffId};
use crate::keys::KeyId;
use crate::link::event::LinkEvent;
use crate::link::parts::{Destination, LinkKind, LinkSubject};
use crate::time::Timestamp;
use crate::value::{Reason, Slug};
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuedV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    admission: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    staff: Option<Uuid>,
    destination: String,
    kind: String,
    expires_at_us: i64,
    max_uses: u8,
    key: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    with_reason: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

pub(super) fn encode(event: &LinkEvent, sealer: &Sealer<'_>) -> Result<Vec<u8>, WireError> {
    let LinkEvent::LinkIssued { subject, destination, kind, expires_at, max_uses, key, browser, reason } = event else {
        return Err(bad(ISSUED, "type"));
    };
    let (contact, admission, staff) = match subject {
        LinkSubject::Contact { contact, admission } => (Some(contact.uuid()), Some(admission.0), None),
        LinkSubject::Staff(staff) => (None, None, Some(staff.uuid())),
    };
    let sealed = match reason {
        Some(reason) => sealer.seal(ISSUED, reason, |reason| reason.as_str().to_owned())?,
        None => None,
    };
    let wire = IssuedV1 {
        contact,
        admission,
        staff,
        destination: destination.as_str().to_owned(),
        kind: kind.to_string(),
        expires_at_us: expires_at.micros(),
        max_uses: *max_uses,
        key: key.0,
        browser: browser.map(|hash| data_encoding::HEXLOWER.encode(&hash)),
        with_reason: reason.is_some(),
        sealed,
    };
    to_json(ISSUED, &wire)
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<LinkEvent, WireError> {
    let wire: IssuedV1 = from_json(kind, data)?;
    let subject = match (wire.contact, wire.admission, wire.staff) {
        (Some(contact), Some(admission), None) => {
            LinkSubject::Contact { contact: ContactId::from_uuid(contact), admission: Admission(admission) }
        }
        (None, None, Some(staff)) => LinkSubject::Staff(StaffId::from_uuid(staff)),
        (Some(_) | None, Some(_) | None, Some(_) | None) => return Err(bad(kind, "contact")),
    };
    let destination = match wire.destination.as_str() {
        "home" => Destination::Home,
        _ => Destination::Offering(Slug::stored(wire.destination)),
    };
    let browser = match wire.browser {
        None => None,
        Some(hex) => Some(hash(&hex).ok_or_else(|| bad(kind, "browser"))?),
    };
    let reason = opener.open(kind, wire.sealed, |text: String| Ok(Reason::stored(text)))?;
    Ok(LinkEvent::LinkIssued {
        subject,
        destination,
        kind: LinkKind::from_word(&wire.kind).ok_or_else(|| bad(kind, "kind"))?,
        expires_at: Timestamp::from_micros(wire.expires_at_us),
        max_uses: wire.max_uses,
        key: KeyId(wire.key),
        browser,
        reason: wire.with_reason.then_some(reason),
    })
}

/// Sixteen bytes from their hexadecimal spelling.
pub(super) fn hash(hex: &str) -> Option<[u8; 16]> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}
