//! What the rules need to know of the settings.

/// The emergency switches; each can be thrown without the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// No links are issued.
    pub issuing_stopped: bool,
    /// No links are redeemed.
    pub redeeming_stopped: bool,
}
