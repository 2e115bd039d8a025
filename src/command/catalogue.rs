//! `offerings`.

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::value::OfferingUrl;
use serde_json::json;

use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};

pub(super) async fn list(asking: &Asking<'_>) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    asking.shown(Some(asking.app.head().await?)).await?;
    let mut rows = vec![["slug", "kind", "title", "people"].map(str::to_owned).to_vec()];
    let mut items = vec![];
    for offering in asking.app.read_models.offerings().await? {
        let archived = if offering.archived_at.is_some() { " (archived)" } else { "" };
        rows.push(vec![
            offering.slug.to_string(),
            offering.kind.as_str().to_owned(),
            format!("{}{archived}", offering.title),
            offering.people.to_string(),
        ]);
        items.push(json!({
            "slug": offering.slug.as_str(),
            "kind": offering.kind.as_str(),
            "title": offering.title.as_str(),
            "url": offering.url.as_ref().map(OfferingUrl::as_str),
            "archived": offering.archived_at.is_some(),
        }));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}
