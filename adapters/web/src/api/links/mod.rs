//! Calls about magic links: will it work, make, show, send again, revoke.

pub(super) mod deliveries;
mod delivery;
pub(super) mod issue;
pub(super) mod list;
pub(super) mod one;
mod request;
mod timeline;
mod view;

pub(crate) use request::{ChannelName, about};
pub(crate) use timeline::TimelineItem;
