//! What the number's rules need to know.

/// Whether a number takes text messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberState {
    /// It does.
    #[default]
    Open,
    /// It said STOP.
    OptedOut,
}
