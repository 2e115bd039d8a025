//! Calls about bulk sends: what it would come to, start, follow, pause, resume, stop.

pub(super) mod change;
pub(super) mod look;
pub(super) mod recipients;
pub(super) mod start;
mod view;
