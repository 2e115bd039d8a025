//! The rules of the settings.

use super::command::SettingsCommand;
use super::event::SettingsEvent;
use super::state::Settings;
use crate::rejection::Rejection;
use crate::stream::Ctx;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// None: who may throw the switches is decided before.
pub fn decide(state: &Settings, command: SettingsCommand, _: &Ctx) -> Result<Vec<SettingsEvent>, Rejection> {
    let (so, event) = match command {
        SettingsCommand::StopIssuing => (state.issuing_stopped, SettingsEvent::IssuingStopped),
        SettingsCommand::StopRedeeming => (state.redeeming_stopped, SettingsEvent::RedeemingStopped),
        SettingsCommand::Resume => (!state.issuing_stopped && !state.redeeming_stopped, SettingsEvent::Resumed),
    };
    Ok(if so { vec![] } else { vec![event] })
}
