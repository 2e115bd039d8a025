//! How far an import is, as server-sent events (WHATWG HTML, section 9.2).
//!
//! Apart from the page because a stream outlives its request: it ends with the work, the session, or the node.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use magiclink_domain::authority::Act;
use magiclink_domain::keys::Realm;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::job::{Stage, Status};
use crate::Web;
use crate::console::gate::{Staff, permits};
use crate::http::browser::Browser;
use crate::http::guard::busy;

/// Between two frames.
const PAUSE: Duration = Duration::from_millis(250);

struct Follower {
    web: Web,
    staff: Staff,
    /// A secret.
    cookie: String,
    status: watch::Receiver<Status>,
    over: bool,
    _permit: OwnedSemaphorePermit,
}

pub(in crate::console) async fn follow(
    State(web): State<Web>, Path(id): Path<String>, staff: Staff, browser: Browser,
) -> Response {
    let Some(job) = web.api.imports.find(&id, staff.session.staff) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(permit) = Arc::clone(&web.api.cards).try_acquire_owned() else { return busy() };
    let cookie = browser.session(Realm::Console).unwrap_or_default().to_owned();
    let follower = Follower { web, staff, cookie, status: job.watch(), over: false, _permit: permit };
    let stream = Sse::new(unfold(follower, step)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    ([(header::CACHE_CONTROL, "no-store")], stream).into_response()
}

async fn step(mut follower: Follower) -> Option<(Result<Event, Infallible>, Follower)> {
    if follower.over {
        return None;
    }
    let stopping = follower.web.api.stopping.clone();
    let event = stopping.run_until_cancelled(follower.next()).await??;
    Some((Ok(event), follower))
}

impl Follower {
    /// The next frame; `None` once the browser may see no more.
    async fn next(&mut self) -> Option<Event> {
        tokio::time::sleep(PAUSE).await;
        let session = self.web.use_cases.staff_session(&self.cookie).await.ok()??;
        if session.staff != self.staff.session.staff || !permits(session.role, Act::ManageContacts) {
            return None;
        }
        let Status { stage, done } = self.status.borrow_and_update().clone();
        self.over = !matches!(stage, Stage::Checking | Stage::Importing);
        let name = if self.over { "over" } else { "progress" };
        Some(Event::default().event(name).data(done.to_string()))
    }
}
