//! The stored form of the settings' events. Never changed once written.

use super::event::SettingsEvent;
use crate::stream::Encoded;
use crate::wire::{Opener, Sealer, WireError, from_empty, to_empty};

const ISSUING_STOPPED: &str = "settings.issuing_stopped.v1";
const REDEEMING_STOPPED: &str = "settings.redeeming_stopped.v1";
const RESUMED: &str = "settings.resumed.v1";

pub(super) fn encode(event: SettingsEvent, _: &Sealer<'_>) -> Result<Encoded, WireError> {
    let kind = match event {
        SettingsEvent::IssuingStopped => ISSUING_STOPPED,
        SettingsEvent::RedeemingStopped => REDEEMING_STOPPED,
        SettingsEvent::Resumed => RESUMED,
    };
    Ok(Encoded { kind, data: to_empty(kind)? })
}

pub(super) fn decode(kind: &str, data: &[u8], _: &Opener<'_>) -> Result<SettingsEvent, WireError> {
    match kind {
        ISSUING_STOPPED => from_empty(kind, data, SettingsEvent::IssuingStopped),
        REDEEMING_STOPPED => from_empty(kind, data, SettingsEvent::RedeemingStopped),
        RESUMED => from_empty(kind, data, SettingsEvent::Resumed),
        unknown => Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    }
}
