//! The login history: who let whom in, when, how and why.

use std::collections::VecDeque;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream;
use magiclink_domain::authority::Act;
use magiclink_domain::id::{ContactId, LinkId, SubjectId};
use magiclink_domain::link::OpenedBy;
use magiclink_domain::log::Position;
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::Slug;
use magiclink_projections::{HistoryFilter, HistoryItem, HistoryKind, Listed, SubjectView};
use serde::Deserialize;
use serde_json::Value;

use super::contact::instant;
use super::csv;
use super::gate::Staff;
use super::people::{self, People};
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::timeline::by;
use super::words::{self, Choice, When};
use super::wrong::Wrong;
use crate::Web;
use crate::http::page::html;

/// Lines on a page, and read at a time for the export.
const PAGE: usize = 50;
const CHUNK: usize = 500;

/// A line as shown.
pub(super) struct Row {
    pub(super) when: When,
    pub(super) what: &'static str,
    pub(super) name: String,
    pub(super) contact: Option<ContactId>,
    pub(super) link: Option<LinkId>,
    pub(super) detail: String,
    pub(super) by: String,
}

#[derive(Template)]
#[template(path = "console/history.html")]
struct HistoryPage<'a> {
    page: Shell<'a>,
    asks: Asks,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    problem: Option<String>,
    export: String,
    newest: String,
    next: Option<String>,
}

/// What the history is asked for; all of it stands in the address.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Asks {
    #[serde(default)]
    contact: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
    before: Option<u64>,
}

impl Asks {
    /// Whether nothing is left out.
    fn is_plain(&self) -> bool {
        [&self.contact, &self.kind, &self.since, &self.until].iter().all(|text| text.trim().is_empty())
    }

    async fn filter(&self, web: &Web, staff: &Staff) -> Result<HistoryFilter, Failure> {
        let zone = web.config.time_zone;
        let time = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().or_else(|_| instant(zone, text)).map(Some),
        };
        let subject = people::asked_for(web, staff, &self.contact).await?.map(SubjectId::from);
        let kind = match self.kind.as_str() {
            "" => None,
            word => Some(word.parse().map_err(|_| Rejection::Invalid(unknown_kind()))?),
        };
        Ok(HistoryFilter { subject, since: time(&self.since)?, until: time(&self.until)?, kind })
    }

    /// The same question at another address.
    fn address(&self, path: &str, before: Option<Position>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [("contact", &self.contact), ("kind", &self.kind), ("since", &self.since), ("until", &self.until)];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        format!("{path}?{}", query.finish())
    }
}

fn unknown_kind() -> magiclink_domain::value::InvalidValue {
    magiclink_domain::value::InvalidValue { field: "kind", reason: "the history has no such kind of line" }
}

pub(super) async fn list(State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>) -> Result<Response, Refused> {
    let (listed, wrong) = match asks.filter(&web, &staff).await {
        Ok(filter) => {
            (staff.lists(&web, Act::Read)?.history(&filter, asks.before.map(Position::new), PAGE).await?, None)
        }
        Err(failure) => (Listed { items: vec![], next: None }, Some(Wrong::of_filter(failure)?)),
    };
    let people = names(&web, &staff, &listed).await?;
    let page = Shell::of(&web, &staff, Section::History).await?;
    let rows = listed.items.iter().map(|item| row(&page, &people, item)).collect();
    let status = wrong.as_ref().map_or(StatusCode::OK, |wrong| wrong.status);
    let history = HistoryPage {
        page,
        rows,
        kinds: kinds(&asks.kind),
        problem: wrong.map(|wrong| wrong.text),
        export: asks.address("/console/history.csv", None),
        newest: asks.address("/console/history", None),
        next: listed.next.map(|next| asks.address("/console/history", Some(next))),
        asks,
    };
    Ok(html(status, &history))
}

/// The last `count` lines of everybody's history.
pub(super) async fn latest(web: &Web, page: &Shell<'_>, count: usize) -> Result<Vec<Row>, Failure> {
    let listed = page.staff.lists(web, Act::Read)?.history(&HistoryFilter::default(), None, count).await?;
    let people = names(web, page.staff, &listed).await?;
    Ok(listed.items.iter().map(|item| row(page, &people, item)).collect())
}

fn kinds(asked: &str) -> Vec<Choice> {
    let choice = |kind: &HistoryKind| Choice {
        value: kind.as_str(),
        label: words::happened(*kind).to_owned(),
        chosen: kind.as_str() == asked,
    };
    HistoryKind::ALL.iter().map(choice).collect()
}

async fn names(web: &Web, staff: &Staff, listed: &Listed<HistoryItem, Position>) -> Result<People, Failure> {
    let contacts = listed.items.iter().filter_map(|item| item.subject?.contact()).collect();
    People::of(web, staff, contacts).await
}

fn row(page: &Shell<'_>, people: &People, item: &HistoryItem) -> Row {
    Row {
        when: page.when(item.at),
        what: words::happened(item.kind),
        name: item.subject.map(|subject| people.subject(subject)).unwrap_or_default(),
        contact: item.subject.and_then(SubjectView::contact),
        link: item.link,
        detail: detail(people, item),
        by: by(people, &item.actor, item.origin),
    }
}

/// How, why and from where, in one line.
fn detail(people: &People, item: &HistoryItem) -> String {
    let text = |key: &str| item.detail.get(key).and_then(Value::as_str);
    let to_place = text("destination").map(|place| match place {
        "home" => "to the portal’s home".to_owned(),
        slug => format!("to {}", people.offering(&Slug::stored(slug.to_owned()))),
    });
    let by_scanner = text("by").filter(|by| *by == OpenedBy::Scanner.as_str()).map(|_| "a mail scanner".to_owned());
    let how = text("channel").or(text("method")).map(|how| format!("by {how}"));
    let why = text("why").or(text("words")).map(|why| why.replace('_', " "));
    let told = [to_place, how, by_scanner, why].into_iter().flatten();
    let beside = text("beside").and_then(|actor| actor.parse().ok());
    let beside = beside.map(|actor| format!("beside the console of {}", people.actor(&actor)));
    let to = item.to.as_ref().and_then(Personal::known).map(|to| format!("to {to}"));
    let from = item.client.as_ref().and_then(Personal::known).map(words::device);
    let reason = item.reason.as_ref().and_then(Personal::known).map(|reason| format!("“{reason}”"));
    told.chain(beside).chain(to).chain(from).chain(reason).collect::<Vec<_>>().join(", ")
}

/// Where the export stands.
struct Export {
    web: Web,
    staff: Staff,
    filter: HistoryFilter,
    before: Option<Position>,
    lines: VecDeque<String>,
    over: bool,
}

pub(super) async fn export(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let filter = asks.filter(&web, &staff).await?;
    let head = ["time", "what", "contact", "name", "link", "session", "detail", "actor", "origin"];
    let export = Export { web, staff, filter, before: None, lines: [csv::line(head)].into(), over: false };
    Ok(csv::download("login-history.csv", stream::try_unfold(export, next_line)))
}

/// The next line, read a chunk at a time.
async fn next_line(mut export: Export) -> Result<Option<(String, Export)>, Failure> {
    if export.lines.is_empty() && !export.over {
        let listed = export.staff.lists(&export.web, Act::Read)?.history(&export.filter, export.before, CHUNK).await?;
        let people = names(&export.web, &export.staff, &listed).await?;
        export.lines.extend(listed.items.iter().map(|item| exported(&people, item)));
        export.before = listed.next;
        export.over = listed.next.is_none();
    }
    Ok(export.lines.pop_front().map(|line| (line, export)))
}

fn exported(people: &People, item: &HistoryItem) -> String {
    let contact = item.subject.and_then(SubjectView::contact);
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    csv::line([
        item.at.to_string(),
        item.kind.to_string(),
        or_empty(contact.map(|contact| contact.to_string())),
        or_empty(item.subject.map(|subject| people.subject(subject))),
        or_empty(item.link.map(|link| link.to_string())),
        or_empty(item.session.map(|session| session.to_string())),
        detail(people, item),
        item.actor.to_string(),
        item.origin.to_string(),
    ])
}
