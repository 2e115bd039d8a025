//! The emergency switch.

use super::UseCases;
use super::caller::Caller;
use super::failure::{Done, Failure};
use crate::authority::Act;
use crate::settings::{self, Settings, SettingsCommand, SettingsStream};

impl UseCases {
    /// Stops issuing, stops redeeming, or resumes both.
    ///
    /// # Errors
    /// `forbidden`, `sign_in_again`.
    pub async fn switch(&self, caller: &Caller, command: SettingsCommand) -> Result<Done<Settings>, Failure> {
        caller.may(Act::StopAndResume, self.now())?;
        let handled = self
            .handle::<SettingsStream>(&SettingsStream::name(), caller, None, |state, ctx| {
                settings::decide(state, command, ctx)
            })
            .await?;
        Ok(Done { value: handled.loaded.state, position: handled.position })
    }

    /// What is stopped at the moment.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the log can't be read.
    pub async fn settings(&self) -> Result<Settings, Failure> {
        Ok(self.load::<SettingsStream>(&SettingsStream::name()).await?.state)
    }
}
