//! Choosing who is meant, the figures, and the one button that sends.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::BulkId;
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{BulkPreview, Failure};

use super::{choose, number};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, Choice};
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

/// An offering to choose.
struct Place {
    slug: String,
    title: String,
    chosen: bool,
}

/// What it would come to.
struct Figures {
    contacts: String,
    messages: u32,
    count: String,
    by_channel: Vec<String>,
    refused: Vec<(String, String)>,
    /// The fields once more, for the button.
    again: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "console/bulk_new.html")]
struct AskPage<'a> {
    page: Shell<'a>,
    who: String,
    of: String,
    places: Vec<Place>,
    tag: String,
    ways: Vec<Choice>,
    lifetimes: Vec<Choice>,
    reason_required: bool,
    problem: Option<String>,
    figures: Option<Figures>,
}

impl AskPage<'_> {
    /// Whether this group of contacts is chosen.
    fn is(&self, who: &str) -> bool {
        self.who == who
    }
}

/// What the form sends, but for the reason: that is typed beside the button.
const FIELDS: [&str; 6] = ["who", "of", "offering", "tag", "send", "lifetime"];

pub(in crate::console) async fn ask(
    State(web): State<Web>, staff: Staff, RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let pairs = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes()).into_owned();
    let fields: Fields = pairs.collect();
    if fields.text("send").is_empty() {
        return form(&web, &staff, &fields, None, None).await;
    }
    look(&web, &staff, &fields, None).await
}

/// The form with the figures, or with what is wrong.
async fn look(web: &Web, staff: &Staff, fields: &Fields, problem: Option<Rejection>) -> Result<Response, Refused> {
    let preview = match choose::read(fields) {
        // Said beside the button, not while looking.
        Ok(request) => match web.use_cases.preview_bulk_send(&staff.reader(web), &request).await {
            Err(Failure::Rejected(Rejection::ReasonRequired)) => {
                let reason = magiclink_domain::value::Reason::parse("to be given").ok().flatten();
                let request = magiclink_domain::usecases::BulkRequest { reason, ..request };
                web.use_cases.preview_bulk_send(&staff.reader(web), &request).await
            }
            outcome => outcome,
        },
        Err(invalid) => Err(Failure::Rejected(invalid.into())),
    };
    match preview {
        Ok(preview) => form(web, staff, fields, problem, Some(preview)).await,
        Err(Failure::Rejected(Rejection::Forbidden)) => Err(Rejection::Forbidden.into()),
        Err(Failure::Rejected(rejection)) => form(web, staff, fields, Some(rejection), None).await,
        Err(failure) => Err(failure.into()),
    }
}

pub(in crate::console) async fn start(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let Asked { staff, fields, caller, .. } = &asked;
    let request = match choose::read(fields) {
        Ok(request) => request,
        Err(invalid) => return look(&web, staff, fields, Some(invalid.into())).await,
    };
    let confirmed = fields.text("confirmed").parse().unwrap_or_default();
    match web.use_cases.start_bulk_send(caller, &request, confirmed).await {
        Ok(done) => Ok(on_to(&web, &done, &format!("/console/bulk/{}", done.value), Flash::BulkStarted).await),
        Err(Failure::Rejected(
            refused @ (Rejection::CountChanged { .. } | Rejection::NobodyToSendTo | Rejection::ReasonRequired),
        )) => look(&web, staff, fields, Some(refused)).await,
        Err(failure) => Err(failure.into()),
    }
}

async fn form(
    web: &Web, staff: &Staff, fields: &Fields, problem: Option<Rejection>, preview: Option<BulkPreview>,
) -> Result<Response, Refused> {
    let page = Shell::of(web, staff, Section::Bulk).await?;
    let status = problem.as_ref().map_or(StatusCode::OK, problem::status);
    let mut places = vec![];
    for offering in staff.lists(web, Act::Read)?.offerings().await? {
        let slug = offering.slug.to_string();
        let chosen = fields.text("offering") == slug;
        places.push(Place { slug, title: offering.title.to_string(), chosen });
    }
    let who = match fields.text("who") {
        who @ ("unused" | "unused_of" | "all") => who,
        _ => "never",
    };
    let of = fields.text("of").parse::<BulkId>().map(|of| of.to_string()).unwrap_or_default();
    let configured: Vec<Channel> = web.use_cases.policy().channels.iter().copied().collect();
    let ask = AskPage {
        page,
        who: who.to_owned(),
        of,
        places,
        tag: fields.text("tag").to_owned(),
        ways: ways(&configured, fields),
        lifetimes: lifetimes(fields),
        reason_required: web.use_cases.policy().require_reason,
        problem: problem.map(|problem| sentence(&problem.to_string())),
        figures: preview.map(|preview| figures(&preview, fields)),
    };
    Ok(html(status, &ask))
}

fn ways(configured: &[Channel], fields: &Fields) -> Vec<Choice> {
    let choice = |(value, label): (&'static str, &'static str)| Choice {
        value,
        label: label.to_owned(),
        chosen: fields.text("send") == value,
    };
    choose::ways(configured).into_iter().map(choice).collect()
}

fn lifetimes(fields: &Fields) -> Vec<Choice> {
    let asked = if fields.text("lifetime").is_empty() { "7d" } else { fields.text("lifetime") };
    let choice =
        |(value, label): (&'static str, &str)| Choice { value, label: label.to_owned(), chosen: asked == value };
    [("24h", "24 hours"), ("3d", "3 days"), ("7d", "7 days"), ("14d", "14 days"), ("30d", "30 days")].map(choice).into()
}

fn figures(preview: &BulkPreview, fields: &Fields) -> Figures {
    let by = |(channel, count): (&Channel, &u32)| match channel {
        Channel::Email => format!("{} by {}", number(*count), words::channel(*channel)),
        Channel::Sms => {
            let segments = u32::try_from(preview.sms_segments).unwrap_or(u32::MAX);
            format!("{} by {} ({} segments to pay for)", number(*count), words::channel(*channel), number(segments))
        }
    };
    Figures {
        contacts: number(preview.contacts),
        messages: preview.messages(),
        count: number(preview.messages()),
        by_channel: preview.channels.iter().map(by).collect(),
        refused: preview
            .refused
            .values()
            .map(|refused| (number(refused.contacts), sentence(&refused.why.to_string())))
            .collect(),
        again: FIELDS.map(|name| (name, fields.text(name).to_owned())).into(),
    }
}
