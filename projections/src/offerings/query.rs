//! The catalogue, with how many people see each offering.

use std::collections::HashMap;

use magiclink_domain::offering::OfferingKind;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::time::Timestamp;
use magiclink_domain::value::{OfferingUrl, Slug, Title};

use crate::models::ReadModels;
use crate::read::{at, count, parse, unavailable};

/// An offering of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferingView {
    /// Its name in URLs.
    pub slug: Slug,
    /// Course or group.
    pub kind: OfferingKind,
    /// What it is called.
    pub title: Title,
    /// Where its content lives.
    pub url: Option<OfferingUrl>,
    /// When it came into the catalogue.
    pub added_at: Timestamp,
    /// Since when it takes no new grants.
    pub archived_at: Option<Timestamp>,
    /// Contacts with a live grant, at the instant of the answer.
    pub people: u64,
}

type Row = (String, String, String, Option<String>, i64, Option<i64>, i64);

macro_rules! offerings_where {
    ($rest:literal) => {
        concat!(
            "select slug, kind, title, url, added_at_us, archived_at_us,
                 (select count(*) from grants where grants.offering = offerings.slug and until_us is null)
                 + (select count(*) from grants where grants.offering = offerings.slug and until_us > ?1)
             from offerings ",
            $rest
        )
    };
}

/// Every offering with its people.
pub(crate) const COUNTED: &str = offerings_where!("order by title, slug");

impl ReadModels {
    /// Every offering, archived ones too, by title.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn offerings(&self) -> Result<Vec<OfferingView>, Unavailable> {
        let rows: Vec<Row> =
            sqlx::query_as(COUNTED).bind(self.now().micros()).fetch_all(self.readers()).await.map_err(unavailable)?;
        rows.into_iter().map(view).collect()
    }

    /// What each offering is called, archived ones too.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn titles(&self) -> Result<HashMap<Slug, Title>, Unavailable> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select slug, title from offerings").fetch_all(self.readers()).await.map_err(unavailable)?;
        Ok(rows.into_iter().map(|(slug, title)| (Slug::stored(slug), Title::stored(title))).collect())
    }

    /// The offering as last projected.
    ///
    /// # Errors
    /// [`Unavailable`] when the file does not answer.
    pub async fn offering(&self, slug: &Slug) -> Result<Option<OfferingView>, Unavailable> {
        let row: Option<Row> = sqlx::query_as(offerings_where!("where slug = ?2"))
            .bind(self.now().micros())
            .bind(slug.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(unavailable)?;
        row.map(view).transpose()
    }
}

fn view((slug, kind, title, url, added, archived, people): Row) -> Result<OfferingView, Unavailable> {
    Ok(OfferingView {
        slug: Slug::stored(slug),
        kind: parse("kind", &kind)?,
        title: Title::stored(title),
        url: url.map(OfferingUrl::stored),
        added_at: at(added),
        archived_at: archived.map(at),
        people: count("people", people)?,
    })
}
