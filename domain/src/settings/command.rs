//! What one may ask of the settings.

/// A command to the stream of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsCommand {
    /// No more links are issued.
    StopIssuing,
    /// Nobody signs in by link.
    StopRedeeming,
    /// Both go on.
    Resume,
}
