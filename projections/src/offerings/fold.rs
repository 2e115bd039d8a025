//! From an offering's events to its row.

use std::collections::BTreeMap;

use magiclink_domain::event::Event;
use magiclink_domain::offering::{OfferingEvent, OfferingKind};
use magiclink_domain::value::{OfferingUrl, Slug, Title};

use crate::projection::{Batch, Folded};

const ADD: &str = "
    insert into offerings (slug, kind, title, url, added_at_us, archived_at_us)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from jsonb_each(?1)";

const CHANGE: &str = "
    update offerings set title = made.value ->> 1, url = made.value ->> 2
    from jsonb_each(?1) as made where offerings.slug = made.value ->> 0";

const ARCHIVE: &str = "
    update offerings set archived_at_us = coalesce(archived_at_us, made.value ->> 1)
    from jsonb_each(?1) as made where offerings.slug = made.value ->> 0";

/// What the batch says about one offering.
#[derive(Default)]
struct Row<'a> {
    added: Option<(OfferingKind, i64)>,
    shown: Option<(&'a Title, Option<&'a OfferingUrl>)>,
    archived_at_us: Option<i64>,
}

pub(super) fn fold(batch: &Batch) -> Result<Folded, serde_json::Error> {
    let mut rows: BTreeMap<&Slug, Row<'_>> = BTreeMap::new();
    for entry in &batch.entries {
        let Event::Offering(slug, event) = &entry.event else { continue };
        let row = rows.entry(slug).or_default();
        match event {
            OfferingEvent::OfferingAdded { kind, title, url } => {
                row.added = Some((*kind, entry.at_us()));
                row.shown = Some((title, url.as_ref()));
            }
            OfferingEvent::OfferingChanged { title, url } => row.shown = Some((title, url.as_ref())),
            OfferingEvent::OfferingArchived => {
                row.archived_at_us.get_or_insert(entry.at_us());
            }
        }
    }
    let (mut added, mut changed, mut archived) = (vec![], vec![], vec![]);
    for (slug, row) in &rows {
        let shown = row.shown.map(|(title, url)| (title.as_str(), url.map(OfferingUrl::as_str)));
        match (row.added, shown) {
            (Some((kind, at)), Some((title, url))) => {
                added.push((slug.as_str(), kind.as_str(), title, url, at, row.archived_at_us));
            }
            (None, Some((title, url))) => changed.push((slug.as_str(), title, url)),
            (Some(_) | None, None) => {}
        }
        archived.extend(row.archived_at_us.filter(|_| row.added.is_none()).map(|at| (slug.as_str(), at)));
    }
    let mut folded = Folded::default();
    folded.write(ADD, added)?;
    folded.write(CHANGE, changed)?;
    folded.write(ARCHIVE, archived)?;
    Ok(folded)
}
