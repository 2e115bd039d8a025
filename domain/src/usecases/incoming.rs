//! Text messages that phones send to us.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::actor::{Actor, Origin};
use crate::authority::{Act, Authority};
use crate::id::CommandId;
use crate::keys::BlindIndex;
use crate::number::{Keyword, NumberCommand, NumberStream, decide, keyword};
use crate::value::PhoneNumber;

impl UseCases {
    /// Takes a text message. *STOP* and its synonyms opt the number out at once, whoever has it; *START* opts it in again.
    /// Answers the keyword that was acted on; anything else does nothing, and so does a sender that is no phone number.
    ///
    /// `command` is derived from the vendor's id of the message, so that a message handed over twice acts once.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be written: the vendor is to hand the message over again.
    pub async fn receive_sms(&self, command: CommandId, from: &str, text: &str) -> Result<Option<Keyword>, Failure> {
        let Ok(phone) = PhoneNumber::parse(from, None) else { return Ok(None) };
        let asked = match keyword(text) {
            Some(Keyword::Stop) => NumberCommand::OptOutOfSms,
            Some(Keyword::Start) => NumberCommand::OptInToSms,
            Some(Keyword::Help) | None => return Ok(None),
        };
        let caller = Caller {
            actor: Actor::System,
            origin: Origin::Sms,
            authority: Authority::System,
            command,
            correlation: command,
            fingerprint: None,
        };
        let name = NumberStream::name(self.ports.keys.keyring().phone_index(&phone));
        self.handle::<NumberStream>(&name, &caller, None, |state, ctx| decide(state, asked, ctx)).await?;
        Ok(keyword(text))
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
