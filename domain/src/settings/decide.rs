//! The rules of the settings.

use super::command::SettingsCommand;
use super::event::SettingsEvent;
use super::state::Settings;
use crate::link::Channel;
use crate::message::Template;
use crate::rejection::Rejection;
use crate::stream::Ctx;
use crate::value::{InvalidValue, Locale};

/// Templates of one's own, all together: every message reads past them.
pub const MOST_TEMPLATES: usize = 100;

/// Decides what a command makes happen; nothing where it is already so.
///
/// # Errors
/// `invalid_field` for one template too many. Who may ask is decided before.
pub fn decide(state: &Settings, command: SettingsCommand, _: &Ctx) -> Result<Vec<SettingsEvent>, Rejection> {
    let (so, event) = match command {
        SettingsCommand::StopIssuing => (state.issuing_stopped, SettingsEvent::IssuingStopped),
        SettingsCommand::StopRedeeming => (state.redeeming_stopped, SettingsEvent::RedeemingStopped),
        SettingsCommand::Resume => (!state.issuing_stopped && !state.redeeming_stopped, SettingsEvent::Resumed),
        SettingsCommand::ChangeTemplate { locale, template } => return change(state, &locale, &template),
        SettingsCommand::RestoreTemplate { channel, locale } => return Ok(restore(state, channel, &locale)),
    };
    Ok(if so { vec![] } else { vec![event] })
}

fn change(state: &Settings, locale: &Locale, template: &Template) -> Result<Vec<SettingsEvent>, Rejection> {
    let channel = template.channel();
    if state.templates.exactly(channel, locale).is_some_and(|now| now.template == *template) {
        return Ok(vec![]);
    }
    if state.templates.own(channel, locale).is_none() && state.templates.len() >= MOST_TEMPLATES {
        return Err(InvalidValue::new("locale", "there are 100 templates already: restore or remove one first").into());
    }
    let words = Some(template.words().clone());
    Ok(vec![SettingsEvent::TemplateChanged { channel, locale: locale.canonical(), words }])
}

fn restore(state: &Settings, channel: Channel, locale: &Locale) -> Vec<SettingsEvent> {
    let own = state.templates.own(channel, locale);
    let event = || SettingsEvent::TemplateChanged { channel, locale: locale.canonical(), words: None };
    own.map(|_| event()).into_iter().collect()
}
