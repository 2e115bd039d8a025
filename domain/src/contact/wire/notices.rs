//! The stored form of what happens to a notice.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contact::event::ContactEvent;
use crate::contact::notice::NoticeOutcome;
use crate::id::NoticeId;
use crate::link::Channel;
use crate::time::Timestamp;
use crate::wire::{Opener, Sealer, WireError, from_json, to_json};

const REQUESTED: &str = "contact.notice_requested.v1";
const ATTEMPTED: &str = "contact.notice_attempted.v1";
const POSTPONED: &str = "contact.notice_postponed.v1";
const SETTLED: &str = "contact.notice_settled.v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestedV1 {
    notice: Uuid,
    channel: String,
    at_us: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttemptedV1 {
    notice: Uuid,
    at_us: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostponedV1 {
    notice: Uuid,
    until_us: i64,
    code: String,
    words: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettledV1 {
    notice: Uuid,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// Type and bytes of a notice's event.
pub(super) fn encode(event: &ContactEvent, sealer: &Sealer<'_>) -> Result<(&'static str, Vec<u8>), WireError> {
    Ok(match event {
        ContactEvent::NoticeRequested { notice, channel, to, at } => {
            let sealed = sealer.seal(REQUESTED, to, String::clone)?;
            let channel = channel.to_string();
            let wire = RequestedV1 { notice: notice.uuid(), channel, at_us: at.micros(), sealed };
            (REQUESTED, to_json(REQUESTED, &wire)?)
        }
        ContactEvent::NoticeAttempted { notice, at } => {
            (ATTEMPTED, to_json(ATTEMPTED, &AttemptedV1 { notice: notice.uuid(), at_us: at.micros() })?)
        }
        ContactEvent::NoticePostponed { notice, until, code, words } => {
            let (code, words) = (code.clone(), words.clone());
            let wire = PostponedV1 { notice: notice.uuid(), until_us: until.micros(), code, words };
            (POSTPONED, to_json(POSTPONED, &wire)?)
        }
        ContactEvent::NoticeSettled { notice, outcome } => {
            (SETTLED, to_json(SETTLED, &settled(*notice, outcome.clone()))?)
        }
        ContactEvent::ContactAdded { .. }
        | ContactEvent::ContactDetailsChanged { .. }
        | ContactEvent::AccessGranted { .. }
        | ContactEvent::AccessRevoked { .. }
        | ContactEvent::AdmissionsRenewed { .. }
        | ContactEvent::PortalPreviewed
        | ContactEvent::SignInDisputed
        | ContactEvent::ErasureRequested
        | ContactEvent::ContactErased => {
            return super::encode(event, sealer).map(|encoded| (encoded.kind, encoded.data));
        }
    })
}

/// The notice's event of this type.
pub(super) fn decode(kind: &str, data: &[u8], opener: &Opener<'_>) -> Result<ContactEvent, WireError> {
    Ok(match kind {
        REQUESTED => {
            let wire: RequestedV1 = from_json(kind, data)?;
            let bad = || WireError::Value { kind: kind.to_owned(), field: "channel" };
            ContactEvent::NoticeRequested {
                notice: NoticeId::from_uuid(wire.notice),
                channel: Channel::from_word(&wire.channel).ok_or_else(bad)?,
                to: opener.open(kind, wire.sealed, |to: String| Ok(to))?,
                at: Timestamp::from_micros(wire.at_us),
            }
        }
        ATTEMPTED => {
            let wire: AttemptedV1 = from_json(kind, data)?;
            let at = Timestamp::from_micros(wire.at_us);
            ContactEvent::NoticeAttempted { notice: NoticeId::from_uuid(wire.notice), at }
        }
        POSTPONED => {
            let PostponedV1 { notice, until_us, code, words } = from_json(kind, data)?;
            let (notice, until) = (NoticeId::from_uuid(notice), Timestamp::from_micros(until_us));
            ContactEvent::NoticePostponed { notice, until, code, words }
        }
        SETTLED => {
            let wire: SettledV1 = from_json(kind, data)?;
            let notice = NoticeId::from_uuid(wire.notice);
            let bad = || WireError::Value { kind: kind.to_owned(), field: "outcome" };
            ContactEvent::NoticeSettled { notice, outcome: outcome(wire).ok_or_else(bad)? }
        }
        unknown => return Err(WireError::UnknownKind { kind: unknown.to_owned() }),
    })
}

fn settled(notice: NoticeId, outcome: NoticeOutcome) -> SettledV1 {
    let (outcome, said) = match outcome {
        NoticeOutcome::Sent => ("sent", None),
        NoticeOutcome::Failed { code, words } => ("failed", Some((code, words))),
        NoticeOutcome::Unknown => ("unknown", None),
        NoticeOutcome::Cancelled { code, words } => ("cancelled", Some((code, words))),
    };
    let (code, words) = said.unzip();
    SettledV1 { notice: notice.uuid(), outcome: outcome.to_owned(), code, words }
}

fn outcome(wire: SettledV1) -> Option<NoticeOutcome> {
    match (wire.outcome.as_str(), wire.code, wire.words) {
        ("sent", None, None) => Some(NoticeOutcome::Sent),
        ("failed", Some(code), Some(words)) => Some(NoticeOutcome::Failed { code, words }),
        ("unknown", None, None) => Some(NoticeOutcome::Unknown),
        ("cancelled", Some(code), Some(words)) => Some(NoticeOutcome::Cancelled { code, words }),
        _ => None,
    }
}
