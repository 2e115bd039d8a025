//! *Tell the issuer*: messages are edited as their links are delivered, opened and used, driven by the log.
//!
//! Apart from answering because nobody asks: the log goes on, and what is worth an edit waits two seconds for more.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::PoisonError;
use std::time::Duration;

use magiclink_domain::id::LinkId;
use magiclink_domain::log::Position;
use magiclink_domain::team::ChatPlatform;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Failure;
use tokio::time::Instant;

use super::Slack;
use super::api::ApiError;
use super::render;
use crate::conversation::{Live, News};

/// What happens within this time is told in one edit.
const GATHERED: Duration = Duration::from_secs(2);
/// How long the policy rests at most.
const REST: Duration = Duration::from_secs(5);
/// Events looked through at a time.
const PAGE: usize = 500;
/// How long after its last edit a message is remembered.
const FORGOTTEN_AFTER: Lifetime = Live::REMEMBERED;

impl Slack {
    /// Edits messages until `stop`. Begins with those that a restart left behind.
    pub async fn keep_telling(&self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let ports = self.talk.use_cases().ports();
        let mut position = loop {
            match ports.log.head().await {
                Ok(head) => break head,
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "trying again"),
            }
            tokio::select! { () = tokio::time::sleep(REST) => {}, () = &mut stop => return }
        };
        let mut due = self.left_behind().await;
        loop {
            position = self.look_through(position, &mut due).await;
            self.edit_due(&mut due).await;
            let next = due.values().min().copied().unwrap_or_else(|| Instant::now() + REST);
            tokio::select! {
                () = ports.log.wait_beyond(position, REST) => {}
                () = tokio::time::sleep_until(next) => {}
                () = self.followed.notified() => self.look_at_new(&mut due),
                () = &mut stop => return,
            }
        }
    }

    /// Messages that were followed before: each is looked at once.
    async fn left_behind(&self) -> BTreeMap<LinkId, Instant> {
        let ports = self.talk.use_cases().ports();
        let kept = match ports.parcels.list(&Live::prefix(ChatPlatform::Slack), self.now()).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "messages of before are not told any more");
                vec![]
            }
        };
        let found: Vec<Live> = kept.iter().filter_map(|parcel| Live::decode(&parcel.content)).collect();
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .into_iter()
            .map(|one| {
                (one.link, {
                    live.entry(one.link).or_insert(one);
                    Instant::now()
                })
            })
            .collect()
    }

    /// A link may have moved on between its answer and its being followed.
    fn look_at_new(&self, due: &mut BTreeMap<LinkId, Instant>) {
        let now = self.now();
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|_, one| now < one.place.until.plus(FORGOTTEN_AFTER));
        for link in live.keys() {
            due.entry(*link).or_insert_with(|| Instant::now() + GATHERED);
        }
    }

    /// Notes which followed links the log has news of.
    async fn look_through(&self, mut position: Position, due: &mut BTreeMap<LinkId, Instant>) -> Position {
        loop {
            let page = match self.talk.use_cases().ports().log.read_all(position, PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the log can't be followed for slack");
                    return position;
                }
            };
            let Some(last) = page.events.last() else { return position };
            let complete = page.events.len() < PAGE;
            position = last.position;
            let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            let links = page.events.iter().filter(|event| event.stream.area() == "link");
            for link in links.filter_map(|event| event.stream.id()?.parse::<LinkId>().ok()) {
                if live.contains_key(&link) {
                    due.entry(link).or_insert_with(|| Instant::now() + GATHERED);
                }
            }
            drop(live);
            if complete {
                return position;
            }
        }
    }

    async fn edit_due(&self, due: &mut BTreeMap<LinkId, Instant>) {
        let now = Instant::now();
        let ripe: Vec<LinkId> = due.iter().filter(|(_, at)| **at <= now).map(|(link, _)| *link).collect();
        for link in ripe {
            due.remove(&link);
            if let Err(failure) = self.tell(link).await {
                tracing::warn!(error = &failure as &dyn std::error::Error, "a message could not be brought up to date");
            }
        }
    }

    /// Brings one message up to date, if that is worth an edit.
    async fn tell(&self, link: LinkId) -> Result<(), Failure> {
        let kept = self.live.lock().unwrap_or_else(PoisonError::into_inner).get(&link).cloned();
        let Some(live) = kept else { return Ok(()) };
        // Whoever left, or was disconnected, is told nothing more.
        if self.talk.use_cases().chat_member(&live.user).await?.is_none() {
            self.forget(&live).await;
            return Ok(());
        }
        let (facts, answer) = self.talk.link_card(link, live.secrets.as_ref(), live.turn).await?;
        let news = live.news(&facts, &answer, self.now());
        let told = match news {
            News::None | News::Kept => Ok(()),
            News::Edit => self.api.respond(&live.place.address, &render::message(&answer, true)).await,
            News::Beyond => {
                self.api.call("chat.postMessage", &render::direct(&live.user.user, &answer)).await.map(drop)
            }
        };
        let live = match (news, told) {
            (News::None | News::Kept, _) => live,
            (News::Edit | News::Beyond, Ok(())) => live.edited(&facts, &answer),
            (_, Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a message could not be edited in slack");
                self.after_failure(live, news, &error)
            }
        };
        if live.is_done(&facts) {
            self.forget(&live).await;
            return Ok(());
        }
        self.talk.follow(&live).await?;
        self.live.lock().unwrap_or_else(PoisonError::into_inner).insert(link, live);
        Ok(())
    }

    /// An address that Slack takes no more posts for is used up; one that could not be reached may work again.
    fn after_failure(&self, mut live: Live, news: News, error: &ApiError) -> Live {
        if news == News::Edit && matches!(error, ApiError::Refused(_) | ApiError::Elsewhere) {
            live.place.edits = 0;
            // What it would have said is said the other way, if it is worth that.
            self.followed.notify_one();
        }
        live
    }

    async fn forget(&self, live: &Live) {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&live.link);
        let parcels = &self.talk.use_cases().ports().parcels;
        if let Err(error) = parcels.take(&Live::key(ChatPlatform::Slack, live.link), self.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a told message is still remembered");
        }
    }
}
