//! The catalogue of courses and groups.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Done, Failure};
use magiclink_domain::value::{InvalidValue, OfferingUrl, Slug, Title};
use magiclink_projections::OfferingView;
use serde::Deserialize;

use super::asked::{Asked, on_to};
use super::contacts::filled;
use super::flash::Flash;
use super::gate::Staff;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::When;
use super::wrong::Verdict;
use crate::Web;
use crate::http::form::Fields;
use crate::http::page::html;

/// An offering as listed.
struct OfferingRow {
    slug: String,
    title: String,
    kind: &'static str,
    url: String,
    people: u64,
    added: When,
    archived: Option<When>,
}

#[derive(Template)]
#[template(path = "console/offerings.html")]
struct OfferingsPage<'a> {
    page: Shell<'a>,
    rows: Vec<OfferingRow>,
    of_archive: bool,
    current: usize,
    archived: usize,
}

impl OfferingsPage<'_> {
    /// Whether the catalogue has nothing in it, nor ever had.
    fn is_blank(&self) -> bool {
        self.current + self.archived == 0
    }
}

#[derive(Template)]
#[template(path = "console/offering_add.html")]
struct AddPage<'a> {
    page: Shell<'a>,
    fields: &'a Fields,
    wrong: Verdict,
}

#[derive(Template)]
#[template(path = "console/offering_change.html")]
struct ChangePage<'a> {
    page: Shell<'a>,
    row: OfferingRow,
    title: String,
    url: String,
    wrong: Verdict,
}

#[derive(Template)]
#[template(path = "console/offering_archive.html")]
struct ArchivePage<'a> {
    page: Shell<'a>,
    row: OfferingRow,
    wrong: Verdict,
}

const HERE: &str = "/console/offerings";

/// What the list is asked for.
#[derive(Deserialize)]
pub(super) struct Asks {
    #[serde(default)]
    show: String,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>) -> Result<Response, Refused> {
    let offerings = staff.lists(&web, Act::Read)?.offerings().await?;
    let page = Shell::of(&web, &staff, Section::Offerings).await?;
    let of_archive = asks.show == "archived";
    let (gone, here): (Vec<_>, Vec<_>) = offerings.iter().partition(|view| view.archived_at.is_some());
    let rows = if of_archive { &gone } else { &here };
    let rows = rows.iter().map(|view| row(&page, view)).collect();
    let (current, archived) = (here.len(), gone.len());
    Ok(html(StatusCode::OK, &OfferingsPage { page, rows, of_archive, current, archived }))
}

fn row(page: &Shell<'_>, view: &OfferingView) -> OfferingRow {
    OfferingRow {
        slug: view.slug.to_string(),
        title: view.title.to_string(),
        kind: match view.kind {
            OfferingKind::Course => "Course",
            OfferingKind::Group => "Group",
        },
        url: view.url.as_ref().map(ToString::to_string).unwrap_or_default(),
        people: view.people,
        added: page.when(view.added_at),
        archived: view.archived_at.map(|at| page.when(at)),
    }
}

pub(super) async fn ask_to_add(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Offerings).await?;
    Ok(html(StatusCode::OK, &AddPage { page, fields: &Fields::default(), wrong: Verdict::default() }))
}

pub(super) async fn add(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let Asked { staff, fields, caller, .. } = &asked;
    let added = match entered(fields) {
        Ok((slug, kind, title, url)) => web.use_cases.add_offering(caller, slug, kind, title, url).await,
        Err(invalid) => Err(Failure::Rejected(invalid.into())),
    };
    match added {
        Ok(done) => Ok(on_to(&web, &done, HERE, Flash::OfferingAdded).await),
        Err(failure) => {
            let wrong = Verdict::of(failure)?;
            let page = Shell::of(&web, staff, Section::Offerings).await?;
            Ok(html(wrong.status(), &AddPage { page, fields, wrong }))
        }
    }
}

type Entered = (Slug, OfferingKind, Title, Option<OfferingUrl>);

fn entered(fields: &Fields) -> Result<Entered, InvalidValue> {
    let slug = Slug::parse(fields.text("slug").trim())?;
    Ok((slug, fields.text("kind").parse()?, Title::parse(fields.text("title"))?, url(fields)?))
}

fn url(fields: &Fields) -> Result<Option<OfferingUrl>, InvalidValue> {
    filled(fields.text("url"), OfferingUrl::parse)
}

/// The offering of a path, as listed.
async fn named(web: &Web, page: &Shell<'_>, slug: &str) -> Result<OfferingRow, Refused> {
    let slug = Slug::parse(slug).map_err(|_| Rejection::OfferingNotFound)?;
    let view = page.staff.lists(web, Act::Read)?.offering(&slug).await?.ok_or(Rejection::OfferingNotFound)?;
    Ok(row(page, &view))
}

pub(super) async fn ask_to_change(
    State(web): State<Web>, Path(slug): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Offerings).await?;
    let row = named(&web, &page, &slug).await?;
    let (title, url) = (row.title.clone(), row.url.clone());
    Ok(html(StatusCode::OK, &ChangePage { page, row, title, url, wrong: Verdict::default() }))
}

pub(super) async fn change(
    State(web): State<Web>, Path(slug): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let Asked { staff, fields, .. } = &asked;
    let failure = match changed(&web, &slug, &asked).await {
        Ok(done) => return Ok(on_to(&web, &done, HERE, Flash::OfferingChanged).await),
        Err(failure) => failure,
    };
    let wrong = Verdict::of(failure)?;
    let page = Shell::of(&web, staff, Section::Offerings).await?;
    let row = named(&web, &page, &slug).await?;
    let (title, url) = (fields.text("title").to_owned(), fields.text("url").to_owned());
    Ok(html(wrong.status(), &ChangePage { page, row, title, url, wrong }))
}

async fn changed(web: &Web, slug: &str, asked: &Asked) -> Result<Done<Slug>, Failure> {
    let slug = Slug::parse(slug).map_err(|_| Rejection::OfferingNotFound)?;
    let title = Title::parse(asked.fields.text("title")).map_err(Rejection::from)?;
    let url = url(&asked.fields).map_err(Rejection::from)?;
    web.use_cases.change_offering(&asked.caller, slug, Some(title), Some(url)).await
}

pub(super) async fn ask_to_archive(
    State(web): State<Web>, Path(slug): Path<String>, staff: Staff,
) -> Result<Response, Refused> {
    let page = Shell::of(&web, &staff, Section::Offerings).await?;
    let row = named(&web, &page, &slug).await?;
    Ok(html(StatusCode::OK, &ArchivePage { page, row, wrong: Verdict::default() }))
}

/// Archives once the slug was typed: there is no way back.
pub(super) async fn archive(
    State(web): State<Web>, Path(slug): Path<String>, asked: Asked,
) -> Result<Response, Refused> {
    let typed = asked.fields.text("word").trim().to_lowercase();
    let slug_named = Slug::parse(&slug).map_err(|_| Rejection::OfferingNotFound)?;
    if typed != slug_named.as_str() {
        let reason = "type the slug to say that you mean it; nothing was archived";
        let wrong = Verdict::of(Failure::Rejected(InvalidValue { field: "word", reason }.into()))?;
        let page = Shell::of(&web, &asked.staff, Section::Offerings).await?;
        let row = named(&web, &page, &slug).await?;
        return Ok(html(wrong.status(), &ArchivePage { page, row, wrong }));
    }
    let done = web.use_cases.archive_offering(&asked.caller, slug_named).await?;
    Ok(on_to(&web, &done, HERE, Flash::OfferingArchived).await)
}
