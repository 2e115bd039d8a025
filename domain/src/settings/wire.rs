//! The stored form of the settings' events. Never changed once written.

use serde::{Deserialize, Serialize};

use super::event::SettingsEvent;
use crate::link::Channel;
use crate::message::Words;
use crate::stream::Encoded;
use crate::value::Locale;
use crate::wire::{Opener, Sealer, WireError, from_empty, from_json, to_empty, to_json};

const ISSUING_STOPPED: &str = "settings.issuing_stopped.v1";
const REDEEMING_STOPPED: &str = "settings.redeeming_stopped.v1";
const RESUMED: &str = "settings.resumed.v1";
const TEMPLATE_CHANGED: &str = "settings.template_changed.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateChangedV1 {
    channel: String,
    locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

pub(super) fn encode(event: &SettingsEvent, _: &Sealer<'_>) -> Result<Encoded, WireError> {
    let (kind, data) = match event {
        SettingsEvent::IssuingStopped => (ISSUING_STOPPED, to_empty(ISSUING_STOPPED)?),
        SettingsEvent::RedeemingStopped => (REDEEMING_STOPPED, to_empty(REDEEMING_STOPPED)?),
        SettingsEvent::Resumed => (RESUMED, to_empty(RESUMED)?),
        SettingsEvent::TemplateChanged { channel, locale, words } => {
            let words = words.clone();
            let wire = TemplateChangedV1 {
                channel: channel.to_string(),
                locale: locale.to_string(),
                subject: words.as_ref().and_then(|words| words.subject.clone()),
                text: words.map(|words| words.text),
            };
            (TEMPLATE_CHANGED, to_json(TEMPLATE_CHANGED, &wire)?)
        }
    };
    Ok(Encoded { kind, data })
}

pub(super) fn decode(kind: &str, data: &[u8], _: &Opener<'_>) -> Result<SettingsEvent, WireError> {
    match kind {
        ISSUING_STOPPED => from_empty(kind, data, SettingsEvent::IssuingStopped),
        REDEEMING_STOPPED => from_empty(kind, data, SettingsEvent::RedeemingStopped),
        RESUMED => from_empty(kind, data, SettingsEvent::Resumed),
        TEMPLATE_CHANGED => {
            let wire: TemplateChangedV1 = from_json(kind, data)?;
            let bad = |field| WireError::Value { kind: kind.to_owned(), field };
            let channel = Channel::from_word(&wire.channel).ok_or_else(|| bad("channel"))?;
            let words = match (wire.subject, wire.text) {
                (subject, Some(text)) => Some(Words { subject, text }),
                (None, None) => None,
                (Some(_), None) => return Err(bad("subject")),
            };
            Ok(SettingsEvent::TemplateChanged { channel, locale: Locale::stored(wire.locale), words })
        }
        unknown => Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    }
}
