//! Sending a link (again).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{DeliveryId, LinkId};
use magiclink_domain::usecases::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::delivery::DeliveryView;
use super::request::ChannelName;
use super::view::contact;
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
    let caller = key.caller(&web, &identity, &body)?;
    contact(&web.use_cases.link(&caller, link).await?)?;
    let done = web.use_cases.request_delivery(&caller, link, body.channel.into()).await?;
    accepted(&web, &caller, link, done.value).await
}

/// Try a sending again
///
/// One that failed, may have been sent, was cancelled or waits. The message is the same one, so that a mailbox that has it
/// already recognises the copy; to send the link once more after it was sent, ask for another sending.
#[utoipa::path(
    post, path = "/links/{id}/deliveries/{delivery}/retry", tag = "Links", operation_id = "retry_delivery",
    params(
        ("id" = String, Path, description = "The link", format = Uuid),
        ("delivery" = String, Path, description = "The sending", format = Uuid),
    ),
    responses((status = 202, description = "The sending, queued", body = DeliveryView)),
    extensions(("x-errors" = json!([
        "forbidden", "not_found", "link_not_live", "delivery_under_way", "contact_erased", "contact_not_found"
    ]))),
)]
pub(crate) async fn retry(
    State(web): State<Web>, identity: Identity, key: Key, At((link, delivery)): At<(LinkId, DeliveryId)>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    identity.may(&web, Act::ManageLinks)?;
    let caller = key.caller(&web, &identity, &())?;
    contact(&web.use_cases.link(&caller, link).await?)?;
    web.use_cases.retry_delivery(&caller, link, delivery).await?;
    accepted(&web, &caller, link, delivery).await
}

async fn accepted(
    web: &Web, caller: &Caller, link: LinkId, delivery: DeliveryId,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let card = web.use_cases.link_card(caller, link).await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryView::on_card(&card, delivery)?)))
}
