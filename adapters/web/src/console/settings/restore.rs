//! Going back to the words that come with Magiclink, after a second look.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::message::system_template;

use super::words::{Asks, place};
use super::{HERE, title};
use crate::Web;
use crate::console::asked::{Asked, on_to};
use crate::console::flash::Flash;
use crate::console::gate::Staff;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::page::html;

#[derive(Template)]
#[template(path = "console/settings_restore.html")]
struct RestorePage<'a> {
    page: Shell<'a>,
    title: String,
    channel: &'static str,
    locale: String,
    /// The words that would be in force again.
    system: Option<String>,
}

pub(in crate::console) async fn ask(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let (channel, locale) = place(&web, &asks.channel, &asks.locale)?;
    let restore = RestorePage {
        page: Shell::of(&web, &staff, Section::Settings).await?,
        title: title(channel, &locale),
        channel: channel.as_str(),
        system: system_template(channel, &locale).map(|template| template.words().text.clone()),
        locale: locale.to_string(),
    };
    Ok(html(StatusCode::OK, &restore))
}

pub(in crate::console) async fn restore(State(web): State<Web>, asked: Asked) -> Result<Response, Refused> {
    let (channel, locale) = place(&web, asked.fields.text("channel"), asked.fields.text("locale"))?;
    let done = web.use_cases.restore_template(&asked.caller, channel, locale).await?;
    Ok(on_to(&web, &done, HERE, Flash::WordsRestored).await)
}
