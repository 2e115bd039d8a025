//! `history`: who let whom in, when, how and why.

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::id::ContactId;
use magiclink_projections::{HistoryFilter, HistoryItem, SubjectView};
use serde_json::{Value, json};

use super::arguments::{History, HistoryFormat};
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time::shown;

const COLUMNS: [&str; 7] = ["at", "kind", "contact", "link", "session", "actor", "origin"];

pub(super) async fn run(asking: &Asking<'_>, history: History) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    let contact = match &history.contact {
        // The history of somebody who was erased can still be read, by id.
        Some(text) => Some(match text.parse::<ContactId>() {
            Ok(id) => id,
            Err(_) => asking.contact(text).await?,
        }),
        None => None,
    };
    asking.shown(Some(asking.app.head().await?)).await?;
    let filter = HistoryFilter {
        subject: contact.map(Into::into),
        since: history.since.as_deref().map(|text| asking.time(text)).transpose()?,
        until: history.until.as_deref().map(|text| asking.time(text)).transpose()?,
        kind: None,
    };
    let listed = asking.app.read_models.history(&filter, None, history.limit as usize).await?;
    let items: Vec<Value> = listed.items.iter().map(item_json).collect();
    let json = json!({ "items": items });
    let text = match history.format {
        HistoryFormat::Table => as_table(asking, &listed.items),
        HistoryFormat::Json => format!("{json:#}\n"),
        HistoryFormat::Csv => as_csv(&listed.items)?,
    };
    Ok(Output::new(json, text))
}

fn contact_of(item: &HistoryItem) -> Option<String> {
    item.subject.and_then(SubjectView::contact).map(|contact| contact.to_string())
}

fn item_json(item: &HistoryItem) -> Value {
    json!({
        "at": item.at.to_string(),
        "kind": item.kind.as_str(),
        "contact_id": contact_of(item),
        "link_id": item.link.map(|link| link.to_string()),
        "session": item.session.map(|session| session.to_string()),
        "actor": item.actor.to_string(),
        "origin": item.origin.as_str(),
        "detail": item.detail,
    })
}

fn cells(item: &HistoryItem, at: String) -> Vec<String> {
    let text = |value: Option<String>| value.unwrap_or_default();
    vec![
        at,
        item.kind.as_str().to_owned(),
        text(contact_of(item)),
        text(item.link.map(|link| link.to_string())),
        text(item.session.map(|session| session.use_number.to_string())),
        item.actor.to_string(),
        item.origin.as_str().to_owned(),
    ]
}

fn as_table(asking: &Asking<'_>, items: &[HistoryItem]) -> String {
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    rows.extend(items.iter().map(|item| cells(item, shown(item.at, zone))));
    table(&rows)
}

fn as_csv(items: &[HistoryItem]) -> Result<String, CliFailure> {
    let mut writer = csv::Writer::from_writer(vec![]);
    let write = |writer: &mut csv::Writer<Vec<u8>>| -> csv::Result<()> {
        writer.write_record(COLUMNS)?;
        for item in items {
            writer.write_record(cells(item, item.at.to_string()).into_iter().map(|cell| unarmed(&cell)))?;
        }
        Ok(())
    };
    write(&mut writer).map_err(|error| CliFailure::fault(&error))?;
    let bytes = writer.into_inner().map_err(|error| CliFailure::fault(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A cell that a spreadsheet does not take for a formula (OWASP ASVS 5.0, 1.2.10).
pub(super) fn unarmed(cell: &str) -> String {
    let armed = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']);
    if armed { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("＝1", "'＝1"), ("cli:ana", "cli:ana"), ("", "")] {
            assert_eq!(unarmed(cell), safe);
        }
    }
}
