//! What can have happened to the settings.

use crate::link::Channel;
use crate::message::Words;
use crate::value::Locale;

/// An event on the stream of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsEvent {
    /// No more links are issued.
    IssuingStopped,
    /// Nobody signs in by link.
    RedeemingStopped,
    /// Issuing and redeeming go on.
    Resumed,
    /// Messages over this channel to readers of this locale have other words from now on.
    TemplateChanged {
        /// Over which channel.
        channel: Channel,
        /// For which readers.
        locale: Locale,
        /// The words; `None` = those that come with Magiclink, or another locale's where there are none.
        words: Option<Words>,
    },
}
