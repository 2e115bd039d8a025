//! The next best action.

use super::Facts;
use super::delivery::DeliveryCard;
use crate::id::DeliveryId;
use crate::link::{CancelledWhy, Channel, DeliveryState, Link, LinkEvent, Refusal};
use crate::rejection::Rejection;
use crate::time::{Lifetime, Timestamp};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The act.
    pub act: NextAct,
    /// Why and how, in plain words.
    pub words: String,
}

/// An act that somebody can take, or time will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextAct {
    /// There is nothing to do.
    Nothing,
    /// It goes on by itself, or the subject is to act.
    Wait,
    /// *Send again*: try this delivery once more.
    SendAgain(DeliveryId),
    /// Send it over this channel.
    SendBy(Channel),
    /// Show it and hand it over.
    HandOver,
    /// Call them, and read the code aloud.
    Call,
    /// Make a new link.
    NewLink,
    /// Give the contact access again.
    GrantAccess,
}

impl NextAct {
    /// The word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Wait => "wait",
            Self::SendAgain(_) => "send_again",
            Self::SendBy(Channel::Sms) => "send_by_sms",
            Self::SendBy(Channel::Email) => "send_by_email",
            Self::HandOver => "hand_over",
            Self::Call => "call",
            Self::NewLink => "new_link",
            Self::GrantAccess => "grant_access",
        }
    }
}

impl Advice {
    fn new(act: NextAct, words: impl Into<String>) -> Self {
        Self { act, words: words.into() }
    }

    pub(super) fn nothing(words: &str) -> Self {
        Self::new(NextAct::Nothing, words)
    }

    fn wait(words: &str) -> Self {
        Self::new(NextAct::Wait, words)
    }

    fn call(words: &str) -> Self {
        Self::new(NextAct::Call, words)
    }
}

/// A message that was not opened for so long wants a call.
const UNOPENED: Lifetime = Lifetime::from_mins(10);
/// A delivery that was not begun for so long is held up.
const HELD_UP: Lifetime = Lifetime::from_mins(5);

/// What an advice is given from.
pub(super) struct Scene<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) link: &'a Link,
    /// Why a press would be refused now.
    pub(super) why: Option<Refusal>,
    /// When a person first opened it.
    pub(super) opened: Option<Timestamp>,
}

impl Scene<'_> {
    pub(super) fn of_link(&self, lead: Option<&DeliveryCard>, scanned: Option<Timestamp>) -> Advice {
        if let Some(advice) = self.settled() {
            return advice;
        }
        let advice = match lead {
            Some(lead) => self.by_state(lead),
            None => self.undelivered(),
        };
        match scanned {
            Some(at) if advice.act == NextAct::Wait && !self.over(at, UNOPENED) => {
                Advice::wait("wait: only a mail scanner opened it")
            }
            Some(_) if advice.act == NextAct::Call => {
                Advice::call("only a mail scanner opened it: call, and read the code aloud")
            }
            Some(_) | None => advice,
        }
    }

    pub(super) fn of_delivery(&self, delivery: &DeliveryCard, lead: Option<&DeliveryCard>) -> Advice {
        if let Some(advice) = self.settled() {
            return advice;
        }
        match lead {
            Some(lead) if lead.id != delivery.id && lead.is_hopeful() && !delivery.is_hopeful() => {
                Advice::wait(match lead.channel {
                    Channel::Sms => "wait: it goes by SMS meanwhile",
                    Channel::Email => "wait: it goes by e-mail meanwhile",
                })
            }
            Some(_) | None => self.by_state(delivery),
        }
    }

    fn over(&self, since: Timestamp, limit: Lifetime) -> bool {
        self.facts.now >= since.plus(limit)
    }

    /// What is to be done whatever became of its deliveries.
    fn settled(&self) -> Option<Advice> {
        let ended = |why: Refusal| match why {
            Refusal::Used => Advice::nothing("they are signed in: nothing to do"),
            Refusal::Expired => Advice::new(NextAct::NewLink, "it has expired: make a new one"),
            Refusal::Revoked => {
                Advice::new(NextAct::NewLink, "it no longer works: make a new one if they still need to get in")
            }
            Refusal::Replaced => Advice::nothing("a newer link took its place: look at that one"),
            Refusal::AccessEnded => {
                Advice::new(NextAct::GrantAccess, "they have no access any more: grant some, then make a new link")
            }
            Refusal::SubjectGone => Advice::nothing("the person is gone: nothing to do"),
            Refusal::Test => Advice::nothing("a test message: its link signs nobody in"),
            Refusal::OtherBrowser => Advice::wait("wait: it works only in the browser that asked for it"),
        };
        if let Some(why) = self.why {
            return Some(ended(why));
        }
        if !self.link.uses.is_empty() {
            return Some(Advice::nothing("they signed in; it works for further devices"));
        }
        let opened = self.opened?;
        Some(if self.over(opened, UNOPENED) {
            Advice::call("they opened it and did not sign in: call, and ask them to press the button")
        } else {
            Advice::wait("wait: they opened it, and still have to press the button")
        })
    }

    /// Nobody asked for it to be sent.
    fn undelivered(&self) -> Advice {
        let revealed = |event: &LinkEvent| matches!(event, LinkEvent::LinkRevealed);
        let shown = self.facts.timeline.iter().find(|entry| super::of_link(entry).is_some_and(revealed));
        let way = self.way(None);
        match (shown, way) {
            (Some(shown), Some(channel)) if self.over(shown.meta.at, UNOPENED) => {
                send_by("it is not opened yet", channel)
            }
            (Some(_), _) => Advice::new(NextAct::HandOver, "hand it over: only staff have seen it"),
            (None, Some(channel)) => send_by("nobody has it yet", channel),
            (None, None) => Advice::new(NextAct::HandOver, "nobody has it yet: show it, and hand it over"),
        }
    }

    fn by_state(&self, delivery: &DeliveryCard) -> Advice {
        match delivery.state {
            DeliveryState::Queued => self.queued(delivery),
            DeliveryState::Postponed(_) => Advice::wait(match self.way(Some(delivery.channel)) {
                Some(Channel::Email) => "it is tried again by itself; send by e-mail if it is urgent",
                Some(Channel::Sms) => "it is tried again by itself; send by SMS if it is urgent",
                None => "it is tried again by itself; call and read the code aloud if it is urgent",
            }),
            DeliveryState::Sending(_) => Advice::wait("wait: it is being sent"),
            DeliveryState::Sent | DeliveryState::Delivered => self.unopened(delivery),
            DeliveryState::Failed => self.failed(delivery),
            DeliveryState::MaybeSent if delivery.looked_up => {
                Advice::wait("wait: the provider is asked what became of it")
            }
            DeliveryState::MaybeSent => {
                let act = NextAct::SendAgain(delivery.id);
                Advice::new(act, "press Send again: nobody can tell whether they have it")
            }
            DeliveryState::Cancelled(why) => self.cancelled(delivery, why),
        }
    }

    fn queued(&self, delivery: &DeliveryCard) -> Advice {
        if !self.over(delivery.since(), HELD_UP) {
            return Advice::wait("wait: it is about to be sent");
        }
        match self.way(Some(delivery.channel)) {
            Some(channel) => send_by("it has waited for more than five minutes", channel),
            None => Advice::call("it has waited for more than five minutes: call, and have `magiclink doctor` run"),
        }
    }

    fn unopened(&self, delivery: &DeliveryCard) -> Advice {
        if !self.over(delivery.since(), UNOPENED) {
            return Advice::wait("wait: they have not opened it yet");
        }
        Advice::call(match delivery.channel {
            Channel::Sms => "not opened yet: call, and read the code aloud",
            Channel::Email => "not opened yet: it may be among spam; call, and read the code aloud",
        })
    }

    fn failed(&self, delivery: &DeliveryCard) -> Advice {
        match (self.way(Some(delivery.channel)), self.facts.channels.get(&delivery.channel)) {
            (Some(channel), Some(Err(Rejection::SmsOptedOut))) => send_by("the number takes no text messages", channel),
            (Some(Channel::Email), _) => {
                Advice::new(NextAct::SendBy(Channel::Email), "send by e-mail, or call and read the code aloud")
            }
            (Some(Channel::Sms), _) => {
                Advice::new(NextAct::SendBy(Channel::Sms), "send by SMS, or call and read the code aloud")
            }
            (None, _) => Advice::call("call and read the code aloud, or correct the address and make a new link"),
        }
    }

    fn cancelled(&self, delivery: &DeliveryCard, why: CancelledWhy) -> Advice {
        let reason = match why {
            CancelledWhy::LinkNotLive => return Advice::new(NextAct::NewLink, "the link is dead: make a new one"),
            CancelledWhy::SubjectGone => return Advice::nothing("the person is gone: nothing to do"),
            CancelledWhy::OptedOut => "the number takes no text messages",
            CancelledWhy::ChannelNotConfigured => "no provider is configured",
        };
        match self.way(Some(delivery.channel)) {
            Some(channel) => send_by(reason, channel),
            None => Advice::call(&format!("{reason}: call, and read the code aloud")),
        }
    }

    /// A channel that could carry it, other than `but`.
    fn way(&self, but: Option<Channel>) -> Option<Channel> {
        let mut ways = self.facts.channels.iter().filter(|(channel, way)| way.is_ok() && Some(**channel) != but);
        ways.next().map(|(channel, _)| *channel)
    }
}

fn send_by(reason: &str, channel: Channel) -> Advice {
    let by = match channel {
        Channel::Sms => "SMS",
        Channel::Email => "e-mail",
    };
    Advice::new(NextAct::SendBy(channel), format!("{reason}: send by {by}"))
}
