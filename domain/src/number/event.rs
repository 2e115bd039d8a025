//! What can have happened to a number.

/// An event on a number's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberEvent {
    /// The number takes no more text messages.
    SmsOptedOut,
    /// It takes them again.
    SmsOptedIn,
}
