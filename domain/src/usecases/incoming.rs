//! Text messages that phones send to us.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::actor::{Actor, Origin};
use crate::authority::{Act, Authority};
use crate::id::CommandId;
use crate::keys::BlindIndex;
use crate::number::{Keyword, NumberCommand, NumberState, NumberStream, decide, keyword};
use crate::ports::{Budget, IncomingSms, Limit};
use crate::time::Lifetime;
use crate::value::PhoneNumber;

/// An answer that costs money, and how often one number gets it.
#[derive(Clone, Copy, Debug)]
enum Answer {
    /// To *HELP*.
    Help,
    /// To everything that we do not understand, and to the keyword from a number that gets no link: the same words, so
    /// that they tell nobody whether a number is known.
    Neutral,
}

const DAY: Lifetime = Lifetime::from_days(1);
/// Of one kind of answer, to all numbers together.
const ANSWERS_A_DAY: Limit = Limit { most: 100, per: DAY };

impl Answer {
    /// The budget's name, and how often one number gets this answer.
    const fn budget(self) -> (&'static str, Limit) {
        match self {
            Self::Help => ("sms-help", Limit { most: 3, per: DAY }),
            Self::Neutral => ("sms-neutral", Limit { most: 1, per: DAY }),
        }
    }
}

impl UseCases {
    /// Takes a text message, and answers with the words to be sent back, if any.
    ///
    /// *STOP* and its synonyms opt the number out at once, whoever has it; *START* opts it in again. The keyword for a
    /// link sends one to every contact who has the number, three at most. *HELP* is answered unless the vendor did so;
    /// anything else gets one neutral answer a day. A number that opted out gets no answer, and a sender that is no phone
    /// number none either. The same message handed over twice acts once.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read or written: the vendor is to hand the message over again.
    pub async fn receive_sms(&self, sms: &IncomingSms) -> Result<Option<String>, Failure> {
        let Ok(phone) = PhoneNumber::parse(&sms.from, None) else { return Ok(None) };
        let command = CommandId::derive("sms", "inbound", &sms.id);
        match keyword(&sms.text).filter(|word| *word == Keyword::Stop).or(sms.understood).or(keyword(&sms.text)) {
            Some(Keyword::Stop) => self.turn(command, &phone, NumberCommand::OptOutOfSms).await.map(|()| None),
            Some(Keyword::Start) => self.turn(command, &phone, NumberCommand::OptInToSms).await.map(|()| None),
            Some(Keyword::Help) if sms.understood.is_some() => Ok(None),
            Some(Keyword::Help) => self.answer(&phone, Answer::Help).await,
            None if self.is_opted_out(&phone).await? => Ok(None),
            None if self.policy.sms_keyword.is(&sms.text) => {
                let number = self.ports.keys.keyring().phone_index(&phone);
                if self.ask_by_sms(number, command).await? {
                    return Ok(None);
                }
                self.answer(&phone, Answer::Neutral).await
            }
            None => self.answer(&phone, Answer::Neutral).await,
        }
    }

    pub(super) async fn turn(&self, command: CommandId, phone: &PhoneNumber, to: NumberCommand) -> Result<(), Failure> {
        let caller = Caller {
            actor: Actor::System,
            origin: Origin::Sms,
            authority: Authority::System,
            command,
            correlation: command,
            fingerprint: None,
        };
        let name = NumberStream::name(self.ports.keys.keyring().phone_index(phone));
        self.handle::<NumberStream>(&name, &caller, None, |state, ctx| decide(state, to, ctx)).await.map(drop)
    }

    /// Whether the number said STOP.
    pub(super) async fn is_opted_out(&self, phone: &PhoneNumber) -> Result<bool, Failure> {
        let name = NumberStream::name(self.ports.keys.keyring().phone_index(phone));
        Ok(self.load::<NumberStream>(&name).await?.state == NumberState::OptedOut)
    }

    /// The answer's words, if this number may get them and every budget has room; silence where a budget can't be asked.
    async fn answer(&self, phone: &PhoneNumber, answer: Answer) -> Result<Option<String>, Failure> {
        let taken = !self.is_opted_out(phone).await? && matches!(self.take_answer(phone, answer).await, Ok(true));
        Ok(taken.then(|| self.words_of(answer)))
    }

    async fn take_answer(&self, phone: &PhoneNumber, answer: Answer) -> Result<bool, Failure> {
        if self.may_text(phone).is_err() {
            return Ok(false);
        }
        let ((name, each), now) = (answer.budget(), self.now());
        let number = self.ports.keys.keyring().phone_index(phone);
        for (key, limit) in [(format!("{name}-{number}"), each), (name.to_owned(), ANSWERS_A_DAY)] {
            if self.ports.budgets.take(&key, &[limit], now).await? != Budget::Taken {
                return Ok(false);
            }
        }
        Ok(self.take_sms(phone).await?.is_ok())
    }

    /// Constant but for what the operator set: nothing that came in comes back.
    fn words_of(&self, answer: Answer) -> String {
        let (portal, keyword) = (&self.policy.portal_name, &self.policy.sms_keyword);
        match answer {
            Answer::Help => {
                let help = self.policy.support_contact.as_ref().map_or(String::new(), |who| format!(" Help: {who}."));
                format!("{portal}: text {keyword} for a sign-in link, STOP for no more messages.{help}")
            }
            Answer::Neutral => format!(
                "{portal}: nobody reads this number. If yours is on file with us, text {keyword} for a sign-in link, \
                 else ask whoever invited you. STOP ends messages."
            ),
        }
    }

    /// Opts a number out again, after a restored backup forgot that it was.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be written.
    pub async fn opt_out_again(&self, caller: &Caller, number: BlindIndex) -> Result<Done<()>, Failure> {
        caller.may(Act::ManageContacts, self.now())?;
        let name = NumberStream::name(number);
        let handled = self
            .handle::<NumberStream>(&name, caller, None, |state, ctx| decide(state, NumberCommand::OptOutOfSms, ctx))
            .await?;
        Ok(Done { value: (), position: handled.position })
    }
}
