//! Settings: the brand that is in force, and the words of messages.
//!
//! Apart from the emergency switch, which stands on the overview because it is thrown in a hurry.

pub(super) mod restore;
pub(super) mod sample;
pub(super) mod words;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::link::Channel;
use magiclink_domain::message::{Templates, Variant};
use magiclink_domain::value::Locale;
use magiclink_projections::ChangedTemplate;

use super::gate::Staff;
use super::people::People;
use super::refused::Refused;
use super::shell::{Section, Shell};
use super::words::When;
use super::words::channel as spoken;
use crate::Web;
use crate::http::brand;
use crate::http::page::html;

/// Where the settings are.
pub(super) const HERE: &str = "/console/settings";

/// Characters of a message that a list shows.
const SHOWN: usize = 120;

/// The words for one language, as listed.
struct Row {
    locale: String,
    language: String,
    own: bool,
    begins: String,
    changed: Option<(When, String)>,
}

/// One channel's words.
struct Group {
    channel: &'static str,
    title: &'static str,
    configured: bool,
    rows: Vec<Row>,
}

/// The accent as one scheme shows it.
struct Shade {
    scheme: &'static str,
    used: String,
    contrast: String,
    moved: bool,
    why: &'static str,
}

/// What the configuration says of the portal.
struct Brand {
    name: String,
    logo: Option<String>,
    accent: Option<String>,
    shades: Vec<Shade>,
    support: Option<String>,
    zone: String,
    language: String,
}

#[derive(Template)]
#[template(path = "console/settings.html")]
struct SettingsPage<'a> {
    page: Shell<'a>,
    brand: Brand,
    groups: Vec<Group>,
}

pub(super) async fn list(State(web): State<Web>, staff: Staff) -> Result<Response, Refused> {
    let templates = web.use_cases.settings(&staff.reader(&web)).await?.templates;
    let changed = staff.lists(&web, Act::Read)?.changed_templates().await?;
    let people = People::of(&web, &staff, vec![]).await?;
    let page = Shell::of(&web, &staff, Section::Settings).await?;
    let groups = [Channel::Sms, Channel::Email]
        .map(|channel| Group {
            channel: channel.as_str(),
            title: match channel {
                Channel::Sms => "Text messages",
                Channel::Email => "E-mails",
            },
            configured: web.use_cases.policy().channels.contains(&channel),
            rows: rows(&page, &people, &templates, channel, &changed),
        })
        .into();
    Ok(html(StatusCode::OK, &SettingsPage { page, brand: in_force(&web), groups }))
}

fn rows(
    page: &Shell<'_>, people: &People, templates: &Templates, channel: Channel, changed: &[ChangedTemplate],
) -> Vec<Row> {
    let row = |variant: Variant| {
        let by = changed.iter().find(|one| one.channel == channel && one.locale == variant.locale);
        let text = variant.template.words().text.split_whitespace().collect::<Vec<_>>().join(" ");
        Row {
            locale: variant.locale.to_string(),
            language: language(&variant.locale),
            own: variant.own,
            begins: text.chars().take(SHOWN).chain((text.chars().count() > SHOWN).then_some('…')).collect(),
            changed: by.filter(|_| variant.own).map(|one| (page.when(one.changed_at), people.actor(&one.changed_by))),
        }
    };
    templates.variants(channel).into_iter().map(row).collect()
}

fn in_force(web: &Web) -> Brand {
    let config = &web.config;
    Brand {
        name: config.portal_name.clone(),
        logo: config.logo.clone(),
        accent: config.brand.accent().map(str::to_owned),
        shades: shades(web),
        support: config.support_contact.clone(),
        zone: config.time_zone.name().to_owned(),
        language: language(&web.use_cases.policy().locale),
    }
}

/// The accent in the light and the dark scheme, with the contrast that it has there.
fn shades(web: &Web) -> Vec<Shade> {
    let said = [
        ("On light", "Darker than chosen: text in the chosen colour could not be read here."),
        ("On dark", "Lighter than chosen: text in the chosen colour could not be read here."),
    ];
    let accents = web.config.brand.accents().into_iter().flatten().zip(said);
    let shade = |(accent, (scheme, why)): (brand::Shade, (&'static str, &'static str))| Shade {
        scheme,
        // Cut, not rounded up to what it is not.
        contrast: format!("{:.1}", (accent.contrast * 10.0).floor() / 10.0),
        used: accent.used,
        moved: accent.moved,
        why,
    };
    accents.map(shade).collect()
}

/// A language by its English name, where the system has words in it; else its tag.
fn language(locale: &Locale) -> String {
    let name = match locale.language().as_str() {
        "en" => "English",
        "de" => "German",
        "es" => "Spanish",
        _ => return locale.to_string(),
    };
    if locale.language() == *locale { name.to_owned() } else { format!("{name} ({locale})") }
}

/// `SMS, German`.
fn title(channel: Channel, locale: &Locale) -> String {
    let said = match channel {
        Channel::Sms => spoken(channel),
        Channel::Email => "E-mail",
    };
    format!("{said}, {}", language(locale))
}
