//! The log as it grows: server-sent events (WHATWG HTML, section 9.2).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::Act;
use magiclink_domain::log::Position;
use magiclink_domain::usecases::Failure;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use super::feed::position;
use super::view::{EventView, views};
use crate::Web;
use crate::api::codes;
use crate::api::identity::Identity;
use crate::api::problem::Problem;
use crate::api::query::Params;

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FollowParams {
    /// Events beyond this position; 0 = from the first; left out = from now on. `Last-Event-ID` comes before it.
    #[param(value_type = Option<u64>, minimum = 0)]
    after: Option<String>,
}

/// Events read at a time.
const PAGE: usize = 100;
/// The longest silence; also how long a revoked token may go on listening.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Follow events
///
/// Server-sent events: `id` is the position, `event` the stored type, `data` the event as `GET /events` shows it. A client
/// that comes back with `Last-Event-ID` misses nothing.
#[utoipa::path(
    get, path = "/events/stream", tag = "Events", operation_id = "follow_events",
    params(
        FollowParams,
        ("Last-Event-ID" = Option<u64>, Header, description = "The position of the last event seen"),
    ),
    responses((status = 200, description = "The events, one frame each", body = String, content_type = "text/event-stream")),
    extensions(("x-errors" = json!(["invalid_field", "unknown_field"]))),
)]
pub(crate) async fn follow(
    State(web): State<Web>, identity: Identity, headers: HeaderMap, Params(params): Params<FollowParams>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    identity.may(&web, Act::Read)?;
    let last = headers.get("last-event-id").map(|id| position("Last-Event-ID", id.to_str().unwrap_or_default()));
    let asked = params.after.as_deref().map(|text| position("after", text));
    let after = match (last, asked) {
        (Some(last), _) => last?,
        (None, Some(asked)) => asked?,
        (None, None) => web.use_cases.ports().log.head().await.map_err(Failure::from)?,
    };
    let permit = Arc::clone(&web.api.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Problem::with(codes::OVERLOADED, "too many streams are open").retry_after(30))?;
    let follower = Follower { web, identity, after, waiting: VecDeque::new(), _permit: permit };
    Ok(Sse::new(unfold(follower, step)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// One open stream.
struct Follower {
    web: Web,
    identity: Identity,
    after: Position,
    waiting: VecDeque<EventView>,
    _permit: OwnedSemaphorePermit,
}

/// The next frame; ends the stream when the node stops, the token dies or the log can't be read.
async fn step(mut follower: Follower) -> Option<(Result<Event, Infallible>, Follower)> {
    let stopping = follower.web.api.stopping.clone();
    loop {
        if stopping.is_cancelled() {
            return None;
        }
        if let Some(view) = follower.waiting.pop_front() {
            let frame = Event::default().id(view.position.to_string()).event(&view.kind).json_data(&view).ok()?;
            return Some((Ok(frame), follower));
        }
        tokio::select! {
            biased;
            () = stopping.cancelled() => return None,
            read = follower.read() => match read {
                Ok(true) => {}
                Ok(false) => return None,
                Err(failure) => {
                    // The client comes back where it was.
                    tracing::warn!(error = &failure as &dyn std::error::Error, "an event stream ended early");
                    return None;
                }
            },
        }
    }
}

impl Follower {
    /// Reads what is there or waits for it; `false` once the caller may not read any more.
    async fn read(&mut self) -> Result<bool, Failure> {
        if !self.is_welcome().await? {
            return Ok(false);
        }
        let log = &self.web.use_cases.ports().log;
        let page = log.read_all(self.after, PAGE).await?;
        if page.events.is_empty() {
            log.wait_beyond(self.after, HEARTBEAT).await;
            return Ok(true);
        }
        self.waiting.extend(views(&self.web, &self.identity, &page.events).await?);
        self.after = page.next;
        Ok(true)
    }

    /// Whether the token still lives.
    async fn is_welcome(&self) -> Result<bool, Failure> {
        let Actor::Token(token) = self.identity.actor else { return Ok(true) };
        self.web.use_cases.is_live_token(token).await
    }
}
