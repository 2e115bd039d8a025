//! The emergency switch, and the words of messages.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::link::Channel;
use crate::message::Template;
use crate::settings::{self, Settings, SettingsCommand, SettingsStream};
use crate::value::Locale;

/// How the emergency switch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// No links are made for contacts, whoever asks.
    pub issuing: bool,
    /// No contact can sign in by link or code.
    pub redeeming: bool,
}

impl UseCases {
    /// Stops issuing, stops redeeming, or resumes both.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`.
    pub async fn switch(&self, caller: &Caller, command: SettingsCommand) -> Result<Done<Settings>, Failure> {
        self.change_settings(caller, command).await
    }

    /// Gives messages over the template's channel to readers of `locale` these words, from the next message on.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`, `invalid_field` for one template too many.
    pub async fn change_template(
        &self, caller: &Caller, locale: Locale, template: Template,
    ) -> Result<Done<Settings>, Failure> {
        self.change_settings(caller, SettingsCommand::ChangeTemplate { locale, template }).await
    }

    /// Gives them the words that come with Magiclink again, or, where there are none, those of the next fitting locale.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`.
    pub async fn restore_template(
        &self, caller: &Caller, channel: Channel, locale: Locale,
    ) -> Result<Done<Settings>, Failure> {
        self.change_settings(caller, SettingsCommand::RestoreTemplate { channel, locale }).await
    }

    async fn change_settings(&self, caller: &Caller, command: SettingsCommand) -> Result<Done<Settings>, Failure> {
        caller.may(act(&command), self.now())?;
        let handled = self
            .handle::<SettingsStream>(&SettingsStream::name(), caller, None, |state, ctx| {
                settings::decide(state, command.clone(), ctx)
            })
            .await?;
        Ok(Done { value: handled.loaded.state.clone(), position: handled.position })
    }

    /// What is stopped at the moment, and the words of messages.
    ///
    /// # Errors
    /// `forbidden`; [`Failure::Unavailable`] when the log can't be read.
    pub async fn settings(&self, caller: &Caller) -> Result<Settings, Failure> {
        caller.may(Act::Read, self.now())?;
        self.settings_now().await
    }

    /// What is stopped at the moment: the one thing about the settings that people at a door, who are nobody yet, may know.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn stopped(&self) -> Result<Stopped, Failure> {
        let settings = self.settings_now().await?;
        Ok(Stopped { issuing: settings.issuing_stopped, redeeming: settings.redeeming_stopped })
    }

    pub(super) async fn settings_now(&self) -> Result<Settings, Failure> {
        Ok(self.load::<SettingsStream>(&SettingsStream::name()).await?.state.clone())
    }
}

/// What the table calls it.
const fn act(command: &SettingsCommand) -> Act {
    match command {
        SettingsCommand::StopIssuing | SettingsCommand::StopRedeeming | SettingsCommand::Resume => Act::StopAndResume,
        SettingsCommand::ChangeTemplate { .. } | SettingsCommand::RestoreTemplate { .. } => Act::ManageSettings,
    }
}
