//! Finding contacts.

use axum::Json;
use axum::extract::State;
use magiclink_domain::authority::Act;
use magiclink_domain::personal::Personal;
use magiclink_domain::time::Timestamp;
use magiclink_projections as projections;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ContactView, GrantView};
use crate::Web;
use crate::api::fields::Time;
use crate::api::identity::Identity;
use crate::api::list::{Asked, Listing, Two, caught_up};
use crate::api::problem::Problem;
use crate::api::query::Params;

/// Which contacts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Any part of a name, e-mail, phone or external id; several words must all be found. Left out: all contacts, newest
    /// first. At most 200 characters.
    #[param(max_length = 200, example = "ana")]
    q: Option<String>,
    /// Items wanted, 1 to 200.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of an earlier answer.
    after: Option<String>,
}

/// The longest search text, in characters.
const LONGEST: usize = 200;

/// Find contacts
///
/// With `q` the best match comes first and there is one page; without, the newest.
#[utoipa::path(
    get, path = "/contacts", tag = "Contacts", operation_id = "search_contacts",
    params(SearchParams),
    responses((status = 200, description = "The contacts", body = Listing<ContactView>)),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field"]))),
)]
pub(crate) async fn search(
    State(web): State<Web>, identity: Identity, Params(params): Params<SearchParams>,
) -> Result<Json<Listing<ContactView>>, Problem> {
    identity.may(&web, Act::Read)?;
    let wanted = params.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    if wanted.is_some_and(|q| q.chars().count() > LONGEST) {
        return Err(Problem::field("q", "a search has at most 200 characters"));
    }
    if wanted.is_some() && params.after.is_some() {
        return Err(Problem::field("after", "a search has one page: leave after out"));
    }
    let asked = Asked::read(&web, "contacts", params.limit.as_deref(), params.after.as_deref())?;
    caught_up(&web).await?;
    if let Some(q) = wanted {
        let found = identity.lists(&web, Act::Read)?.search(q, asked.limit).await?;
        return Ok(Json(asked.listing(found.into_iter().filter_map(shown).collect(), None)));
    }
    let cursor = |Two(added_at, id)| projections::ContactCursor { added_at: Timestamp::from_micros(added_at), id };
    let page = identity.lists(&web, Act::Read)?.contacts(asked.after.map(cursor), asked.limit).await?;
    let next = page.next.map(|next| Two(next.added_at.micros(), next.id));
    Ok(Json(asked.listing(page.items.into_iter().filter_map(shown).collect(), next)))
}

/// A contact that was erased a moment ago is not shown.
fn shown(view: projections::ContactView) -> Option<ContactView> {
    let Personal::Known(details) = view.details else { return None };
    Some(ContactView {
        id: view.id,
        name: details.name.to_string(),
        email: details.email.map(|email| email.to_string()),
        phone: details.phone.map(|phone| phone.to_string()),
        external_id: details.external_id.map(|id| id.to_string()),
        locale: details.locale.map(|locale| locale.to_string()),
        in_portal: view.in_portal,
        sms_opted_out: view.sms_opted_out,
        grants: grants(view.grants),
        created_at: Time(view.created_at),
    })
}

/// Courses first, each by title, as everywhere.
fn grants(grants: Vec<projections::GrantView>) -> Vec<GrantView> {
    let mut grants: Vec<_> = grants.into_iter().filter_map(|grant| Some((grant.kind?, grant))).collect();
    grants.sort_by_key(|(kind, _)| *kind);
    let view = |(kind, grant): (magiclink_domain::offering::OfferingKind, projections::GrantView)| GrantView {
        title: grant.title.map_or_else(|| grant.offering.to_string(), |title| title.to_string()),
        offering: grant.offering.to_string(),
        kind: kind.into(),
        since: Time(grant.since),
        until: grant.until.map(Time),
    };
    grants.into_iter().map(view).collect()
}
