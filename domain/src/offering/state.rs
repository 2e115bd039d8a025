//! What the offering's rules need to know.

use super::event::OfferingKind;
use crate::value::{OfferingUrl, Title};

/// An offering's phase of life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OfferingState {
    /// Never added.
    #[default]
    Absent,
    /// In the catalogue.
    Present(Offering),
    /// Takes no new grants; existing ones stay until revoked.
    Archived(Offering),
}

/// A course or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Which of the two.
    pub kind: OfferingKind,
    /// What it is called.
    pub title: Title,
    /// Where its content lives.
    pub url: Option<OfferingUrl>,
}

impl OfferingState {
    /// The offering, archived or not.
    #[must_use]
    pub const fn offering(&self) -> Option<&Offering> {
        match self {
            Self::Absent => None,
            Self::Present(offering) | Self::Archived(offering) => Some(offering),
        }
    }
}
