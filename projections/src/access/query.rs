//! What contacts may see.

use std::collections::HashMap;

use magiclink_domain::actor::Actor;
use magiclink_domain::id::ContactId;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::{OfferingUrl, Slug, Title};
use sqlx::SqlitePool;

use crate::read::{at, parse, texts, unavailable};

/// A contact's access to one offering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// Which offering.
    pub offering: Slug,
    /// Course or group; `None` while the catalogue does not know it.
    pub kind: Option<OfferingKind>,
    /// What it is called; `None` while the catalogue does not know it.
    pub title: Option<Title>,
    /// Where its content lives.
    pub url: Option<OfferingUrl>,
    /// Since when without a break.
    pub since: Timestamp,
    /// Not from this instant on; `None` = for good.
    pub until: Option<Timestamp>,
    /// Who granted it last.
    pub granted_by: Actor,
}

impl GrantView {
    /// Whether it gives access at `now` (half-open: not at its end).
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

type Row = (String, String, i64, Option<i64>, String, Option<String>, Option<String>, Option<String>);

/// The grants of each of `contacts`, by title.
pub(crate) async fn of(
    readers: &SqlitePool, contacts: &[ContactId],
) -> Result<HashMap<ContactId, Vec<GrantView>>, Unavailable> {
    let rows: Vec<Row> = sqlx::query_as(
        "select grants.contact_id, grants.offering, grants.since_us, grants.until_us, grants.granted_by,
             offerings.kind, offerings.title, offerings.url
         from grants left join offerings on offerings.slug = grants.offering
         where grants.contact_id in (select value from json_each(?1))
         order by coalesce(offerings.title, grants.offering), grants.offering",
    )
    .bind(texts(contacts)?)
    .fetch_all(readers)
    .await
    .map_err(unavailable)?;
    let mut grants: HashMap<ContactId, Vec<GrantView>> = HashMap::new();
    for (contact, offering, since, until, granted_by, kind, title, url) in rows {
        grants.entry(parse("contact_id", &contact)?).or_default().push(GrantView {
            offering: Slug::stored(offering),
            kind: kind.as_deref().map(|kind| parse("kind", kind)).transpose()?,
            title: title.map(Title::stored),
            url: url.map(OfferingUrl::stored),
            since: at(since),
            until: until.map(at),
            granted_by: parse("granted_by", &granted_by)?,
        });
    }
    Ok(grants)
}
