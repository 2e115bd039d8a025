//! What can have happened to the settings.

/// An event on the stream of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsEvent {
    /// No more links are issued.
    IssuingStopped,
    /// Nobody signs in by link.
    RedeemingStopped,
    /// Issuing and redeeming go on.
    Resumed,
}
