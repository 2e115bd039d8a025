//! How events change a number's state.

use super::event::NumberEvent;
use super::state::NumberState;

pub(super) const fn evolve(_: NumberState, event: NumberEvent) -> NumberState {
    match event {
        NumberEvent::SmsOptedOut => NumberState::OptedOut,
        NumberEvent::SmsOptedIn => NumberState::Open,
    }
}
