//! The log, page by page.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::log::Position;
use magiclink_domain::usecases::Failure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::{EventView, views};
use crate::Web;
use crate::api::identity::Identity;
use crate::api::list::limit;
use crate::api::problem::Problem;
use crate::api::query::Params;

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedParams {
    /// Events beyond this position; left out = from the first.
    #[param(value_type = Option<u64>, minimum = 0)]
    after: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
}

/// Events in global order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPage {
    /// The events, lowest position first.
    items: Vec<EventView>,
    /// Pass it as `after` for the next page; null where the log ends at the moment: later on, go on after the last item's
    /// position.
    #[schema(required = true)]
    next: Option<u64>,
}

/// List events
///
/// The whole log in the order in which it was written.
#[utoipa::path(
    get, path = "/events", tag = "Events", operation_id = "list_events",
    params(FeedParams),
    responses((status = 200, description = "The events", body = EventPage)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field"]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, Params(params): Params<FeedParams>,
) -> Result<Json<EventPage>, Problem> {
    identity.may(&web, Act::Read)?;
    let limit = limit(params.limit.as_deref())?;
    let after = params.after.as_deref().map(|text| position("after", text)).transpose()?.unwrap_or_default();
    let page = web.use_cases.ports().log.read_all(after, limit).await.map_err(Failure::from)?;
    let next = (!page.end).then(|| page.next.get());
    Ok(Json(EventPage { items: views(&web, &identity, &page.events).await?, next }))
}

/// A place in the log that a caller names.
///
/// # Errors
/// `invalid_field` for anything but a number that a log can reach.
pub(super) fn position(field: &'static str, text: &str) -> Result<Position, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse::<i64>().ok()).flatten().map(i64::unsigned_abs);
    number.map(Position::new).ok_or_else(|| Problem::field(field, "a position is a number such as 42"))
}
