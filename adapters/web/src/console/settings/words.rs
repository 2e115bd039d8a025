//! Editing the words of one channel and language: with a preview for a real contact, and a test message.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::id::ContactId;
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Placeholder, Template as Words, TemplateFault, system_template};
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::{InvalidValue, Locale, PhoneNumber};
use serde::Deserialize;

use super::sample::Sample;
use super::{HERE, title};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::failure::sentence;
use crate::http::form::Fields;
use crate::http::page::html;
use crate::http::problem;

/// Contacts offered for what was typed.
const FOUND: usize = 6;

/// Which words.
#[derive(Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    pub(super) channel: String,
    #[serde(default)]
    pub(super) locale: String,
}

/// The words as they stand in the form.
struct Draft {
    channel: Channel,
    locale: Locale,
    subject: String,
    text: String,
}

/// Whom the preview is for, and who else was found.
#[derive(Default)]
struct Reader {
    id: Option<ContactId>,
    name: String,
    others: Vec<(ContactId, String)>,
    typed: String,
}

/// What came of what was asked.
#[derive(Default)]
struct Outcome {
    faults: Vec<TemplateFault>,
    problem: Option<String>,
    /// It wants a fresh sign-in.
    sign_in: bool,
    /// The phone number of the test, as typed.
    phone: String,
}

/// What a message would say, or why it would say nothing.
struct Shown {
    sample: Option<Sample>,
    reader: String,
    faults: Vec<String>,
}

/// The preview alone.
#[derive(Template)]
#[template(path = "console/sample.html")]
struct PreviewPart {
    part: Shown,
}

#[derive(Template)]
#[template(path = "console/settings_words.html")]
struct WordsPage<'a> {
    page: Shell<'a>,
    title: String,
    draft: Draft,
    own: bool,
    system: bool,
    configured: bool,
    subject_faults: Vec<String>,
    text_faults: Vec<String>,
    outcome: Outcome,
    reader: Reader,
    part: Shown,
    places: [Placeholder; 7],
    oneself: Option<String>,
}

impl WordsPage<'_> {
    fn sms(&self) -> bool {
        self.draft.channel == Channel::Sms
    }
}

pub(in crate::console) async fn edit(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let (channel, locale) = place(&web, &asks.channel, &asks.locale)?;
    let templates = web.use_cases.settings(&staff.reader(&web)).await?.templates;
    // A new language begins with the words that its readers get today.
    let now = templates.choose(channel, Some(&locale), &web.use_cases.policy().locale);
    let words = now.template.words().clone();
    let draft = Draft { channel, locale, subject: words.subject.unwrap_or_default(), text: words.text };
    page(&web, &staff, StatusCode::OK, draft, &Fields::default(), Outcome::default()).await
}

pub(in crate::console) async fn change(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let Asked { staff, fields, caller, .. } = &asked;
    let draft = read(&web, fields)?;
    let phone = fields.text("phone").to_owned();
    let words = match Words::parse(draft.channel, &draft.subject, &draft.text) {
        Ok(words) => words,
        Err(faults) => {
            let outcome = Outcome { faults, phone, ..Outcome::default() };
            let status = if previews(fields) { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            return page(&web, staff, status, draft, fields, outcome).await;
        }
    };
    let refused = match fields.text("do") {
        "save" => match web.use_cases.change_template(caller, draft.locale.clone(), words).await {
            Ok(done) => return Ok(on_to(&web, &done, HERE, Flash::WordsChanged).await),
            Err(failure) => failure,
        },
        "test" => match test(&web, &asked, &draft, words).await {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        },
        _ => {
            let outcome = Outcome { phone, ..Outcome::default() };
            return page(&web, staff, StatusCode::OK, draft, fields, outcome).await;
        }
    };
    // Nobody types their words twice.
    let Failure::Rejected(rejection) = refused else { return Err(refused.into()) };
    let outcome = Outcome {
        problem: Some(sentence(&rejection.to_string())),
        sign_in: rejection == Rejection::SignInAgain,
        phone,
        faults: vec![],
    };
    page(&web, staff, problem::status(&rejection), draft, fields, outcome).await
}

fn previews(fields: &Fields) -> bool {
    !matches!(fields.text("do"), "save" | "test")
}

/// Sends the words to the staff member's own address, or to a phone.
async fn test(web: &Web, asked: &Asked, draft: &Draft, words: Words) -> Result<Response, Failure> {
    let phone = match draft.channel {
        Channel::Email => None,
        Channel::Sms => Some(PhoneNumber::parse(asked.fields.text("phone"), None).map_err(Rejection::from)?),
    };
    let done = web.use_cases.send_test(&asked.caller, draft.locale.clone(), words, phone).await?;
    let at = format!("/console/links/{}", done.value);
    Ok(on_to(web, &done, &at, Flash::TestSent).await)
}

/// The preview alone, for the page's script.
pub(in crate::console) async fn preview(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let draft = read(&web, &asked.fields)?;
    let reader = reader(&web, &asked.staff, &asked.fields).await?;
    let part = sample(&web, &asked.staff, &draft, &reader).await?;
    Ok(html(StatusCode::OK, &PreviewPart { part }))
}

fn read(web: &Web, fields: &Fields) -> Result<Draft, Rejection> {
    let (channel, locale) = place(web, fields.text("channel"), fields.text("locale"))?;
    Ok(Draft { channel, locale, subject: fields.text("subject").to_owned(), text: fields.text("text").to_owned() })
}

/// Channel and language; what is missing is the text messages' in the portal's language.
pub(super) fn place(web: &Web, channel: &str, locale: &str) -> Result<(Channel, Locale), Rejection> {
    let channel = match channel {
        "" => Channel::Sms,
        word => Channel::from_word(word)
            .ok_or(InvalidValue { field: "channel", reason: "a message goes by sms or email" })?,
    };
    let locale = match locale.trim() {
        "" => web.use_cases.policy().locale.clone(),
        tag => Locale::parse(tag)?,
    };
    Ok((channel, locale.canonical()))
}

/// Whom the preview is for: who was picked, the best match of what was typed, or who came last.
async fn reader(web: &Web, staff: &Staff, fields: &Fields) -> Result<Reader, Failure> {
    let lists = staff.lists(web, Act::Read)?;
    let typed = fields.text("who").trim().to_owned();
    let picked = fields.all("pick").chain([fields.text("contact")]).find_map(|id| id.parse().ok());
    let mut found = match picked {
        Some(id) if typed.is_empty() || !fields.text("pick").is_empty() => {
            lists.contact(id).await?.into_iter().collect()
        }
        _ if !typed.is_empty() => lists.search(&typed, FOUND).await?,
        _ => lists.contacts(None, 1).await?.items,
    };
    found.retain(|view| view.details.known().is_some());
    let mut named = found.iter().map(|view| (view.id, people::name(view)));
    let first = named.next();
    let (id, name) = first.map_or((None, String::new()), |(id, name)| (Some(id), name));
    Ok(Reader { id, name, others: named.collect(), typed })
}

/// What the reader would get, and what is wrong with the words.
async fn sample(web: &Web, staff: &Staff, draft: &Draft, reader: &Reader) -> Result<Shown, Failure> {
    let mut part = Shown { sample: None, reader: reader.name.clone(), faults: vec![] };
    let words = match Words::parse(draft.channel, &draft.subject, &draft.text) {
        Ok(words) => words,
        Err(faults) => {
            part.faults = faults.iter().map(|fault| sentence(&fault.to_string())).collect();
            return Ok(part);
        }
    };
    if let Some(contact) = reader.id {
        let (caller, own) = (staff.reader(web), Some((draft.locale.clone(), words)));
        let preview = web.use_cases.preview_message(&caller, contact, draft.channel, None, own).await?;
        part.sample = Some(Sample::of(draft.channel, &preview.written));
    }
    Ok(part)
}

async fn page(
    web: &Web, staff: &Staff, status: StatusCode, draft: Draft, fields: &Fields, outcome: Outcome,
) -> Result<Response, Refused> {
    let reader = reader(web, staff, fields).await?;
    let part = sample(web, staff, &draft, &reader).await?;
    let of = |field: &str| -> Vec<String> {
        let about = outcome.faults.iter().filter(|fault| fault.field() == field);
        about.map(|fault| sentence(&fault.to_string())).collect()
    };
    let templates = web.use_cases.settings(&staff.reader(web)).await?.templates;
    let words = WordsPage {
        page: Shell::of(web, staff, Section::Settings).await?,
        title: title(draft.channel, &draft.locale),
        own: templates.own(draft.channel, &draft.locale).is_some(),
        system: system_template(draft.channel, &draft.locale).is_some(),
        configured: web.use_cases.policy().channels.contains(&draft.channel),
        subject_faults: of("subject"),
        text_faults: of("text"),
        oneself: oneself(web, staff).await?,
        draft,
        outcome,
        reader,
        part,
        places: Placeholder::ALL,
    };
    Ok(html(status, &words))
}

/// The staff member's own address.
async fn oneself(web: &Web, staff: &Staff) -> Result<Option<String>, Failure> {
    let member = web.use_cases.staff_member(&staff.reader(web), staff.session.staff).await?;
    Ok(member.details.as_ref().and_then(Personal::known).map(|details| details.email.to_string()))
}
