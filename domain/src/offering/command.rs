//! What one may ask of an offering's stream.

use super::event::OfferingKind;
use crate::value::{OfferingUrl, Title};

/// A command to an offering's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferingCommand {
    /// Put the offering into the catalogue.
    AddOffering {
        /// Course or group; never changes.
        kind: OfferingKind,
        /// What it is called.
        title: Title,
        /// Where its content lives, if that is known.
        url: Option<OfferingUrl>,
    },
    /// Correct how it is called or where it lives; an archived one too, for contacts may still see it.
    ChangeOffering {
        /// Another title; `None` = leave as is.
        title: Option<Title>,
        /// Another address; `None` = leave as is, `Some(None)` = remove.
        url: Option<Option<OfferingUrl>>,
    },
    /// Take no new grants; existing ones stay until revoked.
    ArchiveOffering,
}
