//! A card that follows what happens: the part drawn anew, as server-sent events (WHATWG HTML, section 9.2).
//!
//! Apart from the drawing because a stream outlives its request: it ends with the session, the role, or the node.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use magiclink_domain::authority::Act;
use magiclink_domain::card::LinkCard;
use magiclink_domain::id::LinkId;
use magiclink_domain::keys::Realm;
use magiclink_domain::link::LinkStream;
use magiclink_domain::log::Position;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::{draw_part, goes_on};
use crate::Web;
use crate::console::gate::{Staff, permits};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::http::browser::Browser;
use crate::http::guard::busy;

/// How long a card may go without a look: advice changes with time alone, and a session may have ended.
const BEAT: Duration = Duration::from_secs(5);
/// Between two looks, so that a busy log does not make it look for every event.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest silence on the wire.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(in crate::console) async fn follow(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff, browser: Browser,
) -> Result<Response, Refused> {
    let link: LinkId = id.parse().map_err(|_| Rejection::LinkNotFound)?;
    web.use_cases.link(&staff.reader(&web), link).await?;
    let Ok(permit) = Arc::clone(&web.api.cards).try_acquire_owned() else { return Ok(busy()) };
    let cookie = browser.session(Realm::Console).unwrap_or_default().to_owned();
    let follower = Follower { web, staff, cookie, link, shown: None, over: false, _permit: permit };
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let stream = Sse::new(unfold(follower, step)).keep_alive(keep_alive);
    Ok(([(header::CACHE_CONTROL, "no-store")], stream).into_response())
}

/// One open stream.
struct Follower {
    web: Web,
    staff: Staff,
    /// A secret.
    cookie: String,
    link: LinkId,
    /// The card as the browser has it.
    shown: Option<LinkCard>,
    /// There is nothing more to come.
    over: bool,
    _permit: OwnedSemaphorePermit,
}

/// The next frame; ends the stream when the node stops, the session ends, or the log can't be read.
async fn step(mut follower: Follower) -> Option<(Result<Event, Infallible>, Follower)> {
    if follower.over {
        return None;
    }
    let stopping = follower.web.api.stopping.clone();
    let next = stopping.run_until_cancelled(follower.next()).await?;
    match next {
        Ok(event) => event.map(|event| (Ok(event), follower)),
        Err(failure) => {
            // The browser comes back by itself.
            tracing::warn!(error = &failure as &dyn std::error::Error, "a card is followed no further");
            None
        }
    }
}

impl Follower {
    /// Waits for a card that the browser has not seen; `None` once it may see no more.
    async fn next(&mut self) -> Result<Option<Event>, Failure> {
        loop {
            let seen = self.web.use_cases.ports().log.head().await?;
            if !self.is_welcome().await? {
                return Ok(None);
            }
            let card = self.web.use_cases.link_card(&self.staff.reader(&self.web), self.link).await?;
            if self.shown.as_ref() != Some(&card) {
                let page = Shell::of(&self.web, &self.staff, Section::Links).await?;
                let html = draw_part(&self.web, &page, &card).await?;
                self.shown = Some(card);
                return Ok(Some(Event::default().event("card").data(html)));
            }
            if !goes_on(&card) {
                self.over = true;
                return Ok(Some(Event::default().event("over").data("nothing more is to come")));
            }
            if !self.wait(seen, card.revision).await? {
                return Ok(None);
            }
        }
    }

    /// Waits until something happened to the link, a beat at most; `false` once the browser may see no more.
    async fn wait(&self, mut seen: Position, revision: u64) -> Result<bool, Failure> {
        let log = &self.web.use_cases.ports().log;
        let name = LinkStream::name(self.link);
        let until = Instant::now() + BEAT;
        while Instant::now() < until {
            log.wait_beyond(seen, until.saturating_duration_since(Instant::now())).await;
            seen = log.head().await?;
            if !self.is_welcome().await? {
                return Ok(false);
            }
            if !log.read_stream(&name, revision, 1).await?.is_empty() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(true)
    }

    /// Whether the session that opened the stream is still open, and its role may still look.
    async fn is_welcome(&self) -> Result<bool, Failure> {
        let session = self.web.use_cases.staff_session(&self.cookie).await?;
        Ok(session.is_some_and(|session| session.staff == self.staff.session.staff && permits(session.role, Act::Read)))
    }
}
