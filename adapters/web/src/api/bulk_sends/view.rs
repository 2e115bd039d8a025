//! A bulk send, as answers show one.

use std::collections::BTreeMap;

use magiclink_domain::authority::Act;
use magiclink_domain::bulk::BulkStatus;
use magiclink_domain::id::BulkId;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{BulkPreview, Refused};
use magiclink_projections::{BulkResult, BulkSendView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Web;
use crate::api::fields::{Time, text};
use crate::api::identity::Identity;
use crate::api::links::ChannelName;
use crate::api::list::caught_up;
use crate::api::problem::Problem;

/// What a bulk send would come to. Nothing was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkPreview, example = json!({
    "contacts": 5000, "messages": 4812, "channels": {"email": 4700, "sms": 112}, "sms_segments": 112,
    "refused": [{"code": "no_address", "detail": "a contact needs an e-mail address or a phone number: give at least one of the two", "contacts": 188}]
}))]
pub(crate) struct PreviewView {
    /// Contacts that are meant.
    contacts: u32,
    /// Messages that would be sent: pass it as `confirmed`.
    messages: u32,
    /// Messages by channel.
    #[schema(value_type = std::collections::HashMap<String, u32>)]
    channels: BTreeMap<&'static str, u32>,
    /// Segments that the text messages would take: what providers charge for.
    sms_segments: u64,
    /// Who would get no message.
    refused: Vec<RefusedView>,
}

/// Contacts that would get no message for the same reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkRefused)]
pub(crate) struct RefusedView {
    /// The stable word for programs.
    code: &'static str,
    /// The reason.
    detail: String,
    /// How many.
    contacts: u32,
}

impl From<BulkPreview> for PreviewView {
    fn from(preview: BulkPreview) -> Self {
        let refused = |(code, Refused { why, contacts }): (&&'static str, &Refused)| RefusedView {
            code,
            detail: why.to_string(),
            contacts: *contacts,
        };
        Self {
            contacts: preview.contacts,
            messages: preview.messages(),
            channels: preview.channels.iter().map(|(channel, number)| (channel.as_str(), *number)).collect(),
            sms_segments: preview.sms_segments,
            refused: preview.refused.iter().map(refused).collect(),
        }
    }
}

/// Where a bulk send stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BulkState)]
pub(crate) enum State {
    /// Its recipients are being listed.
    Starting,
    /// It sends.
    Running,
    /// It waits to be resumed.
    Paused,
    /// It ended early.
    Stopped,
    /// Everybody was written to or left out.
    Finished,
}

impl From<BulkStatus> for State {
    fn from(status: BulkStatus) -> Self {
        match status {
            BulkStatus::Starting => Self::Starting,
            BulkStatus::Running => Self::Running,
            BulkStatus::Paused => Self::Paused,
            BulkStatus::Stopped => Self::Stopped,
            BulkStatus::Finished => Self::Finished,
        }
    }
}

/// A bulk send.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkSend, example = json!({
    "id": "3c7e1a2b-5d4f-8a6b-9c8d-7e6f5a4b3c2d", "state": "running", "stopped": null,
    "started_at": "2026-05-01T15:00:00Z", "ended_at": null, "started_by": "cli:ops", "origin": "cli",
    "never_signed_in": true, "unused": false, "unused_of": null, "offering": null, "tag": null,
    "send": ["email", "sms"], "expires_in": "7d", "reason": "launch week", "messages": 4812,
    "results": {"delivered": 300, "signed_in": 12, "waiting": 4500}
}))]
pub(crate) struct BulkView {
    /// Its id; the `correlation` of its links' events.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    id: BulkId,
    /// Where it stands.
    state: State,
    /// Why it ended early: `asked`, `starter_gone` or `interrupted`.
    #[schema(required = true)]
    stopped: Option<String>,
    /// When it was confirmed.
    started_at: Time,
    /// When it ended.
    #[schema(required = true)]
    ended_at: Option<Time>,
    /// Who confirmed it.
    started_by: String,
    /// Through which door.
    origin: &'static str,
    /// Those who never signed in were meant.
    never_signed_in: bool,
    /// Those who had a link and never signed in were meant.
    unused: bool,
    /// Those whose link of that bulk send was not used were meant.
    #[schema(required = true, format = Uuid)]
    unused_of: Option<String>,
    /// Those who may see this offering were meant.
    #[schema(required = true)]
    offering: Option<String>,
    /// Those with this tag were meant.
    #[schema(required = true)]
    tag: Option<String>,
    /// Over which channels: the first that reaches each contact.
    send: Vec<ChannelName>,
    /// How long each link lives.
    expires_in: String,
    /// Why.
    #[schema(required = true)]
    reason: Option<String>,
    /// Messages that were confirmed.
    messages: u32,
    /// Recipients by what came of them.
    #[schema(value_type = std::collections::HashMap<String, u32>)]
    results: BTreeMap<&'static str, u32>,
}

impl From<BulkSendView> for BulkView {
    fn from(bulk: BulkSendView) -> Self {
        let words = bulk.words.as_ref().and_then(Personal::known);
        Self {
            id: bulk.id,
            state: bulk.status.into(),
            stopped: bulk.stopped,
            started_at: Time(bulk.started_at),
            ended_at: bulk.ended_at.map(Time),
            started_by: bulk.started_by.to_string(),
            origin: bulk.origin.as_str(),
            never_signed_in: bulk.segment.never_signed_in,
            unused: bulk.segment.unused,
            unused_of: bulk.segment.unused_of.map(|bulk| bulk.to_string()),
            offering: bulk.segment.offering.as_ref().map(ToString::to_string),
            tag: words.and_then(|words| words.tag.as_ref()).map(ToString::to_string),
            send: bulk.channels.iter().map(|channel| ChannelName::from(*channel)).collect(),
            expires_in: bulk.lifetime.to_string(),
            reason: words.and_then(|words| words.reason.as_ref()).map(ToString::to_string),
            messages: bulk.messages,
            results: bulk
                .results
                .iter()
                .map(|(result, number): &(BulkResult, u32)| (result.as_str(), *number))
                .collect(),
        }
    }
}

/// The bulk send as it is now.
pub(super) async fn view(web: &Web, identity: &Identity, bulk: BulkId) -> Result<BulkView, Problem> {
    caught_up(web).await?;
    let found = identity.lists(web, Act::Read)?.bulk_send(bulk).await?;
    Ok(found.ok_or(Rejection::BulkNotFound)?.into())
}
