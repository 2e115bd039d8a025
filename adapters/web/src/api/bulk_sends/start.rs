//! Starting a bulk send, and asking beforehand what it would come to.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::authority::{Act, Authority};
use magiclink_domain::bulk::Segment;
use magiclink_domain::link::Channel;
use magiclink_domain::usecases::{BulkRequest, Caller};
use magiclink_domain::value::{Reason, Slug, Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{BulkView, PreviewView, view};
use crate::Web;
use crate::api::body::Body;
use crate::api::fields::{lifetime, optional};
use crate::api::identity::Identity;
use crate::api::links::ChannelName;
use crate::api::once::Key;
use crate::api::problem::Problem;

/// Many links to be made and sent. Meant are contacts in the portal for whom everything holds that is named.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRequest, example = json!({
    "never_signed_in": true, "send": ["email", "sms"], "expires_in": "7d", "reason": "launch week", "dry_run": true
}))]
pub(crate) struct NewBulkSend {
    /// Those who never signed in.
    #[serde(default)]
    never_signed_in: bool,
    /// Those who had a link and never signed in.
    #[serde(default)]
    unused: bool,
    /// Those whose link of that bulk send was not used.
    #[schema(format = Uuid)]
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_of: Option<String>,
    /// Those who may see the offering with this slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    offering: Option<String>,
    /// Those with this tag, whatever its case.
    #[schema(max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    /// Over which channels: the first that reaches a contact.
    #[schema(min_items = 1)]
    send: Vec<ChannelName>,
    /// How long each link lives; 7d unless said otherwise.
    #[schema(pattern = "^([0-9]+[smhd]|now|day|welcome)$", examples("24h", "7d"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    /// Why, in your own words, at most 500 characters.
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Only say what it would come to.
    #[serde(default)]
    dry_run: bool,
    /// The `messages` of a dry run: the explicit confirmation. Fewer may be sent, never more.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<u32>,
}

impl NewBulkSend {
    fn wanted(&self) -> Result<BulkRequest, Problem> {
        let no_bulk = |_| Problem::field("unused_of", "unused_of is the id of an earlier bulk send");
        Ok(BulkRequest {
            segment: Segment {
                never_signed_in: self.never_signed_in,
                unused: self.unused,
                unused_of: self.unused_of.as_deref().map(str::parse).transpose().map_err(no_bulk)?,
                offering: optional(self.offering.as_ref(), |slug| {
                    Slug::parse(slug).map_err(|invalid| Problem::field("offering", invalid.reason))
                })?,
            },
            tag: optional(self.tag.as_ref(), Tag::parse)?,
            channels: self.send.iter().map(|channel| Channel::from(*channel)).collect(),
            lifetime: optional(self.expires_in.as_ref(), lifetime)?,
            reason: optional(self.reason.as_ref(), Reason::parse)?.flatten(),
        })
    }
}

/// Start a bulk send
///
/// With `dry_run`, says what it would come to and makes nothing. Otherwise `confirmed` repeats the number of messages that
/// the dry run told; who gets one is fixed then. Links are made and sent in the background, no faster than they are sent.
#[utoipa::path(
    post, path = "/bulk-sends", tag = "Bulk sends", operation_id = "start_bulk_send",
    request_body = NewBulkSend,
    responses(
        (status = 200, description = "What it would come to (`dry_run`)", body = PreviewView),
        (status = 201, description = "The bulk send", body = BulkView),
    ),
    extensions(("x-errors" = json!([
        "forbidden", "confirmation_required", "offering_not_found", "channel_not_configured", "expires_in_too_long",
        "reason_required", "issuing_stopped", "nobody_to_send_to", "count_changed"
    ]))),
)]
pub(crate) async fn start(
    State(web): State<Web>, identity: Identity, key: Key, Body(body): Body<NewBulkSend>,
) -> Result<Response, Problem> {
    let wanted = body.wanted()?;
    if body.dry_run {
        let preview = web.use_cases.preview_bulk_send(&identity.caller(&web), &wanted).await?;
        return Ok(Json(PreviewView::from(preview)).into_response());
    }
    let Some(confirmed) = body.confirmed else {
        identity.may(&web, Act::ManageLinks)?;
        return Err(Problem::field("confirmed", "repeat the number of messages that a dry run told"));
    };
    // To repeat the number is to say yes twice.
    let caller = sure(key.caller(&web, &identity, &body)?);
    let done = web.use_cases.start_bulk_send(&caller, &wanted, confirmed).await?;
    Ok((StatusCode::CREATED, Json(view(&web, &identity, done.value).await?)).into_response())
}

fn sure(caller: Caller) -> Caller {
    match caller.authority {
        Authority::Role { role, signed_in_at, token, .. } => {
            Caller { authority: Authority::Role { role, signed_in_at, confirmed: true, token }, ..caller }
        }
        Authority::System | Authority::Contact(_) | Authority::Nobody => caller,
    }
}
