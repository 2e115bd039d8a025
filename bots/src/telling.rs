//! *Tell the issuer*: messages are edited as their links are delivered, opened and used, driven by the log, on one node at
//! a time.
//!
//! Apart from answering because nobody asks: the log goes on, and what is worth an edit waits two seconds for more. Apart
//! from the platforms because only reaching a message is theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use magiclink_domain::id::LinkId;
use magiclink_domain::log::Position;
use magiclink_domain::ports::{Leases, Unavailable};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::usecases::{Failure, Ports};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::conversation::{Answer, Conversation, Live, News, Place, Secrets, Turn, digest};
use crate::tenure::Tenure;

/// What happens within this time is told in one edit.
const GATHERED: Duration = Duration::from_secs(2);
/// How long the policy rests at most; messages that other nodes made are found then.
const REST: Duration = Duration::from_secs(5);
/// When a platform that could not be reached is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Events looked through at a time.
const PAGE: usize = 500;
/// Messages that may begin to be followed at once; beyond, they are found like those of other nodes.
const MOST_FRESH: usize = 256;

/// How a platform reaches people again.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Edits a message.
    async fn edit(&self, place: &Place, answer: &Answer) -> Result<(), NotTold>;
    /// Tells somebody beside any message, where the platform has a way.
    async fn tell(&self, user: &ChatUser, answer: &Answer) -> Result<(), NotTold>;
}

/// Something could not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTold {
    /// The platform takes nothing more in this way.
    Never,
    /// It could not be reached; it may be later.
    NotNow,
}

/// The messages of one platform that go on telling.
pub struct Telling {
    talk: Arc<Conversation>,
    platform: ChatPlatform,
    tenure: Tenure,
    fresh: broadcast::Sender<LinkId>,
}

impl Telling {
    /// The messages of this platform, shared by all nodes that reach these leases.
    #[must_use]
    pub fn new(talk: Arc<Conversation>, platform: ChatPlatform, leases: Arc<dyn Leases>) -> Self {
        let ports = talk.use_cases().ports();
        let (name, holder) = (format!("chat-edits/{platform}"), ports.ids.id());
        let tenure = Tenure::new(leases, Arc::clone(&ports.clock), name, holder);
        Self { talk, platform, tenure, fresh: broadcast::channel(MOST_FRESH).0 }
    }

    /// From now on the message of this answer, at that place, tells of the answer's link, if it has one. `before` is what
    /// the message showed of it until now.
    pub async fn begin(&self, turn: &Turn, answer: &Answer, place: Place, before: Option<Secrets>) {
        let (Some(link), Some(acts)) = (answer.follows, answer.turn()) else { return };
        let secrets = answer.secrets().or(before);
        let (user, told) = (turn.user.clone(), digest(answer));
        let live = Live { link, user, place, turn: acts, secrets, told, signed_in: false };
        match self.talk.follow(&live).await {
            // Nobody listens where another node does the telling.
            Ok(()) => drop(self.fresh.send(link)),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a message will not go on telling of its link"
                );
            }
        }
    }

    /// Edits messages whenever no other node does, until `stop`. Begins with those that were left behind.
    pub async fn keep(&self, messenger: &dyn Messenger, stop: &CancellationToken) {
        self.tenure.keep(stop, || self.tell_until(messenger, stop)).await;
    }

    async fn tell_until(&self, messenger: &dyn Messenger, stop: &CancellationToken) {
        let mut fresh = self.fresh.subscribe();
        let Some(mut round) = self.round(messenger, stop).await else { return };
        let mut listed = Instant::now();
        loop {
            round.look_through().await;
            round.edit_due().await;
            if stop.is_cancelled() {
                return;
            }
            let next = round.due.values().min().copied().unwrap_or(listed + REST).min(listed + REST);
            tokio::select! {
                () = self.ports().log.wait_beyond(round.position, REST) => {}
                () = tokio::time::sleep_until(next) => {}
                link = fresh.recv() => link.into_iter().for_each(|link| round.follow(link)),
                () = stop.cancelled() => return,
            }
            if listed.elapsed() >= REST {
                round.list().await;
                listed = Instant::now();
            }
        }
    }

    async fn round<'a>(&'a self, messenger: &'a dyn Messenger, stop: &CancellationToken) -> Option<Round<'a>> {
        loop {
            match self.ports().log.head().await {
                Ok(position) => {
                    let mut round =
                        Round { telling: self, messenger, position, followed: BTreeSet::new(), due: BTreeMap::new() };
                    round.list().await;
                    return Some(round);
                }
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "trying again"),
            }
            tokio::select! { () = tokio::time::sleep(REST) => {}, () = stop.cancelled() => return None }
        }
    }

    fn ports(&self) -> &Ports {
        self.talk.use_cases().ports()
    }

    /// The message of a link as it is remembered now: other nodes may have put another in its place.
    async fn kept(&self, link: LinkId) -> Result<Option<Live>, Unavailable> {
        let ports = self.ports();
        let found = ports.parcels.look(&Live::key(self.platform, link), ports.clock.now()).await?;
        Ok(found.and_then(|content| Live::decode(&content)))
    }
}

/// One tenure of telling.
struct Round<'a> {
    telling: &'a Telling,
    messenger: &'a dyn Messenger,
    position: Position,
    followed: BTreeSet<LinkId>,
    /// When each is looked at.
    due: BTreeMap<LinkId, Instant>,
}

impl Round<'_> {
    /// Finds the messages that are followed; those that are new here are looked at.
    async fn list(&mut self) {
        let ports = self.telling.ports();
        match ports.parcels.list(&Live::prefix(self.telling.platform), ports.clock.now()).await {
            Ok(kept) => {
                let found: BTreeSet<LinkId> =
                    kept.iter().filter_map(|parcel| Some(Live::decode(&parcel.content)?.link)).collect();
                self.followed.retain(|link| found.contains(link));
                found.difference(&self.followed.clone()).for_each(|link| self.follow(*link));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "messages of before are not told for now");
            }
        }
    }

    /// A link may have moved on between its answer and its being followed.
    fn follow(&mut self, link: LinkId) {
        self.followed.insert(link);
        self.look_soon(link);
    }

    fn look_soon(&mut self, link: LinkId) {
        self.due.entry(link).or_insert_with(|| Instant::now() + GATHERED);
    }

    /// Notes which followed links the log has news of.
    async fn look_through(&mut self) {
        loop {
            let page = match self.telling.ports().log.read_all(self.position, PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the log can't be followed for chats");
                    return;
                }
            };
            let Some(last) = page.events.last() else { return };
            self.position = last.position;
            let links = page.events.iter().filter(|event| event.stream.area() == "link");
            for link in links.filter_map(|event| event.stream.id()?.parse::<LinkId>().ok()) {
                if self.followed.contains(&link) {
                    self.look_soon(link);
                }
            }
            if page.events.len() < PAGE {
                return;
            }
        }
    }

    async fn edit_due(&mut self) {
        let now = Instant::now();
        let ripe: Vec<LinkId> = self.due.iter().filter(|(_, at)| **at <= now).map(|(link, _)| *link).collect();
        for link in ripe {
            self.due.remove(&link);
            match self.tell(link).await {
                Ok(Next::Rest) => {}
                Ok(Next::Forget) => drop(self.followed.remove(&link)),
                Ok(Next::Again(after)) => drop(self.due.insert(link, Instant::now() + after)),
                Err(failure) => {
                    tracing::warn!(error = &failure as &dyn std::error::Error, "a message is not up to date for now");
                    self.due.insert(link, Instant::now() + AGAIN);
                }
            }
        }
    }

    /// Brings one message up to date, if that is worth an edit.
    async fn tell(&self, link: LinkId) -> Result<Next, Failure> {
        let telling = self.telling;
        let Some(live) = telling.kept(link).await? else { return Ok(Next::Forget) };
        // Whoever left, or was disconnected, is told nothing more.
        let Some(member) = telling.talk.use_cases().chat_member(&live.user).await? else {
            return self.forget(&live).await;
        };
        let may_see = telling.talk.use_cases().may_see(&member.caller(&live.user, live.turn, false));
        let (facts, answer) = telling.talk.link_card(link, live.secrets.as_ref(), live.turn, may_see).await?;
        let news = live.news(&facts, &answer, telling.ports().clock.now());
        let told = match news {
            News::None | News::Kept => Ok(()),
            News::Edit => self.messenger.edit(&live.place, &answer).await,
            News::Beyond => self.messenger.tell(&live.user, &answer).await,
        };
        let mut after = live.clone();
        let next = match (news, told) {
            (News::None | News::Kept, _) => Next::Rest,
            (News::Edit | News::Beyond, Ok(())) => {
                after = after.edited(&facts, &answer);
                Next::Rest
            }
            // What it would have said is said the other way, if it is worth that.
            (News::Edit, Err(NotTold::Never)) => {
                after.place.edits = 0;
                Next::Again(GATHERED)
            }
            (News::Beyond, Err(NotTold::Never)) => return self.forget(&live).await,
            (_, Err(NotTold::NotNow)) => Next::Again(AGAIN),
        };
        if matches!(next, Next::Rest) && after.is_done(&facts) {
            return self.forget(&live).await;
        }
        // A newer message may tell of the link by now.
        if after != live && telling.kept(link).await?.is_some_and(|kept| kept.place == live.place) {
            telling.talk.follow(&after).await?;
        }
        Ok(next)
    }

    async fn forget(&self, live: &Live) -> Result<Next, Failure> {
        let ports = self.telling.ports();
        ports.parcels.take(&Live::key(self.telling.platform, live.link), ports.clock.now()).await?;
        Ok(Next::Forget)
    }
}

/// What comes after looking at a message.
enum Next {
    /// Nothing, until the log has news.
    Rest,
    /// It tells nothing more.
    Forget,
    /// It is looked at once more.
    Again(Duration),
}
