//! *Generate magic link*: find the contact, choose, check, make, hand over.

mod request;
pub(super) mod secret;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_projections::ContactView;
use serde::Deserialize;

use super::asked::{Asked, shown};
use super::contacts::{self, ContactRow};
use super::gate::Staff;
use super::people;
use super::refused::Refused;
use super::settings::sample::Sample;
use super::shell::{Section, Shell};
use super::words::{self, Choice};
use crate::Web;
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

/// Contacts offered for what was typed.
const FOUND: usize = 10;

#[derive(Template)]
#[template(path = "console/generate_who.html")]
struct WhoPage<'a> {
    page: Shell<'a>,
    q: String,
    rows: Vec<ContactRow>,
}

/// A course or group that a link could lead to.
struct Place {
    slug: String,
    title: String,
    granted: bool,
    grant: bool,
    chosen: bool,
}

/// What came of asking.
enum Answer {
    /// Nothing was asked yet.
    None,
    /// The check found nothing.
    WillWork,
    /// What stands in the way.
    Problems(Vec<String>),
}

#[derive(Template)]
#[template(path = "console/generate.html")]
struct DialogPage<'a> {
    page: Shell<'a>,
    contact: ContactId,
    name: String,
    address: String,
    places: Vec<Place>,
    lifetimes: Vec<Choice>,
    custom: String,
    max_uses: String,
    channels: Vec<Choice>,
    messages: Vec<(&'static str, Sample)>,
    reason: String,
    reason_required: bool,
    most: String,
    answer: Answer,
}

impl DialogPage<'_> {
    /// What could be granted in the same step.
    fn grantable(&self) -> Vec<&Place> {
        self.places.iter().filter(|place| !place.granted).collect()
    }

    /// Whether that is worth a look: something was ticked, or nothing is granted yet.
    fn opens_grants(&self) -> bool {
        self.places.iter().any(|place| place.grant) || !self.places.iter().any(|place| place.granted)
    }
}

/// For whom.
#[derive(Deserialize)]
pub(super) struct Asks {
    contact: Option<String>,
    #[serde(default)]
    q: String,
}

pub(super) async fn ask(State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>) -> Result<Response, Refused> {
    if let Some(contact) = asks.contact {
        let contact = contact.parse().map_err(|_| Rejection::ContactNotFound)?;
        return dialog(&web, &staff, contact, &Fields::default(), (StatusCode::OK, Answer::None)).await;
    }
    let q = asks.q.trim().to_owned();
    let found = if q.is_empty() { vec![] } else { web.read_models.search(&q, FOUND).await? };
    let page = Shell::of(&web, &staff, Section::Links).await?;
    let rows = found.iter().map(|view| contacts::row(&page, view)).collect();
    Ok(html(StatusCode::OK, &WhoPage { page, q, rows }))
}

pub(super) async fn answer(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let contact = asked.fields.text("contact").parse().map_err(|_| Rejection::ContactNotFound)?;
    let Asked { staff, fields, caller, .. } = &asked;
    let request = match request::read(contact, fields) {
        Ok(request) => request,
        Err(invalid) => return refuse(&web, &asked, contact, vec![invalid.into()]).await,
    };
    if fields.text("do") == "check" {
        // What only wants a second yes does not stand in the way.
        let mut problems = web.use_cases.check_link(caller, &request).await?;
        problems.retain(|problem| *problem != Rejection::ConfirmationRequired);
        let answer = if problems.is_empty() { Answer::WillWork } else { Answer::Problems(sentences(&problems)) };
        return dialog(&web, staff, contact, fields, (StatusCode::OK, answer)).await;
    }
    match web.use_cases.issue_link(caller, request.clone()).await {
        Ok(done) => {
            shown(&web, &done).await;
            secret::page(&web, staff, done.value, Section::Links).await
        }
        Err(Failure::Rejected(Rejection::ConfirmationRequired)) => {
            let problems = web.use_cases.check_link(caller, &request).await?;
            // Only when nothing else stands in the way is it worth a second look.
            if problems.iter().all(|problem| *problem == Rejection::ConfirmationRequired) {
                return Err(Rejection::ConfirmationRequired.into());
            }
            refuse(&web, &asked, contact, problems).await
        }
        Err(Failure::Rejected(Rejection::Forbidden)) => Err(Rejection::Forbidden.into()),
        Err(Failure::Rejected(rejection)) => {
            let mut problems = web.use_cases.check_link(caller, &request).await?;
            problems.retain(|problem| *problem != Rejection::ConfirmationRequired);
            let problems = if problems.is_empty() { vec![rejection] } else { problems };
            refuse(&web, &asked, contact, problems).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The dialog once more, with what stands in the way.
async fn refuse(web: &Web, asked: &Asked, contact: ContactId, problems: Vec<Rejection>) -> Result<Response, Refused> {
    let status = problems.first().map_or(StatusCode::CONFLICT, problem::status);
    let answer = Answer::Problems(sentences(&problems));
    dialog(web, &asked.staff, contact, &asked.fields, (status, answer)).await
}

fn sentences(problems: &[Rejection]) -> Vec<String> {
    problems.iter().map(|problem| sentence(&problem.to_string())).collect()
}

async fn dialog(
    web: &Web, staff: &Staff, contact: ContactId, fields: &Fields, (status, answer): (StatusCode, Answer),
) -> Result<Response, Refused> {
    let view = web.read_models.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let Some(details) = view.details.known() else { return Err(Rejection::ContactErased.into()) };
    let email = details.email.as_ref().map(ToString::to_string);
    let address = email.or_else(|| details.phone.as_ref().map(ToString::to_string)).unwrap_or_default();
    let policy = web.use_cases.policy();
    let page = Shell::of(web, staff, Section::Links).await?;
    let dialog = DialogPage {
        page,
        contact,
        name: people::name(&view),
        address,
        places: places(web, &view, fields).await?,
        lifetimes: request::lifetimes(policy.default_lifetime, fields),
        custom: fields.text("custom").to_owned(),
        max_uses: or(fields.text("max_uses"), "1"),
        channels: channels(policy.channels.iter().copied(), fields),
        messages: messages(web, staff, &view, fields).await?,
        reason: fields.text("reason").to_owned(),
        reason_required: policy.require_reason,
        most: words::span(policy.max_lifetime),
        answer,
    };
    Ok(html(status, &dialog))
}

fn or(text: &str, else_text: &str) -> String {
    if text.is_empty() { else_text.to_owned() } else { text.to_owned() }
}

/// Every course and group that is granted, then those that could be.
async fn places(web: &Web, view: &ContactView, fields: &Fields) -> Result<Vec<Place>, Failure> {
    let now = web.use_cases.ports().clock.now();
    let chosen = fields.text("destination");
    let mut places: Vec<Place> = vec![];
    for offering in web.read_models.offerings().await? {
        let granted = view.grants.iter().any(|grant| grant.offering == offering.slug && grant.is_live(now));
        if granted || offering.archived_at.is_none() {
            let slug = offering.slug.to_string();
            let grant = fields.all("grant").any(|grant| grant == slug);
            let chosen = chosen == slug;
            places.push(Place { slug, title: offering.title.to_string(), granted, grant, chosen });
        }
    }
    places.sort_by_key(|place| !place.granted);
    Ok(places)
}

/// What would be sent, channel by channel, before anything is.
async fn messages(
    web: &Web, staff: &Staff, view: &ContactView, fields: &Fields,
) -> Result<Vec<(&'static str, Sample)>, Failure> {
    let Some(details) = view.details.known() else { return Ok(vec![]) };
    let lifetime = request::read(view.id, fields).ok().and_then(|request| request.lifetime);
    let mut messages = vec![];
    for channel in web.use_cases.policy().channels.iter().copied() {
        let reachable = match channel {
            Channel::Sms => details.phone.is_some(),
            Channel::Email => details.email.is_some(),
        };
        if reachable {
            let caller = staff.reader(web);
            let preview = web.use_cases.preview_message(&caller, view.id, channel, lifetime, None).await?;
            messages.push((words::channel(channel), Sample::of(channel, &preview.written)));
        }
    }
    Ok(messages)
}

fn channels(configured: impl Iterator<Item = Channel>, fields: &Fields) -> Vec<Choice> {
    let chosen = |channel: Channel| fields.all("deliver").any(|word| word == channel.as_str());
    configured.map(|channel| Choice { chosen: chosen(channel), ..words::send_by(channel) }).collect()
}
