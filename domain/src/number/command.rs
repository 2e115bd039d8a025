//! What one may ask of a number's stream.

/// A command to a number's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberCommand {
    /// No more text messages to this number.
    OptOutOfSms,
    /// Text messages again.
    OptInToSms,
}
