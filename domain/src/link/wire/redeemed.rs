//! `link.redeemed.v1`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::issued::hash;
use super::{REDEEMED, bad, opened_client, sealed_client};
use crate::contact::Admission;
use crate::id::StaffId;
use crate::link::event::LinkEvent;
use crate::link::parts::{Method, SessionLimits};
use crate::time::{Lifetime, Timestamp};
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RedeemedV1 {
    #[serde(rename = "use")]
    use_number: u8,
    method: String,
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    admission: Option<u32>,
    at_us: i64,
    idle_s: u64,
    absolute_s: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

pub(super) fn encode(event: &LinkEvent, sealer: &Sealer<'_>) -> Result<Vec<u8>, WireError> {
    let LinkEvent::LinkRedeemed { use_number, method, nonce, admission, at, limits, client, beside } = event else {
        return Err(bad(REDEEMED, "type"));
    };
    let wire = RedeemedV1 {
        use_number: *use_number,
        method: method.to_string(),
        nonce: data_encoding::HEXLOWER.encode(nonce),
        admission: admission.map(|admission| admission.0),
        at_us: at.micros(),
        idle_s: limits.idle.secs(),
        absolute_s: limits.absolute.secs(),
        beside: beside.map(StaffId::uuid),
        sealed: sealed_client(REDEEMED, client, sealer)?,
    };
    to_json(REDEEMED, &wire)
}

pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<LinkEvent, WireError> {
    let wire: RedeemedV1 = from_json(kind, data)?;
    Ok(LinkEvent::LinkRedeemed {
        use_number: wire.use_number,
        method: Method::from_word(&wire.method).ok_or_else(|| bad(kind, "method"))?,
        nonce: hash(&wire.nonce).ok_or_else(|| bad(kind, "nonce"))?,
        admission: wire.admission.map(Admission),
        at: Timestamp::from_micros(wire.at_us),
        limits: SessionLimits {
            idle: Lifetime::from_secs(wire.idle_s),
            absolute: Lifetime::from_secs(wire.absolute_s),
        },
        client: opened_client(kind, wire.sealed, opener)?,
        beside: wire.beside.map(StaffId::from_uuid),
    })
}
