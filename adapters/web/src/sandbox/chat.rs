//! `/sandbox/chat`: rooms in which `/magiclink` can be tried without any account.
//!
//! Apart from phone and mailbox because one talks here: what is typed goes to the service as a platform would send it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::unfold;
use magiclink_domain::id::CommandId;
use magiclink_domain::personal::Personal;
use magiclink_domain::ports::{ChatAct, ChatElement, ChatFieldKind, SandboxChat};
use magiclink_domain::team::ChatUser;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use super::guard::Rooms;
use super::room::{Kind, Room, Who, asked, is_ours};
use crate::Web;
use crate::http::assets;
use crate::http::browser::Browser;
use crate::http::form::Posted;
use crate::http::guard::busy;
use crate::http::page::{self, Frame};
use crate::language::Language;

const PATH: &str = "/sandbox/chat";
/// How long a page waits for the answer to what was just done, so that it is there without a reload.
const ANSWERS: Duration = Duration::from_secs(2);
/// The longest silence on the wire.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(act)).route("/sandbox/chat/stream", get(follow))
}

#[derive(Template)]
#[template(path = "portal/sandbox_chat.html")]
struct ChatPage<'a> {
    frame: Frame<'a>,
    css: &'static str,
    script: &'static str,
    tag: String,
    revision: u64,
    problem: Option<String>,
    rooms: Vec<Room>,
    base: &'a str,
}

impl ChatPage<'_> {
    /// Whether a page of a button leads into this deployment.
    fn opens(&self, url: &str) -> bool {
        is_ours(url, self.base)
    }
}

async fn show(State(web): State<Web>, Rooms(rooms): Rooms, browser: Browser) -> Response {
    draw(&web, rooms.as_ref(), &browser, None).await
}

async fn draw(web: &Web, rooms: &dyn SandboxChat, browser: &Browser, problem: Option<String>) -> Response {
    let nonce = browser.nonce_or_new(web);
    let found = rooms.rooms();
    let revision = found.iter().map(|room| room.revision).max().unwrap_or_default();
    let mut rooms = vec![];
    for room in found {
        let who = who(web, &room.person).await;
        rooms.push(Room::of(room, who, &web.config));
    }
    let status = if problem.is_some() { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
    let page = ChatPage {
        frame: Frame::new(&web.config, Language::english()),
        css: assets::href("sandbox.css"),
        script: assets::href("sandbox.js"),
        tag: nonce.tag(web, PATH),
        revision,
        problem,
        rooms,
        base: web.config.base_url.as_str(),
    };
    nonce.keep(web, page::html(status, &page))
}

/// Which staff member somebody in a room is, as they may know it themselves.
async fn who(web: &Web, person: &ChatUser) -> Option<Who> {
    let member = web.use_cases.chat_member(person).await.ok()??;
    let command = CommandId::from_uuid(web.use_cases.ports().ids.id());
    let found = web.use_cases.staff_member(&member.caller(person, command, false), member.staff).await.ok()?;
    let name = found.details.as_ref().and_then(Personal::known).map(|details| details.name.to_string());
    Some(Who { name: name.unwrap_or_else(|| "the first owner".to_owned()), role: member.role.as_str() })
}

/// What the person in a room does.
async fn act(State(web): State<Web>, Rooms(rooms): Rooms, posted: Posted) -> Response {
    let Some((platform, act)) = asked(&posted.fields) else {
        return draw(&web, rooms.as_ref(), &posted.browser, Some("nothing was asked for".to_owned())).await;
    };
    let before = revision(rooms.as_ref());
    // One's own words, and a dialog that closes, are changes before the answer.
    let own = match &act {
        ChatAct::Type(_) | ChatAct::Submit(_) => 1,
        ChatAct::Press { .. } | ChatAct::Search { .. } | ChatAct::Close => 0,
    };
    match rooms.act(platform, act).await {
        Ok(()) => {
            drop(tokio::time::timeout(ANSWERS, rooms.changed(before + own)).await);
            page::see_other(&format!("{PATH}#{platform}"))
        }
        Err(problem) => draw(&web, rooms.as_ref(), &posted.browser, Some(problem)).await,
    }
}

fn revision(rooms: &dyn SandboxChat) -> u64 {
    rooms.rooms().iter().map(|room| room.revision).max().unwrap_or_default()
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    seen: u64,
}

/// Tells a page that there is something new, as server-sent events.
async fn follow(State(web): State<Web>, Rooms(rooms): Rooms, Query(Seen { seen }): Query<Seen>) -> Response {
    let Ok(permit) = Arc::clone(&web.api.cards).try_acquire_owned() else { return busy() };
    let follower = Follower { web, rooms, seen, _permit: permit };
    Sse::new(unfold(follower, step)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}

struct Follower {
    web: Web,
    rooms: Arc<dyn SandboxChat>,
    seen: u64,
    _permit: OwnedSemaphorePermit,
}

async fn step(mut follower: Follower) -> Option<(Result<Event, Infallible>, Follower)> {
    let stopping = follower.web.api.stopping.clone();
    follower.seen = stopping.run_until_cancelled(follower.rooms.changed(follower.seen)).await?;
    let event = Event::default().event("rooms").data(follower.seen.to_string());
    Some((Ok(event), follower))
}
