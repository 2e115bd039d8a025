//! The turns: what was typed, pressed or filled in, done through the use cases, and answered.
//!
//! Apart from what is said because this changes things.

use data_encoding::HEXLOWER;
use magiclink_domain::authority::Act as Right;
use magiclink_domain::link::Channel;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::team::ChatUser;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::Failure;
use magiclink_projections::ContactView;

use super::act::Act;
use super::answer::{Answer, Dialog, Filled, Reply};
use super::cards::Secrets;
use super::find::{detail, name};
use super::form::Entered;
use super::parse::Ask;
use super::talk::{Asking, Conversation, Turn, failed};
use super::{says, words};

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

impl Conversation {
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
                Ask::Add(new) => self.add(&asking, new).await,
                Ask::Make(wish) => self.wished(&asking, wish).await.map(Reply::Answer),
            }
        };
        answered.await.unwrap_or_else(|failure| failed(&failure))
    }

    /// Answers a pressed button or a choice. `shown` is what the message shows of the link.
    pub async fn pressed(&self, turn: &Turn, act: &Act, shown: Option<&Secrets>) -> Reply {
        let answered = async {
            let confirmed = matches!(act, Act::Make { confirmed: true, .. });
            // The button's own text is the key: pressed twice, it is one command. Showing is noted each time.
            let key = if matches!(act, Act::Qr { .. }) { turn.key.clone() } else { act.encode() };
            let turn = Turn { key, ..turn.clone() };
            let Some(asking) = self.asking(&turn, "pressed", &turn.key, confirmed).await? else {
                return Ok(self.stranger(&turn));
            };
            let answer = match act {
                Act::Add { turn } => return self.form(&asking, *turn).await,
                Act::Qr { link, .. } => return self.picture(&asking, *link).await,
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
                    self.link_card(*link, shown, asking.turn(), self.use_cases.may_see(&asking.caller)).await?.1
                }
                Act::Revoke { link, .. } => self.revoke_link(&asking, *link).await?,
            };
            Ok(Reply::Answer(answer))
        };
        answered.await.unwrap_or_else(|failure| failed(&failure))
    }

    /// Answers a form that was filled in; `act` is the one that the form carried.
    pub async fn entered(&self, turn: &Turn, act: &Act, entered: &Entered) -> Reply {
        let answered = async {
            let Act::Add { turn: wished } = act else { return Ok(Reply::Answer(says::too_old())) };
            // What was entered is the key: sent again, however that comes about, it is one command.
            let content = format!("{wished} {entered:?}");
            let digest = self.use_cases.ports().keys.keyring().fingerprint(content.as_bytes());
            let turn = Turn { key: HEXLOWER.encode(&digest.0), ..turn.clone() };
            let Some(asking) = self.asking(&turn, "entered", &content, false).await? else {
                return Ok(self.stranger(&turn));
            };
            self.add_entered(&asking, *wished, entered).await.map(Reply::Answer)
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
}
