//! `link`.

use std::fmt::{self, Write};

use fast_qr::QRBuilder;
use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::id::LinkId;
use magiclink_domain::link::{Channel, Destination, Link, LinkStatus, LinkSubject};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{IssueRequest, TimelineEntry};
use magiclink_domain::value::{Reason, Slug};
use magiclink_projections::{LinkFilter, LinkView, SubjectView};
use magiclink_web::told;
use serde_json::{Value, json};

use super::arguments::{IssueLink, LinkCommand, State};
use super::bulk;
use super::caller::Asking;
use super::card;
use super::deliveries;
use super::failure::CliFailure;
use super::output::{Output, table};
use super::time;

pub(super) async fn run(asking: &Asking<'_>, command: LinkCommand) -> Result<Output, CliFailure> {
    match command {
        LinkCommand::Issue(link) if link.many.is_asked_for() => bulk::issue(asking, &link, false).await,
        LinkCommand::Check(link) if link.many.is_asked_for() => bulk::issue(asking, &link, true).await,
        LinkCommand::Issue(link) => issue(asking, &link).await,
        LinkCommand::Check(link) => check(asking, &link).await,
        LinkCommand::List { contact, state, limit } => list(asking, contact.as_deref(), state, limit).await,
        LinkCommand::Show { link } => show(asking, parse_id(&link)?).await,
        LinkCommand::Send { link, by } => {
            let id = parse_id(&link)?;
            let done = asking.use_cases().request_delivery(&asking.caller, id, deliveries::channel(by)).await?;
            asking.shown(done.position).await?;
            show(asking, id).await
        }
        LinkCommand::Revoke { link, reason } => {
            let reason = reason.as_deref().map(Reason::parse).transpose()?.flatten();
            let id = parse_id(&link)?;
            let done = asking.use_cases().revoke_link(&asking.caller, id, reason).await?;
            asking.shown(done.position).await?;
            show(asking, id).await
        }
    }
}

fn parse_id(text: &str) -> Result<LinkId, CliFailure> {
    text.parse().map_err(|_| CliFailure::usage(format!("{text:?} is no link's id: see `magiclink link list`")))
}

async fn request(asking: &Asking<'_>, link: &IssueLink) -> Result<IssueRequest, CliFailure> {
    let destination = match link.destination.as_deref() {
        None | Some("home") => Destination::Home,
        Some(slug) => Destination::Offering(Slug::parse(slug)?),
    };
    Ok(IssueRequest {
        destination,
        lifetime: link.lifetime.as_deref().map(time::lifetime).transpose()?,
        max_uses: link.uses,
        deliver: link.send.iter().map(|word| channel(word)).collect::<Result<_, _>>()?,
        grants: link.grants.iter().map(|slug| Slug::parse(slug)).collect::<Result<_, _>>()?,
        reason: link.reason.as_deref().map(Reason::parse).transpose()?.flatten(),
        reveal: true,
        contact: asking.contact(link.contact.as_deref().unwrap_or_default()).await?,
    })
}

pub(super) fn channel(text: &str) -> Result<Channel, CliFailure> {
    match text {
        "sms" => Ok(Channel::Sms),
        "email" => Ok(Channel::Email),
        other => Err(CliFailure::usage(format!("{other:?} is no channel: give sms, email or both (sms,email)"))),
    }
}

async fn issue(asking: &Asking<'_>, link: &IssueLink) -> Result<Output, CliFailure> {
    let request = request(asking, link).await?;
    let done = asking.use_cases().issue_link(&asking.caller, request).await?;
    asking.shown(done.position).await?;
    let issued = done.value;
    let (url, code) = (issued.url.map(|url| url.0), issued.code.map(|code| code.0));
    let mut json = link_json(asking, issued.id, &issued.link).await?;
    if let Value::Object(fields) = &mut json {
        fields.insert("url".to_owned(), json!(url));
        fields.insert("code".to_owned(), json!(code));
    }
    let mut text = String::new();
    if let Some(url) = &url {
        if link.qr {
            text.push_str(&qr(url)?);
        }
        text.push_str(url);
        text.push('\n');
    }
    let mut rows = vec![];
    rows.extend(code.map(|code| vec!["code".to_owned(), code]));
    rows.push(vec!["expires".into(), time::shown(issued.link.expires_at, asking.app.config.portal.time_zone)]);
    rows.push(vec!["link".into(), issued.id.to_string()]);
    for delivery in issued.link.deliveries.values() {
        let to = delivery.to.known().cloned().unwrap_or_default();
        rows.push(vec![delivery.channel.to_string(), format!("{to} ({})", delivery.state.as_str())]);
    }
    text.push_str(&table(&rows));
    Ok(Output::new(json, text))
}

/// The URL as a picture that a phone's camera reads off the terminal.
fn qr(url: &str) -> Result<String, CliFailure> {
    let code = QRBuilder::new(url).build().map_err(|error| CliFailure::fault(&error))?;
    Ok(format!("{}\n", code.to_str()))
}

async fn check(asking: &Asking<'_>, link: &IssueLink) -> Result<Output, CliFailure> {
    let request = request(asking, link).await?;
    let problems = asking.use_cases().check_link(&asking.caller, &request).await?;
    let ok = problems.is_empty();
    let items: Vec<Value> = problems.iter().map(problem_json).collect();
    let mut text = String::new();
    if ok {
        text.push_str("it will work\n");
    }
    for problem in &problems {
        // Writing to a string can't fail.
        let _: fmt::Result = writeln!(text, "{problem}");
    }
    Ok(Output { json: json!({ "ok": ok, "problems": items }), text, exit: u8::from(!ok) })
}

/// Messages read "what is wrong: what to do".
fn problem_json(problem: &Rejection) -> Value {
    let sentence = problem.to_string();
    let (detail, remedy) = sentence.split_once(": ").unwrap_or((&sentence, ""));
    json!({ "code": problem.code(), "detail": detail, "remedy": remedy })
}

async fn list(
    asking: &Asking<'_>, contact: Option<&str>, state: Option<State>, limit: u32,
) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::Read, asking.use_cases().ports().clock.now())?;
    let contact = match contact {
        Some(text) => Some(asking.contact(text).await?),
        None => None,
    };
    asking.shown(Some(asking.app.head().await?)).await?;
    let status = state.map(|state| match state {
        State::Live => LinkStatus::Live,
        State::Used => LinkStatus::Used,
        State::Expired => LinkStatus::Expired,
        State::Revoked => LinkStatus::Revoked,
    });
    let links = asking.app.read_models.links(LinkFilter { contact, status }, None, limit as usize).await?;
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![["id", "contact", "state", "leads to", "made", "expires"].map(str::to_owned).to_vec()];
    let mut items = vec![];
    for link in &links.items {
        let contact = link.subject.contact().map(|contact| contact.to_string()).unwrap_or_default();
        rows.push(vec![
            link.id.to_string(),
            contact,
            link.status.as_str().to_owned(),
            link.destination.as_str().to_owned(),
            time::shown(link.issued_at, zone),
            time::shown(link.expires_at, zone),
        ]);
        items.push(view_json(link));
    }
    Ok(Output::new(json!({ "items": items }), table(&rows)))
}

fn view_json(link: &LinkView) -> Value {
    json!({
        "id": link.id.to_string(),
        "contact_id": match link.subject {
            SubjectView::Contact(contact) => json!(contact.to_string()),
            SubjectView::Staff(_) => Value::Null,
        },
        "destination": link.destination.as_str(),
        "issued_at": link.issued_at.to_string(),
        "expires_at": link.expires_at.to_string(),
        "max_uses": link.max_uses,
        "uses": link.uses,
        "state": link.status.as_str(),
    })
}

async fn show(asking: &Asking<'_>, id: LinkId) -> Result<Output, CliFailure> {
    let timeline = asking.use_cases().link_timeline(&asking.caller, id).await?;
    let link = asking.use_cases().link(&asking.caller, id).await?;
    let card = asking.use_cases().link_card(&asking.caller, id).await?;
    let mut json = link_json(asking, id, &link).await?;
    if let Value::Object(fields) = &mut json {
        fields.extend(card::fields(&card).into_iter().map(|(name, value)| (name.to_owned(), value)));
        fields.insert("timeline".to_owned(), timeline.iter().map(told::timeline).collect());
    }
    let zone = asking.app.config.portal.time_zone;
    let mut rows = vec![
        vec!["link".to_owned(), id.to_string()],
        vec!["state".into(), json.get("state").and_then(Value::as_str).unwrap_or_default().to_owned()],
        vec!["leads to".into(), link.destination.as_str().to_owned()],
        vec!["uses".into(), format!("{} of {}", link.uses.len(), link.max_uses)],
        vec!["expires".into(), time::shown(link.expires_at, zone)],
        vec![String::new()],
    ];
    rows.extend(card::rows(&card, zone));
    rows.push(vec![String::new()]);
    rows.extend(timeline.iter().map(|entry| {
        let said = format!("{}  {}{}", word(&entry.kind), entry.meta.actor, reason(entry));
        vec![time::shown(entry.meta.at, zone), said]
    }));
    Ok(Output::new(json, table(&rows)))
}

/// Why, in staff's words, where they gave any.
fn reason(entry: &TimelineEntry) -> String {
    let told = told::timeline(entry);
    told.pointer("/detail/reason").and_then(Value::as_str).map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// `link.delivery_requested.v1` → `delivery_requested`.
fn word(kind: &str) -> &str {
    kind.split('.').nth(1).unwrap_or(kind)
}

async fn link_json(asking: &Asking<'_>, id: LinkId, link: &Link) -> Result<Value, CliFailure> {
    let now = asking.use_cases().ports().clock.now();
    let timeline = asking.use_cases().link_timeline(&asking.caller, id).await?;
    let issued_at = timeline.first().map(|entry| entry.meta.at).unwrap_or_default();
    let deliveries: Vec<Value> = link
        .deliveries
        .iter()
        .map(|(id, delivery)| {
            json!({
                "id": id.to_string(),
                "channel": delivery.channel.as_str(),
                "to": delivery.to.known(),
                "state": delivery.state.as_str(),
            })
        })
        .collect();
    Ok(json!({
        "id": id.to_string(),
        "contact_id": match link.subject {
            LinkSubject::Contact { contact, .. } => json!(contact.to_string()),
            LinkSubject::Staff(_) => Value::Null,
        },
        "destination": link.destination.as_str(),
        "issued_at": issued_at.to_string(),
        "expires_at": link.expires_at.to_string(),
        "max_uses": link.max_uses,
        "uses": link.uses.len(),
        "state": state(asking, link, now).await?,
        "deliveries": deliveries,
    }))
}

/// The link's state; one whose contact's admission number has risen is as good as revoked.
async fn state(asking: &Asking<'_>, link: &Link, now: Timestamp) -> Result<&'static str, CliFailure> {
    let status = link.status(now);
    if status != LinkStatus::Live {
        return Ok(status.as_str());
    }
    let dead = match link.subject {
        LinkSubject::Contact { contact, admission } => {
            let state = asking.use_cases().contact_state(&asking.caller, contact).await?;
            state.present().is_none_or(|contact| contact.admission != admission)
        }
        LinkSubject::Staff(_) => false,
    };
    Ok(if dead { LinkStatus::Revoked } else { LinkStatus::Live }.as_str())
}
