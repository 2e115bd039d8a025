//! Finding and adding contacts.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::{Failure, NewContact};
use magiclink_domain::value::{Country, EmailAddress, ExternalId, InvalidValue, Locale, Name, PhoneNumber};
use magiclink_projections::{ContactCursor, ContactView};
use serde::Deserialize;

use super::asked::{Asked, on_to};
use super::flash::Flash;
use super::gate::Staff;
use super::people;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::When;
use crate::Web;
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

/// Contacts on a page.
const PAGE: usize = 50;

/// A contact in a list.
pub(super) struct ContactRow {
    pub(super) id: ContactId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) in_portal: bool,
    pub(super) last_sign_in: Option<When>,
}

#[derive(Template)]
#[template(path = "console/contacts.html")]
struct ContactsPage<'a> {
    page: Shell<'a>,
    q: String,
    rows: Vec<ContactRow>,
    next: Option<String>,
    first: bool,
}

#[derive(Template)]
#[template(path = "console/contact_new.html")]
struct NewPage<'a> {
    page: Shell<'a>,
    fields: Fields,
    problem: Option<String>,
}

/// What the list is asked for.
#[derive(Deserialize)]
pub(super) struct Asks {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>) -> Result<Response, Refused> {
    let q = asks.q.trim().to_owned();
    let (found, next) = if q.is_empty() {
        let after = asks.after.as_deref().and_then(cursor);
        let listed = web.read_models.contacts(after, PAGE).await?;
        let next = listed.next.map(|next| format!("/console/contacts?after={}_{}", next.added_at.micros(), next.id));
        (listed.items, next)
    } else {
        (web.read_models.search(&q, PAGE).await?, None)
    };
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    let rows = found.iter().map(|view| row(&page, view)).collect();
    let first = asks.after.is_none();
    Ok(html(StatusCode::OK, &ContactsPage { page, q, rows, next, first }))
}

/// `<added at, µs>_<id>`: what is not that begins at the top.
fn cursor(text: &str) -> Option<ContactCursor> {
    let (added_at, id) = text.split_once('_')?;
    Some(ContactCursor { added_at: Timestamp::from_micros(added_at.parse().ok()?), id: id.parse().ok()? })
}

pub(super) fn row(page: &Shell<'_>, view: &ContactView) -> ContactRow {
    let details = view.details.known();
    let text = |value: Option<String>| value.unwrap_or_default();
    ContactRow {
        id: view.id,
        name: people::name(view),
        email: text(details.and_then(|details| details.email.as_ref()).map(ToString::to_string)),
        phone: text(details.and_then(|details| details.phone.as_ref()).map(ToString::to_string)),
        in_portal: view.in_portal,
        last_sign_in: view.last_sign_in.map(|at| page.when(at)),
    }
}

pub(super) async fn new(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Contacts).await?;
    Ok(html(StatusCode::OK, &NewPage { page, fields: Fields::default(), problem: None }))
}

pub(super) async fn add(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let added = match entered(&asked.fields) {
        Ok(contact) => web.use_cases.add_contact(&asked.caller, contact).await,
        Err(invalid) => Err(Failure::Rejected(invalid.into())),
    };
    match added {
        Ok(done) => {
            let path = format!("/console/contacts/{}", done.value);
            Ok(on_to(&web, &done, &path, Flash::ContactAdded).await)
        }
        Err(Failure::Rejected(rejection)) if problem::status(&rejection) != StatusCode::FORBIDDEN => {
            let page = Shell::of(&web, &asked.staff, Section::Contacts).await?;
            let problem = Some(sentence(&rejection.to_string()));
            Ok(html(problem::status(&rejection), &NewPage { page, fields: asked.fields, problem }).into_response())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The contact as typed.
fn entered(fields: &Fields) -> Result<NewContact, InvalidValue> {
    let country = filled(fields.text("country"), Country::parse)?;
    Ok(NewContact {
        name: Name::parse(fields.text("name"))?,
        email: filled(fields.text("email"), EmailAddress::parse)?,
        phone: filled(fields.text("phone"), |phone| PhoneNumber::parse(phone, country))?,
        locale: filled(fields.text("locale"), Locale::parse)?,
        external_id: filled(fields.text("external_id"), ExternalId::parse)?,
    })
}

/// What stands in a field that may stay empty.
pub(super) fn filled<T>(
    text: &str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Result<Option<T>, InvalidValue> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}
