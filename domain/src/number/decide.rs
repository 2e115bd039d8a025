//! The number's rules.

use super::command::NumberCommand;
use super::event::NumberEvent;
use super::state::NumberState;
use crate::rejection::Rejection;
use crate::stream::Ctx;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// None: whoever has the phone decides.
pub fn decide(state: &NumberState, command: NumberCommand, _: &Ctx) -> Result<Vec<NumberEvent>, Rejection> {
    Ok(match (state, command) {
        (NumberState::Open, NumberCommand::OptOutOfSms) => vec![NumberEvent::SmsOptedOut],
        (NumberState::OptedOut, NumberCommand::OptInToSms) => vec![NumberEvent::SmsOptedIn],
        (NumberState::Open, NumberCommand::OptInToSms) | (NumberState::OptedOut, NumberCommand::OptOutOfSms) => vec![],
    })
}
