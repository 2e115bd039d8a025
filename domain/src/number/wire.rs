//! The stored form of a number's events. Never changed once written.

use super::event::NumberEvent;
use crate::stream::Encoded;
use crate::wire::{Opener, Sealer, WireError, from_empty, to_empty};

const OPTED_OUT: &str = "number.sms_opted_out.v1";
const OPTED_IN: &str = "number.sms_opted_in.v1";

pub(super) fn encode(event: NumberEvent, _: &Sealer<'_>) -> Result<Encoded, WireError> {
    let kind = match event {
        NumberEvent::SmsOptedOut => OPTED_OUT,
        NumberEvent::SmsOptedIn => OPTED_IN,
    };
    Ok(Encoded { kind, data: to_empty(kind)? })
}

pub(super) fn decode(kind: &str, data: &[u8], _: &Opener<'_>) -> Result<NumberEvent, WireError> {
    match kind {
        OPTED_OUT => from_empty(kind, data, NumberEvent::SmsOptedOut),
        OPTED_IN => from_empty(kind, data, NumberEvent::SmsOptedIn),
        unknown => Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    }
}
