//! Sending a link (again).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::Act;
use magiclink_domain::id::LinkId;
use magiclink_domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::ChannelName;
use super::view::{DeliveryView, contact};
use crate::Web;
use crate::api::address::At;
use crate::api::body::Body;
use crate::api::identity::Identity;
use crate::api::once::Key;
use crate::api::problem::Problem;

/// How a link is to be sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channel": "sms"}))]
pub(crate) struct DeliveryRequest {
    /// To the address on file for this channel.
    channel: ChannelName,
}

/// Send a link again
///
/// Answers as soon as the sending is requested; the link shows what became of it.
#[utoipa::path(
    post, path = "/links/{id}/deliveries", tag = "Links", operation_id = "deliver_link",
    params(("id" = String, Path, description = "The link", format = Uuid)),
    request_body = DeliveryRequest,
    responses((status = 202, description = "The sending, queued", body = DeliveryView)),
    extensions(("x-errors" = json!([
        "forbidden", "not_found", "link_not_live", "channel_not_configured", "sms_opted_out", "contact_erased",
        "contact_not_found", "no_phone", "no_email", "country_not_allowed", "number_costs_extra"
    ]))),
)]
pub(crate) async fn deliver(
    State(web): State<Web>, identity: Identity, key: Key, At(link): At<LinkId>, Body(body): Body<DeliveryRequest>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    identity.may(&web, Act::ManageLinks)?;
    contact(&web.use_cases.link(link).await?)?;
    let caller = key.caller(&web, &identity, &body)?;
    let done = web.use_cases.request_delivery(&caller, link, body.channel.into()).await?;
    web.api.answered.note(&caller);
    let link = web.use_cases.link(link).await?;
    let delivery = link.deliveries.get(&done.value).ok_or(Rejection::DeliveryNotFound)?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryView::new(done.value, delivery))))
}
