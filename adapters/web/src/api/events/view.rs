//! An event, as answers show one.

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::event;
use magiclink_domain::log::{Metadata, Recorded};
use magiclink_domain::personal::SubjectKeys;
use magiclink_domain::usecases::Failure;
use magiclink_domain::wire::WireError;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Web;
use crate::api::fields::Time;
use crate::api::identity::Identity;

/// An event of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event, example = json!({
    "position": 42, "stream": "contact-6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "version": 1,
    "id": "5b1e6c2d-0f3a-8b4c-9d5e-6f7a8b9c0d1e", "type": "contact.access_granted.v1",
    "recorded_at": "2026-05-01T15:00:00Z", "actor": "token:6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "origin": "api",
    "data": {"offering": "founders-circle"}
}))]
pub(crate) struct EventView {
    /// Place in the global order; positions increase, and may have gaps on some stores.
    #[schema(minimum = 1)]
    pub(super) position: u64,
    /// The stream it belongs to.
    stream: String,
    /// Place in the stream: 0 for the first.
    version: u64,
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Stored type with its version.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// When the log took it.
    recorded_at: Time,
    /// Who acted, such as `token:<id>`, `staff:<id>`, `contact:<id>` or `system`.
    actor: String,
    /// Through which door.
    origin: &'static str,
    /// What happened. Personal fields are under `personal`, for owners and auditors alone; null once their subject is
    /// erased.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Reads events for this caller, the keys fetched together.
pub(super) async fn views(web: &Web, identity: &Identity, events: &[Recorded]) -> Result<Vec<EventView>, Failure> {
    let metas = events.iter().map(|event| Metadata::decode(&event.meta)).collect::<Result<Vec<_>, _>>()?;
    let ports = web.use_cases.ports();
    let privileged = authorise(&identity.authority, Act::ReadPersonalEvents, ports.clock.now()).is_ok();
    let mut subjects: Vec<_> = metas.iter().filter_map(|meta| meta.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let keys = if privileged && !subjects.is_empty() { Some(ports.vault.keys(&subjects).await?) } else { None };
    events.iter().zip(metas).map(|(event, meta)| Ok(view(event, &meta, privileged, keys.as_ref())?)).collect()
}

fn view(
    recorded: &Recorded, meta: &Metadata, privileged: bool, keys: Option<&SubjectKeys>,
) -> Result<EventView, WireError> {
    let unreadable = |source| WireError::Decode { kind: recorded.kind.clone(), source };
    let mut data: Map<String, Value> = serde_json::from_slice(&recorded.data).map_err(unreadable)?;
    let sealed = data.remove("sealed").is_some();
    if privileged && sealed {
        data.insert("personal".to_owned(), personal(recorded, keys)?);
    }
    Ok(EventView {
        position: recorded.position.get(),
        stream: recorded.stream.to_string(),
        version: recorded.version,
        id: recorded.id.to_string(),
        kind: recorded.kind.clone(),
        recorded_at: Time(recorded.recorded_at),
        actor: meta.actor.to_string(),
        origin: meta.origin.as_str(),
        data,
    })
}

/// The sealed fields in clear; null without their subject's key.
fn personal(recorded: &Recorded, keys: Option<&SubjectKeys>) -> Result<Value, WireError> {
    let Some(sealed) = event::sealed(recorded)? else { return Ok(Value::Null) };
    let key = sealed.subject().and_then(|subject| keys?.get(subject));
    let Some(key) = key else { return Ok(Value::Null) };
    let altered = || WireError::Altered { kind: recorded.kind.clone() };
    let plain = key.open(recorded.id, &sealed).ok_or_else(altered)?;
    serde_json::from_slice(&plain).map_err(|source| WireError::Decode { kind: recorded.kind.clone(), source })
}
