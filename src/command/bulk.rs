//! `link issue --all-uninvited` and `bulk`: one link for each of many.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use magiclink_domain::authority::{Act, Authority, authorise};
use magiclink_domain::bulk::Segment;
use magiclink_domain::id::BulkId;
use magiclink_domain::link::Channel;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{BulkPreview, BulkRequest, Caller};
use magiclink_domain::value::{Reason, Slug, Tag};
use magiclink_projections::{BulkResult, BulkRow, BulkSendView};
use magiclink_web::told::csv_lines;
use serde_json::{Value, json};

use super::arguments::{BulkCommand, HistoryFormat, IssueLink};
use super::caller::Asking;
use super::failure::CliFailure;
use super::links::channel;
use super::output::{Output, table};
use super::time;

/// Recipients read at a time.
const PAGE: usize = 500;

const COLUMNS: [&str; 7] = ["contact", "name", "result", "channel", "code", "link", "asked for at"];

/// What `link issue` asks for many.
fn request(link: &IssueLink, ready: &BTreeSet<Channel>) -> Result<BulkRequest, CliFailure> {
    let many = &link.many;
    if link.destination.as_deref().is_some_and(|to| to != "home") || link.uses.is_some() || !link.grants.is_empty() {
        return Err(CliFailure::usage(
            "links for many lead home, work once and grant nothing: leave out --to, --uses and --grant",
        ));
    }
    Ok(BulkRequest {
        segment: Segment {
            never_signed_in: many.all_uninvited,
            unused: many.unused,
            unused_of: many.unused_of.as_deref().map(parse_id).transpose()?,
            offering: many.offering.as_deref().map(Slug::parse).transpose()?,
        },
        tag: many.tag.as_deref().map(Tag::parse).transpose()?,
        channels: channels(link, ready)?,
        lifetime: link.lifetime.as_deref().map(time::lifetime).transpose()?,
        reason: link.reason.as_deref().map(Reason::parse).transpose()?.flatten(),
    })
}

/// The channels named, else e-mail before SMS, as far as they have a provider.
fn channels(link: &IssueLink, ready: &BTreeSet<Channel>) -> Result<Vec<Channel>, CliFailure> {
    if !link.send.is_empty() {
        return link.send.iter().map(|word| channel(word)).collect();
    }
    let usual = [Channel::Email, Channel::Sms];
    let usable: Vec<Channel> = usual.into_iter().filter(|channel| ready.contains(channel)).collect();
    Ok(if usable.is_empty() { usual.to_vec() } else { usable })
}

fn parse_id(text: &str) -> Result<BulkId, CliFailure> {
    text.parse().map_err(|_| CliFailure::usage(format!("{text:?} is no bulk send's id: see `magiclink bulk list`")))
}

/// `link issue` for many: says what it would come to, or starts it.
pub(super) async fn issue(asking: &Asking<'_>, link: &IssueLink, only_look: bool) -> Result<Output, CliFailure> {
    let use_cases = asking.use_cases();
    let request = request(link, &use_cases.policy().channels)?;
    let preview = use_cases.preview_bulk_send(&asking.caller, &request).await?;
    if only_look || link.many.dry_run {
        return Ok(Output::new(preview_json(&preview), preview_text(&preview)));
    }
    let sure = matches!(asking.caller.authority, Authority::Role { confirmed: true, .. });
    let confirmed = match link.many.messages {
        Some(messages) => messages,
        None if sure => preview.messages(),
        None => {
            let count = preview.messages();
            let what = format!("{count} messages would be sent: say so with --yes, or look closer with --dry-run");
            return Err(CliFailure::refused(what));
        }
    };
    let done = use_cases.start_bulk_send(&confirmed_caller(&asking.caller), &request, confirmed).await?;
    asking.shown(done.position).await?;
    let view = found(asking, done.value).await?;
    let text = format!("bulk send {}: {} messages, see `magiclink bulk show`\n", view.id, view.messages);
    Ok(Output::new(view_json(&view), text))
}

/// To repeat the number is to say yes twice.
fn confirmed_caller(caller: &Caller) -> Caller {
    let authority = match caller.authority {
        Authority::Role { role, signed_in_at, token, .. } => {
            Authority::Role { role, signed_in_at, confirmed: true, token }
        }
        other @ (Authority::System | Authority::Contact(_) | Authority::Nobody) => other,
    };
    Caller { authority, ..caller.clone() }
}

fn preview_json(preview: &BulkPreview) -> Value {
    let channels: serde_json::Map<String, Value> =
        preview.channels.iter().map(|(channel, number)| (channel.to_string(), json!(number))).collect();
    let refused = preview.refused.iter().map(
        |(code, refused)| json!({ "code": code, "detail": refused.why.to_string(), "contacts": refused.contacts }),
    );
    json!({
        "contacts": preview.contacts,
        "messages": preview.messages(),
        "channels": channels,
        "sms_segments": preview.sms_segments,
        "refused": refused.collect::<Vec<_>>(),
    })
}

fn preview_text(preview: &BulkPreview) -> String {
    let mut rows = vec![vec!["contacts meant".to_owned(), preview.contacts.to_string()]];
    for (channel, number) in &preview.channels {
        let cost = match channel {
            Channel::Sms => format!(" ({} segments)", preview.sms_segments),
            Channel::Email => String::new(),
        };
        rows.push(vec![format!("by {channel}"), format!("{number}{cost}")]);
    }
    for refused in preview.refused.values() {
        rows.push(vec!["not".into(), format!("{}: {}", refused.contacts, refused.why)]);
    }
    let mut text = table(&rows);
    // Writing to a string can't fail.
    let _: fmt::Result = writeln!(text, "{} messages would be sent", preview.messages());
    text
}

pub(super) async fn run(asking: &Asking<'_>, command: BulkCommand) -> Result<Output, CliFailure> {
    let (use_cases, caller) = (asking.use_cases(), &asking.caller);
    let (bulk, done) = match command {
        BulkCommand::List { limit } => return list(asking, limit).await,
        BulkCommand::Show { bulk, result, format } => {
            return show(asking, parse_id(&bulk)?, result.as_deref(), format).await;
        }
        BulkCommand::Pause { bulk } => {
            let bulk = parse_id(&bulk)?;
            (bulk, use_cases.pause_bulk_send(caller, bulk).await?)
        }
        BulkCommand::Resume { bulk } => {
            let bulk = parse_id(&bulk)?;
            (bulk, use_cases.resume_bulk_send(caller, bulk).await?)
        }
        BulkCommand::Stop { bulk } => {
            let bulk = parse_id(&bulk)?;
            (bulk, use_cases.stop_bulk_send(caller, bulk).await?)
        }
    };
    asking.shown(done.position).await?;
    let view = found(asking, bulk).await?;
    Ok(Output::new(view_json(&view), format!("bulk send {}: {}\n", view.id, view.status.as_str())))
}

async fn found(asking: &Asking<'_>, bulk: BulkId) -> Result<BulkSendView, CliFailure> {
    let view = asking.app.read_models.bulk_send(bulk).await?;
    Ok(view.ok_or(Rejection::BulkNotFound)?)
}

async fn list(asking: &Asking<'_>, limit: u32) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    asking.shown(Some(asking.app.head().await?)).await?;
    let listed = asking.app.read_models.bulk_sends(None, limit as usize).await?;
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![["id", "state", "done", "started", "by"].map(str::to_owned).to_vec()];
    rows.extend(listed.items.iter().map(|bulk| {
        vec![
            bulk.id.to_string(),
            bulk.status.as_str().to_owned(),
            format!("{} of {}", bulk.done(), bulk.messages),
            time::shown(bulk.started_at, zone),
            bulk.started_by.to_string(),
        ]
    }));
    Ok(Output::new(json!({ "items": listed.items.iter().map(view_json).collect::<Vec<_>>() }), table(&rows)))
}

async fn show(
    asking: &Asking<'_>, bulk: BulkId, result: Option<&str>, format: HistoryFormat,
) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    let result = match result {
        None => None,
        Some(word) => Some(BulkResult::from_word(word).ok_or_else(|| {
            let words: Vec<&str> = BulkResult::ALL.iter().map(|result| result.as_str()).collect();
            CliFailure::usage(format!("{word:?} is no result: give one of {}", words.join(", ")))
        })?),
    };
    asking.shown(Some(asking.app.head().await?)).await?;
    let view = found(asking, bulk).await?;
    let mut recipients = vec![];
    let mut after = None;
    loop {
        let page = asking.app.read_models.bulk_rows(bulk, result, after, PAGE).await?;
        recipients.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut json = view_json(&view);
    if let Value::Object(fields) = &mut json {
        fields.insert("recipients".to_owned(), recipients.iter().map(row_json).collect());
    }
    let text = match format {
        HistoryFormat::Json => format!("{json:#}\n"),
        HistoryFormat::Csv => as_csv(&recipients)?,
        HistoryFormat::Table => as_table(asking, &view, &recipients),
    };
    Ok(Output::new(json, text))
}

fn as_table(asking: &Asking<'_>, view: &BulkSendView, recipients: &[BulkRow]) -> String {
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![
        vec!["bulk send".to_owned(), view.id.to_string()],
        vec!["state".into(), view.status.as_str().to_owned()],
        vec!["done".into(), format!("{} of {}", view.done(), view.messages)],
        vec!["started".into(), format!("{} by {}", time::shown(view.started_at, zone), view.started_by)],
    ];
    rows.extend(view.results.iter().map(|(result, number)| vec![result.as_str().to_owned(), number.to_string()]));
    let mut lines = vec![COLUMNS.map(str::to_owned).to_vec()];
    let at = |row: &BulkRow| row.requested_at.map_or_else(String::new, |at| time::shown(at, zone));
    lines.extend(recipients.iter().map(|row| cells(row, at(row))));
    format!("{}\n{}", table(&rows), table(&lines))
}

fn cells(row: &BulkRow, at: String) -> Vec<String> {
    vec![
        row.contact.to_string(),
        row.name.known().cloned().unwrap_or_default(),
        row.result.as_str().to_owned(),
        row.channel.map(|channel| channel.to_string()).unwrap_or_default(),
        row.code.clone().or_else(|| row.words.clone()).unwrap_or_default(),
        row.link.map(|link| link.to_string()).unwrap_or_default(),
        at,
    ]
}

fn as_csv(recipients: &[BulkRow]) -> Result<String, CliFailure> {
    let row = |row: &BulkRow| cells(row, row.requested_at.map_or_else(String::new, |at| at.to_string()));
    let header = std::iter::once(COLUMNS.map(str::to_owned).to_vec());
    Ok(csv_lines(header.chain(recipients.iter().map(row)))?)
}

/// A bulk send as the API shows one.
fn view_json(view: &BulkSendView) -> Value {
    let words = view.words.as_ref().and_then(Personal::known);
    let results: serde_json::Map<String, Value> =
        view.results.iter().map(|(result, number)| (result.as_str().to_owned(), json!(number))).collect();
    json!({
        "id": view.id.to_string(),
        "state": view.status.as_str(),
        "stopped": view.stopped,
        "started_at": view.started_at.to_string(),
        "ended_at": view.ended_at.map(|at| at.to_string()),
        "started_by": view.started_by.to_string(),
        "origin": view.origin.as_str(),
        "never_signed_in": view.segment.never_signed_in,
        "unused": view.segment.unused,
        "unused_of": view.segment.unused_of.map(|bulk| bulk.to_string()),
        "offering": view.segment.offering.as_ref().map(ToString::to_string),
        "tag": words.and_then(|words| words.tag.as_ref()).map(ToString::to_string),
        "send": view.channels.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "expires_in": view.lifetime.to_string(),
        "reason": words.and_then(|words| words.reason.as_ref()).map(ToString::to_string),
        "messages": view.messages,
        "results": results,
    })
}

fn row_json(row: &BulkRow) -> Value {
    json!({
        "contact_id": row.contact.to_string(),
        "name": row.name.known(),
        "result": row.result.as_str(),
        "code": row.code,
        "words": row.words,
        "link_id": row.link.map(|link| link.to_string()),
        "channel": row.channel.map(|channel| channel.to_string()),
        "requested_at": row.requested_at.map(|at| at.to_string()),
    })
}
