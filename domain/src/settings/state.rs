//! What the rules need to know of the settings.

use std::sync::Arc;

use crate::message::Templates;

/// The emergency switches, each of which can be thrown without the other, and the words of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// No links are issued.
    pub issuing_stopped: bool,
    /// No links are redeemed.
    pub redeeming_stopped: bool,
    /// The words of messages. Shared, since every issue and every redemption asks for the settings.
    pub templates: Arc<Templates>,
}
