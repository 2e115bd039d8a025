//! `history`: who let whom in, when, how and why.

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::id::ContactId;
use magiclink_projections::{HistoryFilter, HistoryItem};
use magiclink_web::told::{self, HISTORY_COLUMNS, csv_lines, history_cells};
use serde_json::json;

use super::arguments::{History, HistoryFormat};
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time::shown;

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
    let json = json!({ "items": listed.items.iter().cloned().map(told::history).collect::<Vec<_>>() });
    let text = match history.format {
        HistoryFormat::Table => as_table(asking, listed.items),
        HistoryFormat::Json => format!("{json:#}\n"),
        HistoryFormat::Csv => as_csv(listed.items)?,
    };
    Ok(Output::new(json, text))
}

/// What everybody looks for comes first, what is long last.
fn as_table(asking: &Asking<'_>, items: Vec<HistoryItem>) -> String {
    let zone = asking.app.config.portal.time_zone;
    let [_, columns @ ..] = HISTORY_COLUMNS;
    let mut rows = vec![order("at".to_owned(), columns.map(str::to_owned))];
    rows.extend(items.into_iter().map(|item| {
        let at = shown(item.at, zone);
        let [_, cells @ ..] = history_cells(item);
        // What comes from outside must not move a terminal's cursor.
        order(at, cells.map(|cell| cell.replace(char::is_control, " ")))
    }));
    table(&rows)
}

fn order(at: String, cells: [String; 11]) -> Vec<String> {
    let [kind, contact, staff, link, session, actor, origin, reason, ip, agent, detail] = cells;
    vec![at, kind, contact, staff, link, session, actor, origin, ip, reason, detail, agent]
}

fn as_csv(items: Vec<HistoryItem>) -> Result<String, CliFailure> {
    let header = std::iter::once(HISTORY_COLUMNS.map(str::to_owned));
    Ok(csv_lines(header.chain(items.into_iter().map(history_cells)))?)
}
