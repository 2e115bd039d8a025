//! Pausing, resuming and stopping a bulk send.

use axum::Json;
use axum::extract::State;
use magiclink_domain::id::BulkId;

use super::view::{BulkView, view};
use crate::Web;
use crate::api::address::At;
use crate::api::identity::Identity;
use crate::api::once::Key;
use crate::api::problem::Problem;

/// Pause a bulk send
///
/// Nothing more is made until it is resumed; what waits for the provider already still goes out.
#[utoipa::path(
    post, path = "/bulk-sends/{id}/pause", tag = "Bulk sends", operation_id = "pause_bulk_send",
    params(("id" = String, Path, description = "The bulk send", format = Uuid)),
    responses((status = 200, description = "The bulk send", body = BulkView)),
    extensions(("x-errors" = json!(["forbidden", "not_found", "bulk_ended"]))),
)]
pub(crate) async fn pause(
    State(web): State<Web>, identity: Identity, key: Key, At(bulk): At<BulkId>,
) -> Result<Json<BulkView>, Problem> {
    web.use_cases.pause_bulk_send(&key.caller(&web, &identity, &())?, bulk).await?;
    view(&web, &identity, bulk).await.map(Json)
}

/// Resume a bulk send
#[utoipa::path(
    post, path = "/bulk-sends/{id}/resume", tag = "Bulk sends", operation_id = "resume_bulk_send",
    params(
        ("id" = String, Path, description = "The bulk send", format = Uuid),
        ("confirm" = Option<bool>, Query, description = "Says yes to what needs a confirmation: agents need one")
    ),
    responses((status = 200, description = "The bulk send", body = BulkView)),
    extensions(("x-errors" = json!(["forbidden", "confirmation_required", "not_found", "bulk_ended"]))),
)]
pub(crate) async fn resume(
    State(web): State<Web>, identity: Identity, key: Key, At(bulk): At<BulkId>,
) -> Result<Json<BulkView>, Problem> {
    web.use_cases.resume_bulk_send(&key.caller(&web, &identity, &())?, bulk).await?;
    view(&web, &identity, bulk).await.map(Json)
}

/// Stop a bulk send
///
/// For good: who has had no turn gets no message. What waits for the provider already still goes out.
#[utoipa::path(
    post, path = "/bulk-sends/{id}/stop", tag = "Bulk sends", operation_id = "stop_bulk_send",
    params(("id" = String, Path, description = "The bulk send", format = Uuid)),
    responses((status = 200, description = "The bulk send", body = BulkView)),
    extensions(("x-errors" = json!(["forbidden", "not_found", "bulk_ended"]))),
)]
pub(crate) async fn stop(
    State(web): State<Web>, identity: Identity, key: Key, At(bulk): At<BulkId>,
) -> Result<Json<BulkView>, Problem> {
    web.use_cases.stop_bulk_send(&key.caller(&web, &identity, &())?, bulk).await?;
    view(&web, &identity, bulk).await.map(Json)
}
