//! What came of each recipient.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{BulkId, ContactId};
use magiclink_projections::{BulkCursor, BulkResult, BulkRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Web;
use crate::api::address::At;
use crate::api::fields::{Time, optional, text};
use crate::api::identity::Identity;
use crate::api::links::ChannelName;
use crate::api::list::{Asked, Listing, caught_up};
use crate::api::problem::Problem;
use crate::api::query::Params;

/// What came of one recipient of a bulk send.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkRecipient, example = json!({
    "contact_id": "6a0b3c1e-4b1f-8e2a-9c3d-5e6f7a8b9c0d", "result": "delivered", "code": null, "words": null,
    "link_id": "0d9c3f5e-8a1b-8c2d-b3e4-f5a6b7c8d9e0", "channel": "email", "requested_at": "2026-05-01T15:00:03Z"
}))]
pub(crate) struct RecipientView {
    /// Which contact.
    #[serde(serialize_with = "text")]
    #[schema(value_type = String, format = Uuid)]
    contact_id: ContactId,
    /// `signed_in`, `opened`, `delivered`, `sent`, `maybe_sent`, `sending`, `queued`, `waiting`, `failed`, `cancelled` or
    /// `skipped`.
    result: &'static str,
    /// The word of the rule that refused, or the provider's code.
    #[schema(required = true)]
    code: Option<String>,
    /// The provider's code in plain words.
    #[schema(required = true)]
    words: Option<String>,
    /// The link, once made.
    #[schema(required = true, format = Uuid)]
    link_id: Option<String>,
    /// Over which channel it was sent.
    #[schema(required = true)]
    channel: Option<ChannelName>,
    /// When that was asked for.
    #[schema(required = true)]
    requested_at: Option<Time>,
}

impl From<BulkRow> for RecipientView {
    fn from(row: BulkRow) -> Self {
        Self {
            contact_id: row.contact,
            result: row.result.as_str(),
            code: row.code,
            words: row.words,
            link_id: row.link.map(|link| link.to_string()),
            channel: row.channel.map(ChannelName::from),
            requested_at: row.requested_at.map(Time),
        }
    }
}

/// Which recipients.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecipientParams {
    /// Of whom this came.
    #[param(example = "failed")]
    result: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer to the same query.
    after: Option<String>,
}

/// List recipients
///
/// In the order of sending.
#[utoipa::path(
    get, path = "/bulk-sends/{id}/recipients", tag = "Bulk sends", operation_id = "list_bulk_recipients",
    params(("id" = String, Path, description = "The bulk send", format = Uuid), RecipientParams),
    responses((status = 200, description = "The recipients", body = Listing<RecipientView>)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field", "not_found"]))),
)]
pub(crate) async fn list(
    State(web): State<Web>, identity: Identity, At(bulk): At<BulkId>, Params(params): Params<RecipientParams>,
) -> Result<Json<Listing<RecipientView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let result = optional(params.result.as_ref(), |word| {
        let found = BulkResult::from_word(word);
        found.ok_or_else(|| Problem::field("result", "see the document for the results there are"))
    })?;
    web.use_cases.bulk_send(&identity.caller(&web), bulk).await?;
    let list = format!("recipients {bulk} {result:?}");
    let asked = Asked::read(&web, list, params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    let page =
        identity.lists(&web, Act::Read)?.bulk_rows(bulk, result, asked.after.map(BulkCursor), asked.limit).await?;
    Ok(Json(asked.listing(page.items.into_iter().map(RecipientView::from).collect(), page.next.map(|next| next.0))))
}
