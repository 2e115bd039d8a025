//! Bulk sends, listed and shown.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::id::BulkId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::{BulkView, view};
use crate::Web;
use crate::api::address::At;
use crate::api::identity::Identity;
use crate::api::list::{Asked, Listing, caught_up};
use crate::api::problem::Problem;
use crate::api::query::Params;

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BulkParams {
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer.
    after: Option<String>,
}

/// List bulk sends
///
/// Newest first.
#[utoipa::path(
    get, path = "/bulk-sends", tag = "Bulk sends", operation_id = "list_bulk_sends",
    params(BulkParams),
    responses((status = 200, description = "The bulk sends", body = Listing<BulkView>)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field"]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<BulkParams>,
) -> Result<Json<Listing<BulkView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let asked = Asked::read(&web, "bulk sends", params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    let page = identity.lists(&web, Act::Read)?.bulk_sends(asked.after, asked.limit).await?;
    Ok(Json(asked.listing(page.items.into_iter().map(BulkView::from).collect(), page.next)))
}

/// Get a bulk send
#[utoipa::path(
    get, path = "/bulk-sends/{id}", tag = "Bulk sends", operation_id = "get_bulk_send",
    params(("id" = String, Path, description = "The bulk send", format = Uuid)),
    responses((status = 200, description = "The bulk send", body = BulkView)),
    extensions(("x-errors" = json!(["not_found"]))),
)]
pub(crate) async fn get_one(
    State(web): State<Web>, identity: Identity, At(bulk): At<BulkId>,
) -> Result<Json<BulkView>, Problem> {
    identity.may(&web, Act::Read)?;
    view(&web, &identity, bulk).await.map(Json)
}
