//! The dialog: where the link leads, how long it lives, how it is sent, and what stands in its way.
//!
//! Apart from the acts because it is drawn for an empty question, for a check, for a remedy and for a refusal alike.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_projections::ContactView;

use super::remedy::{Problem, Scene, Way};
use super::request;
use crate::Web;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::settings::sample::Sample;
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, Choice};
use crate::http::form::Fields;
use crate::http::page::html;

/// A course or group that a link could lead to.
struct Place {
    slug: String,
    title: String,
    access: Access,
    grant: bool,
    chosen: bool,
}

/// Whether it is the contact's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Granted,
    /// It is not, and can be.
    Grantable,
}

impl Place {
    fn granted(&self) -> bool {
        self.access == Access::Granted
    }
}

/// A channel over which it could be sent.
struct SendWay {
    channel: Channel,
    value: &'static str,
    label: &'static str,
    chosen: bool,
    to: Option<String>,
    missing: &'static str,
    /// What it would say.
    sample: Option<Sample>,
}

/// What came of asking whether it will work.
pub(super) enum Asked {
    /// Nobody asked: what needs more than the defaults is said, what is still to be typed is not.
    Not,
    /// Staff did.
    Yes,
    /// A rule said no, for these reasons.
    Refused(Vec<Rejection>),
}

enum Answer {
    None,
    WillWork,
    Problems(Vec<Problem>),
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
    ways: Vec<SendWay>,
    reason: String,
    reason_required: bool,
    most: String,
    answer: Answer,
}

impl DialogPage<'_> {
    /// Where it could lead: to what is theirs, or is to be in the same step.
    fn destinations(&self) -> Vec<&Place> {
        self.places.iter().filter(|place| place.granted() || place.grant || place.chosen).collect()
    }

    /// What could be granted in the same step.
    fn grantable(&self) -> Vec<&Place> {
        grantable(&self.places).collect()
    }

    /// Whether that is worth a look: something was chosen there, or nothing is granted yet.
    fn opens_more(&self) -> bool {
        let granting = self.places.iter().any(|place| place.grant) || !self.places.iter().any(Place::granted);
        granting || self.max_uses != "1" || (!self.reason_required && !self.reason.is_empty())
    }
}

fn grantable(places: &[Place]) -> impl Iterator<Item = &Place> {
    places.iter().filter(|place| !place.granted())
}

/// The dialog for this contact, filled in with `fields`.
pub(super) async fn page(
    web: &Web, staff: &Staff, contact: ContactId, fields: &Fields, (status, asked): (StatusCode, Asked),
) -> Result<Response, Refused> {
    let view = staff.lists(web, Act::Read)?.contact(contact).await?.ok_or(Rejection::ContactNotFound)?;
    let Some(details) = view.details.known() else { return Err(Rejection::ContactErased.into()) };
    let policy = web.use_cases.policy();
    let page = Shell::of(web, staff, Section::Links).await?;
    let places = places(web, staff, &view, fields).await?;
    let ways = ways(web, staff, contact, details, fields).await?;
    let answer = match stands_in_the_way(web, staff, contact, fields, asked).await? {
        None => Answer::None,
        Some(problems) if problems.is_empty() => Answer::WillWork,
        Some(problems) => {
            let may = |act: Act| page.may(act);
            let scene = Scene {
                contact,
                fields,
                grantable: grantable(&places).map(|place| (place.slug.as_str(), place.title.as_str())).collect(),
                reachable: ways.iter().filter(|way| way.to.is_some()).map(|way| way.channel).collect(),
                most: policy.max_lifetime.to_string(),
                may: &may,
            };
            Answer::Problems(problems.iter().map(|problem| scene.problem(problem)).collect())
        }
    };
    let dialog = DialogPage {
        contact,
        name: people::name(&view),
        address: address(details),
        lifetimes: request::lifetimes(policy, fields),
        custom: fields.text("custom").to_owned(),
        max_uses: Some(fields.text("max_uses")).filter(|uses| !uses.is_empty()).unwrap_or("1").to_owned(),
        reason: fields.text("reason").to_owned(),
        reason_required: policy.require_reason,
        most: words::span(policy.max_lifetime),
        places,
        ways,
        answer,
        page,
    };
    Ok(html(status, &dialog))
}

/// What would stop the link; `None` where there is nothing to be said about it.
async fn stands_in_the_way(
    web: &Web, staff: &Staff, contact: ContactId, fields: &Fields, asked: Asked,
) -> Result<Option<Vec<Rejection>>, Failure> {
    if let Asked::Refused(problems) = asked {
        return Ok(Some(problems));
    }
    let mut problems = match request::read(contact, fields) {
        Ok(request) => web.use_cases.check_link(&staff.reader(web), &request).await?,
        Err(invalid) => vec![invalid.into()],
    };
    // What only wants a second yes does not stand in the way.
    problems.retain(|problem| *problem != Rejection::ConfirmationRequired);
    if matches!(asked, Asked::Not) {
        problems.retain(|problem| *problem != Rejection::ReasonRequired);
        return Ok(Some(problems).filter(|problems| !problems.is_empty()));
    }
    Ok(Some(problems))
}

fn address(details: &Details) -> String {
    let email = details.email.as_ref().map(ToString::to_string);
    email.or_else(|| details.phone.as_ref().map(ToString::to_string)).unwrap_or_default()
}

/// Every course and group that is granted, then those that could be.
async fn places(web: &Web, staff: &Staff, view: &ContactView, fields: &Fields) -> Result<Vec<Place>, Failure> {
    let now = web.use_cases.ports().clock.now();
    let chosen = fields.text("destination");
    let mut places: Vec<Place> = vec![];
    for offering in staff.lists(web, Act::Read)?.offerings().await? {
        let granted = view.grants.iter().any(|grant| grant.offering == offering.slug && grant.is_live(now));
        if granted || offering.archived_at.is_none() {
            let slug = offering.slug.to_string();
            let grant = fields.all("grant").any(|grant| grant == slug);
            let chosen = chosen == slug;
            let access = if granted { Access::Granted } else { Access::Grantable };
            places.push(Place { slug, title: offering.title.to_string(), access, grant, chosen });
        }
    }
    places.sort_by_key(|place| !place.granted());
    Ok(places)
}

/// The channels that are configured, each with the message that it would carry.
async fn ways(
    web: &Web, staff: &Staff, contact: ContactId, details: &Details, fields: &Fields,
) -> Result<Vec<SendWay>, Failure> {
    let lifetime = request::read(contact, fields).ok().and_then(|request| request.lifetime);
    let mut ways = vec![];
    for channel in web.use_cases.policy().channels.iter().copied() {
        let (label, missing, to) = match channel {
            Channel::Sms => ("Send SMS", "no phone number on file", details.phone.as_ref().map(ToString::to_string)),
            Channel::Email => ("Send e-mail", "no address on file", details.email.as_ref().map(ToString::to_string)),
        };
        let sample = match &to {
            Some(_) => {
                let caller = staff.reader(web);
                let preview = web.use_cases.preview_message(&caller, contact, channel, lifetime, None).await?;
                Some(Sample::of(channel, &preview.written))
            }
            None => None,
        };
        let value = channel.as_str();
        let chosen = fields.all("deliver").any(|word| word == value);
        ways.push(SendWay { channel, value, label, chosen, to, missing, sample });
    }
    Ok(ways)
}
