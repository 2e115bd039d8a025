//! The log itself, in global order: page by page, or followed as it grows.

pub(super) mod feed;
pub(super) mod follow;
mod view;
