//! The stored form of a claim's events. One private struct per stored version; never changed once written.

use serde::{Deserialize, Serialize};

use super::event::ClaimEvent;
use crate::id::ContactId;
use crate::stream::Encoded;
use crate::wire::{Opener, Sealer, WireError, from_empty, from_json, to_empty, to_json};

const CLAIMED: &str = "claim.claimed.v1";
const RELEASED: &str = "claim.released.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimedV1 {
    contact: uuid::Uuid,
}

pub(super) fn encode(event: &ClaimEvent, _: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        ClaimEvent::Claimed { contact } => (CLAIMED, to_json(CLAIMED, &ClaimedV1 { contact: contact.uuid() })?),
        ClaimEvent::Released => (RELEASED, to_empty(RELEASED)?),
    };
    Ok(Encoded { kind, data })
}

pub(super) fn decode(kind: &str, data: &[u8], _: &Opener<'_>) -> Result<ClaimEvent, WireError> {
    Ok(match kind {
        CLAIMED => {
            let wire: ClaimedV1 = from_json(kind, data)?;
            ClaimEvent::Claimed { contact: ContactId::from_uuid(wire.contact) }
        }
        RELEASED => from_empty(kind, data, ClaimEvent::Released)?,
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}
