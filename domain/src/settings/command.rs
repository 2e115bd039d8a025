//! What one may ask of the settings.

use crate::link::Channel;
use crate::message::Template;
use crate::value::Locale;

/// A command to the stream of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsCommand {
    /// No more links are issued.
    StopIssuing,
    /// Nobody signs in by link.
    StopRedeeming,
    /// Both go on.
    Resume,
    /// Messages over the template's channel to readers of this locale have these words.
    ChangeTemplate {
        /// For which readers.
        locale: Locale,
        /// The words.
        template: Template,
    },
    /// They have the words that come with Magiclink, or another locale's where there are none.
    RestoreTemplate {
        /// Over which channel.
        channel: Channel,
        /// For which readers.
        locale: Locale,
    },
}
