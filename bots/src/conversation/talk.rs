//! The turns: what was typed, pressed or filled in, done through the use cases, and answered.
//!
//! Apart from what is said because this asks the log who it is, and changes things.

use std::sync::Arc;

use chrono_tz::Tz;
use magiclink_domain::actor::Actor;
use magiclink_domain::authority::{Act as Right, Permission, permission};
use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::link::{Channel, LinkStatus};
use magiclink_domain::personal::Personal;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::ChatUser;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, ChatMember, Failure, Issued, UseCases};
use magiclink_projections::{ContactView, ReadModels};

use super::act::Act;
use super::answer::{Answer, Dialog, Filled, Reply};
use super::cards::{self, LinkFacts, Secrets, Seen};
use super::find::{detail, name};
use super::live::Live;
use super::parse::Ask;
use super::text::Line;
use super::{refusals, says, words};

/// One request of somebody.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who asks, by the platform's own ids.
    pub user: ChatUser,
    /// The platform's own id of the request: the same one acts once.
    pub key: String,
}

/// A contact to be chosen while somebody types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The contact's id.
    pub id: String,
    /// What they are called.
    pub label: String,
    /// What tells them from others of the same name.
    pub detail: String,
}

/// The conversation over these use cases and read models.
pub struct Conversation {
    pub(super) use_cases: Arc<UseCases>,
    pub(super) read_models: Arc<ReadModels>,
    zone: Tz,
}

/// Who asks, and on whose behalf.
pub(super) struct Asking {
    /// Who.
    pub(super) member: ChatMember,
    /// Under which command, with what authority.
    pub(super) caller: Caller,
}

impl Asking {
    /// Whether their role may do this, perhaps after a question.
    pub(super) fn may(&self, right: Right) -> bool {
        permission(self.member.role, right) != Permission::No
    }

    /// The name of the answer being made.
    pub(super) fn turn(&self) -> CommandId {
        self.caller.command
    }
}

impl Conversation {
    /// A conversation that tells times in this zone.
    #[must_use]
    pub fn new(use_cases: Arc<UseCases>, read_models: Arc<ReadModels>, zone: Tz) -> Self {
        Self { use_cases, read_models, zone }
    }

    /// The use cases, for what a platform keeps beside the conversation.
    #[must_use]
    pub fn use_cases(&self) -> &Arc<UseCases> {
        &self.use_cases
    }

    /// Answers what was typed behind `/magiclink`.
    pub async fn typed(&self, turn: &Turn, text: &str) -> Reply {
        self.asked(turn, "typed", text, Ok(Ask::parse(text))).await
    }

    /// Answers a dialog that was filled in, or a command that came in fields.
    pub async fn submitted(&self, turn: &Turn, filled: &Filled) -> Reply {
        self.asked(turn, "submitted", &format!("{filled:?}"), filled.ask()).await
    }

    async fn asked(&self, turn: &Turn, route: &str, content: &str, ask: Result<Ask, Answer>) -> Reply {
        let answered = async {
            if let Ok(Ask::Connect(code)) = &ask {
                return self.connect(turn, code).await.map(Reply::Answer);
            }
            let Some(asking) = self.asking(turn, route, content, false).await? else { return Ok(self.stranger(turn)) };
            let ask = match ask {
                Ok(ask) => ask,
                Err(answer) => return Ok(Reply::Answer(answer)),
            };
            match ask {
                Ask::Dialog => self.dialog(&asking).await,
                Ask::Help => Ok(Reply::Answer(says::help())),
                Ask::Connect(_) => Ok(Reply::Answer(says::which_code(&self.page("chat")))),
                Ask::Disconnect => self.disconnect(turn, &asking).await.map(Reply::Answer),
                Ask::Console => self.console(&asking).await.map(Reply::Answer),
                Ask::Status(who) => self.status(&asking, &who).await.map(Reply::Answer),
                Ask::Revoke(what) => self.revoke(&asking, &what).await.map(Reply::Answer),
                Ask::Add(new) => self.add(&asking, new).await.map(Reply::Answer),
                Ask::Make(wish) => self.wished(&asking, wish).await.map(Reply::Answer),
            }
        };
        answered.await.unwrap_or_else(|failure| failed(&failure))
    }

    /// Answers a pressed button or a choice. `shown` is what the message shows of the link.
    pub async fn pressed(&self, turn: &Turn, act: &Act, shown: Option<&Secrets>) -> Reply {
        let answered = async {
            let confirmed = matches!(act, Act::Make { confirmed: true, .. });
            // The button's own text is the key: pressed twice, it is one command.
            let turn = Turn { key: act.encode(), ..turn.clone() };
            let Some(asking) = self.asking(&turn, "pressed", &turn.key, confirmed).await? else {
                return Ok(self.stranger(&turn));
            };
            let answer = match act {
                Act::Make { turn, contact, grant, home, .. } => {
                    let Some(mut wish) = self.kept_wish(&asking, *turn).await? else {
                        return Ok(Reply::Answer(says::too_old()));
                    };
                    wish.destination = wish.destination.filter(|_| !home);
                    self.make(&asking, &wish, *contact, *grant).await?
                }
                Act::Status { contact, .. } => self.contact_card(&asking, *contact).await?,
                Act::Send { link, channel, .. } => {
                    let done = self.use_cases.request_delivery(&asking.caller, *link, *channel).await?;
                    self.passed(done.position).await;
                    self.link_card(*link, shown, asking.turn()).await?.1
                }
                Act::Revoke { link, .. } => self.revoke_link(&asking, *link).await?,
            };
            Ok(Reply::Answer(answer))
        };
        answered.await.unwrap_or_else(|failure| failed(&failure))
    }

    /// Contacts for what was typed so far, best first; none for strangers.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when something is out of reach.
    pub async fn suggest(&self, user: &ChatUser, typed: &str, limit: usize) -> Result<Vec<Suggestion>, Failure> {
        if self.use_cases.chat_member(user).await?.is_none() {
            return Ok(vec![]);
        }
        let mut views = self.read_models.search(typed, limit).await?;
        if views.is_empty() {
            views = self.read_models.similar(typed, limit).await?;
        }
        let suggestion = |view: &ContactView| {
            let label = name(view)?.to_owned();
            Some(Suggestion { id: view.id.to_string(), label, detail: detail(view) })
        };
        Ok(views.iter().filter_map(suggestion).collect())
    }

    /// How a link stands, as facts and as a message; what was shown of it before is shown again while it lives.
    ///
    /// # Errors
    /// `not_found`; [`Failure::Unavailable`] when something is out of reach.
    pub async fn link_card(
        &self, link: LinkId, shown: Option<&Secrets>, turn: CommandId,
    ) -> Result<(LinkFacts, Answer), Failure> {
        let facts = self.facts(link).await?;
        let page = self.page(&format!("links/{link}"));
        let answer = cards::link(&facts, shown, turn, page, self.seen());
        Ok((facts, answer))
    }

    /// The message that tells of the link, if one does.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it can't be read.
    pub async fn live(&self, user: &ChatUser, link: LinkId) -> Result<Option<Live>, Failure> {
        let ports = self.use_cases.ports();
        let found = ports.parcels.look(&Live::key(user.platform, link), ports.clock.now()).await?;
        Ok(found.and_then(|bytes| Live::decode(&bytes)).filter(|live| live.user == *user))
    }

    /// Remembers the message that tells of a link from now on.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it can't be written.
    pub async fn follow(&self, live: &Live) -> Result<(), Failure> {
        let until = live.place.until.plus(Live::REMEMBERED);
        let key = Live::key(live.user.platform, live.link);
        Ok(self.use_cases.ports().parcels.put(&key, &live.encode(), until).await?)
    }

    /// What an issued link shows to whoever may see it.
    pub(super) async fn issued(&self, asking: &Asking, issued: Issued) -> Result<Answer, Failure> {
        let shown = issued.url.zip(issued.code).map(|(url, code)| Secrets { url, code });
        let (_, mut answer) = self.link_card(issued.id, shown.as_ref(), asking.turn()).await?;
        if shown.is_none() && issued.link.deliveries.is_empty() {
            answer = answer.line(Line::of("Links are not shown here: send it with a button."));
        }
        Ok(answer)
    }

    /// Who asks, from the team's stream; `None` for strangers.
    async fn asking(
        &self, turn: &Turn, route: &str, content: &str, confirmed: bool,
    ) -> Result<Option<Asking>, Failure> {
        let Some(member) = self.use_cases.chat_member(&turn.user).await? else { return Ok(None) };
        let route = format!("{} {route}", turn.user.platform);
        let command = CommandId::derive(&Actor::Staff(member.staff).to_string(), &route, &turn.key);
        let mut caller = member.caller(&turn.user, command, confirmed);
        caller.fingerprint = Some(self.use_cases.ports().keys.keyring().fingerprint(content.as_bytes()));
        Ok(Some(Asking { member, caller }))
    }

    fn stranger(&self, turn: &Turn) -> Reply {
        Reply::Answer(says::stranger(turn.user.platform, &self.page("chat")))
    }

    /// A page of the console.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/console/{path}", self.use_cases.policy().base_url)
    }

    /// Where and when the reader is.
    pub(super) fn seen(&self) -> Seen {
        Seen { zone: self.zone, now: self.use_cases.ports().clock.now() }
    }

    async fn connect(&self, turn: &Turn, code: &str) -> Result<Answer, Failure> {
        if code.is_empty() {
            return Ok(says::which_code(&self.page("chat")));
        }
        let command = CommandId::derive(&turn.user.key(), "connect", &turn.key);
        let member = self.use_cases.connect_chat(turn.user.clone(), code, command).await?.value;
        let caller = member.caller(&turn.user, command, false);
        let details = self.use_cases.staff_member(&caller, member.staff).await?.details;
        let name = details.as_ref().and_then(Personal::known).map(|details| details.name.to_string());
        Ok(says::connected(name, member.role.as_str()))
    }

    async fn disconnect(&self, turn: &Turn, asking: &Asking) -> Result<Answer, Failure> {
        let chat = self.use_cases.chat_index(&turn.user);
        self.use_cases.disconnect_chat(&asking.caller, chat).await?;
        Ok(says::disconnected())
    }

    async fn console(&self, asking: &Asking) -> Result<Answer, Failure> {
        let issued = self.use_cases.issue_own_console_link(&asking.caller).await?.value;
        let url = issued.url.filter(|_| issued.link.status(self.seen().now) == LinkStatus::Live);
        Ok(says::console(url.ok_or(Rejection::LinkNotLive)?))
    }

    async fn dialog(&self, asking: &Asking) -> Result<Reply, Failure> {
        if !asking.may(Right::ManageLinks) {
            return Err(Rejection::Forbidden.into());
        }
        let policy = self.use_cases.policy();
        let offerings = self.read_models.offerings().await?;
        let open = offerings.into_iter().filter(|offering| offering.archived_at.is_none());
        let show = self.use_cases.may_see(&asking.caller).then_some(("show", "Show me the link"));
        Ok(Reply::Dialog(Dialog {
            title: "Magic link",
            contact: None,
            destinations: open.map(|offering| (offering.slug.to_string(), offering.title.to_string())).collect(),
            lifetimes: self.lifetimes(),
            channels: show.into_iter().chain(self.channels()).collect(),
            reason_required: policy.require_reason,
        }))
    }

    /// How long a link can live: what is sent, and what is shown; the first, without a word, is the default.
    #[must_use]
    pub fn lifetimes(&self) -> Vec<(&'static str, String)> {
        let policy = self.use_cases.policy();
        let presets = [
            ("15m", Lifetime::NOW),
            ("24h", Lifetime::DAY),
            ("7d", Lifetime::WELCOME),
            ("30d", Lifetime::from_days(30)),
        ];
        let fits = |one: &Lifetime| *one <= policy.max_lifetime && *one != policy.default_lifetime;
        let others = presets.into_iter().filter(|(_, one)| fits(one)).map(|(word, one)| (word, words::span(one)));
        std::iter::once(("", words::span(policy.default_lifetime))).chain(others).collect()
    }

    /// How a link can be sent: what is sent back, and what is shown.
    #[must_use]
    pub fn channels(&self) -> Vec<(&'static str, &'static str)> {
        let shown = |channel: &Channel| if *channel == Channel::Sms { "Send SMS" } else { "Send e-mail" };
        self.use_cases.policy().channels.iter().map(|channel| (channel.as_str(), shown(channel))).collect()
    }

    /// Lists show what was done; one that lags is no reason to say that it was not.
    pub(super) async fn passed(&self, position: Option<magiclink_domain::log::Position>) {
        if let Some(position) = position
            && let Err(error) = self.read_models.passed(position).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "answered before the read models have it");
        }
    }
}

fn failed(failure: &Failure) -> Reply {
    if failure.rejection().is_none() {
        tracing::warn!(error = failure as &dyn std::error::Error, "a chat command failed");
    }
    Reply::Answer(refusals::of(failure))
}
