//! Every link of contacts, by state, contact and channel; all of what is asked for stands in the address.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use magiclink_domain::authority::Act;
use magiclink_domain::link::{Channel, LinkStatus};
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;
use magiclink_projections::{LinkCursor, LinkFilter, Listed};
use serde::Deserialize;

use super::{LinkRow, rows};
use crate::Web;
use crate::console::gate::Staff;
use crate::console::people;
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, Choice};
use crate::console::wrong::Wrong;
use crate::http::page::html;

/// Links on a page.
const PAGE: usize = 50;
const HERE: &str = "/console/links";

#[derive(Template)]
#[template(path = "console/links.html")]
struct LinksPage<'a> {
    page: Shell<'a>,
    asks: Asks,
    rows: Vec<LinkRow>,
    states: Vec<Choice>,
    channels: Vec<Choice>,
    problem: Option<String>,
    export: String,
    next: Option<String>,
}

/// What the list is asked for.
#[derive(Clone, Default, Deserialize)]
pub(in crate::console) struct Asks {
    #[serde(default)]
    state: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    channel: String,
    after: Option<String>,
}

const STATES: &[LinkStatus] = &[LinkStatus::Live, LinkStatus::Used, LinkStatus::Expired, LinkStatus::Revoked];
const CHANNELS: &[Channel] = &[Channel::Email, Channel::Sms];

impl Asks {
    /// Whether nothing is left out.
    fn is_plain(&self) -> bool {
        [&self.state, &self.contact, &self.channel].iter().all(|text| text.trim().is_empty())
    }

    pub(super) async fn filter(&self, web: &Web, staff: &Staff) -> Result<LinkFilter, Failure> {
        Ok(LinkFilter {
            contact: people::asked_for(web, staff, &self.contact).await?,
            status: STATES.iter().copied().find(|status| status.as_str() == self.state),
        })
    }

    pub(super) fn channel(&self) -> Option<Channel> {
        Channel::from_word(&self.channel)
    }

    /// The same question at another address, going on behind a link.
    fn address(&self, path: &str, after: Option<&str>) -> String {
        let fields = [("state", self.state.as_str()), ("contact", &self.contact), ("channel", &self.channel)];
        let fields = fields.into_iter().chain(after.map(|after| ("after", after)));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.filter(|(_, value)| !value.is_empty()));
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The same question for another state.
    fn with_state(&self, state: &str) -> String {
        Self { state: state.to_owned(), ..self.clone() }.address(HERE, None)
    }

    /// The first page of the same question.
    fn first(&self) -> String {
        self.address(HERE, None)
    }
}

pub(in crate::console) async fn list(
    State(web): State<Web>, staff: Staff, Query(asks): Query<Asks>,
) -> Result<Response, Refused> {
    let after = asks.after.as_deref().and_then(cursor);
    let (listed, wrong) = match asks.filter(&web, &staff).await {
        Ok(filter) => (staff.lists(&web, Act::Read)?.links_sent(filter, asks.channel(), after, PAGE).await?, None),
        Err(failure) => (Listed { items: vec![], next: None }, Some(Wrong::of_filter(failure)?)),
    };
    let page = Shell::of(&web, &staff, Section::Links).await?;
    let rows = rows(&web, &page, listed.items).await?;
    let status = wrong.as_ref().map_or(StatusCode::OK, |wrong| wrong.status);
    let links = LinksPage {
        page,
        rows,
        states: choices(STATES, |status| (status.as_str(), words::status(status)), &asks.state),
        channels: choices(CHANNELS, |channel| (channel.as_str(), words::channel(channel)), &asks.channel),
        problem: wrong.map(|wrong| wrong.text),
        export: asks.address("/console/links.csv", None),
        next: listed.next.map(|next| asks.address(HERE, Some(&format!("{}_{}", next.issued_at.micros(), next.id)))),
        asks,
    };
    Ok(html(status, &links))
}

fn choices<T: Copy>(all: &[T], said: impl Fn(T) -> (&'static str, &'static str), asked: &str) -> Vec<Choice> {
    let choice =
        |(value, label): (&'static str, &str)| Choice { value, label: label.to_owned(), chosen: value == asked };
    all.iter().map(|one| choice(said(*one))).collect()
}

/// `<made at, µs>_<id>`: what is not that begins at the top.
fn cursor(text: &str) -> Option<LinkCursor> {
    let (issued_at, id) = text.split_once('_')?;
    Some(LinkCursor { issued_at: Timestamp::from_micros(issued_at.parse().ok()?), id: id.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_what_is_asked_for_and_nothing_more() {
        let asks = Asks { contact: "a+b@example.com".into(), channel: "sms".into(), ..Asks::default() };
        assert_eq!(asks.with_state("live"), "/console/links?state=live&contact=a%2Bb%40example.com&channel=sms");
        assert_eq!(asks.address(HERE, Some("1_x")), "/console/links?contact=a%2Bb%40example.com&channel=sms&after=1_x");
        assert_eq!(Asks::default().with_state(""), "/console/links");
    }
}
