//! One sending of a link, as answers show it: how it stands, why, and what to do next.
//!
//! Apart from the link's own shape because the calls that send answer with it alone.

use magiclink_domain::card::{Advice, DeliveryCard, LinkCard, NextAct};
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::link::{Delivery, DeliveryState};
use magiclink_domain::rejection::Rejection;
use magiclink_projections as projections;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::request::ChannelName;
use crate::api::ROOT;
use crate::api::fields::{Time, text};

/// One sending of one link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery, example = json!({
    "id": "5b1e6c2d-0f3a-8b4c-9d5e-6f7a8b9c0d1e", "channel": "sms", "to": "+14155550100", "state": "failed",
    "attempts": 1, "code": "30006", "words": "the number is a landline (30006)",
    "next_action": {"action": "send_by_email", "words": "send by e-mail, or call and read the code aloud",
        "request": {"method": "POST", "path": "/api/v1/links/0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0/deliveries",
            "body": {"channel": "email"}}}
}))]
pub(crate) struct DeliveryView {
    /// Its id.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    pub(crate) id: DeliveryId,
    /// How.
    pub(crate) channel: ChannelName,
    /// Where to; null once the contact is erased.
    #[schema(required = true)]
    pub(crate) to: Option<String>,
    /// `queued`, `sending`, `sent`, `delivered`, `failed`, `maybe_sent` or `cancelled`.
    #[schema(pattern = "^(queued|sending|sent|delivered|failed|maybe_sent|cancelled)$")]
    pub(crate) state: String,
    /// How many attempts began.
    pub(crate) attempts: u32,
    /// When it is tried again, where it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Time, required = false)]
    pub(crate) due_at: Option<Time>,
    /// The provider's code of a failure or of the reason for waiting, or why it was cancelled: `link_not_live`, `opted_out`,
    /// `subject_gone` or `channel_not_configured`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(crate) code: Option<String>,
    /// How it stands in plain words; where one link is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(crate) words: Option<String>,
    /// What to do next; where one link is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NextView, required = false)]
    pub(crate) next_action: Option<NextView>,
}

/// What to do next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextAction, example = json!({
    "action": "wait", "words": "wait: they have not opened it yet"
}))]
pub(crate) struct NextView {
    /// `nothing`, `wait`, `send_again`, `send_by_sms`, `send_by_email`, `hand_over`, `call`, `new_link` or `grant_access`.
    #[schema(pattern = "^(nothing|wait|send_again|send_by_sms|send_by_email|hand_over|call|new_link|grant_access)$")]
    action: &'static str,
    /// Why and how, in plain words.
    words: String,
    /// The call that does it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NextRequest, required = false)]
    request: Option<NextRequest>,
}

/// A call of this API.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "method": "POST", "path": "/api/v1/links", "body": {"contact": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d"}
}))]
pub(crate) struct NextRequest {
    /// Always POST.
    method: &'static str,
    /// Where to.
    path: String,
    /// What to send; left out where the call takes no body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    body: Option<Value>,
}

impl NextView {
    /// The advice, with the call that follows it.
    pub(super) fn new(card: &LinkCard, advice: &Advice) -> Self {
        let links = format!("{ROOT}/links");
        let post = |path: String, body: Option<Value>| Some(NextRequest { method: "POST", path, body });
        let request = match advice.act {
            NextAct::SendAgain(delivery) => post(retry_path(&links, card.link, delivery), None),
            NextAct::SendBy(channel) => {
                post(format!("{links}/{}/deliveries", card.link), Some(json!({ "channel": channel.as_str() })))
            }
            NextAct::NewLink => post(links, Some(json!({ "contact": card.subject.id().to_string() }))),
            NextAct::Nothing | NextAct::Wait | NextAct::HandOver | NextAct::Call | NextAct::GrantAccess => None,
        };
        Self { action: advice.act.as_str(), words: advice.words.clone(), request }
    }
}

fn retry_path(links: &str, link: LinkId, delivery: DeliveryId) -> String {
    format!("{links}/{link}/deliveries/{delivery}/retry")
}

impl DeliveryView {
    /// A delivery as its link knows it: no words, no advice.
    pub(super) fn new(id: DeliveryId, delivery: &Delivery) -> Self {
        Self {
            id,
            channel: delivery.channel.into(),
            to: delivery.to.known().cloned(),
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts,
            due_at: match delivery.state {
                DeliveryState::Postponed(until) => Some(Time(until)),
                DeliveryState::Queued
                | DeliveryState::Sending(_)
                | DeliveryState::Sent
                | DeliveryState::Delivered
                | DeliveryState::Failed
                | DeliveryState::MaybeSent
                | DeliveryState::Cancelled(_) => None,
            },
            code: cancelled(&delivery.state),
            words: None,
            next_action: None,
        }
    }

    /// A delivery as lists know it.
    pub(super) fn of_row(row: &projections::DeliveryView) -> Self {
        // A cancelled one has no provider's code; its row says why instead.
        let why = row.words.clone().filter(|_| row.state == "cancelled");
        Self {
            id: row.id,
            channel: row.channel.into(),
            to: row.to.known().cloned(),
            state: row.state.clone(),
            attempts: row.attempts,
            due_at: row.due_at.map(Time),
            code: row.code.clone().or(why),
            words: None,
            next_action: None,
        }
    }

    /// A delivery with words and advice.
    pub(super) fn of_card(card: &LinkCard, delivery: &DeliveryCard) -> Self {
        Self {
            id: delivery.id,
            channel: delivery.channel.into(),
            to: delivery.to.known().cloned(),
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts,
            due_at: delivery.due_at().map(Time),
            code: delivery.code.clone().or_else(|| cancelled(&delivery.state)),
            words: Some(delivery.words(|at| at.to_string())),
            next_action: Some(NextView::new(card, &delivery.next)),
        }
    }

    /// One delivery of a card.
    ///
    /// # Errors
    /// `not_found`.
    pub(super) fn on_card(card: &LinkCard, delivery: DeliveryId) -> Result<Self, Rejection> {
        let found = card.deliveries.iter().find(|one| one.id == delivery).ok_or(Rejection::DeliveryNotFound)?;
        Ok(Self::of_card(card, found))
    }
}

fn cancelled(state: &DeliveryState) -> Option<String> {
    match state {
        DeliveryState::Cancelled(why) => Some(why.as_str().to_owned()),
        DeliveryState::Queued
        | DeliveryState::Postponed(_)
        | DeliveryState::Sending(_)
        | DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Failed
        | DeliveryState::MaybeSent => None,
    }
}
