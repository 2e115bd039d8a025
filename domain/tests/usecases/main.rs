//! The use cases over real stores: what several streams, nodes, crashes and racing callers make of the rules.
//!
//! Apart from the specs because those ask one decider at a time.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests: clippy lets test functions do so, and these are their helpers"
)]

mod access;
mod bulk;
mod chat;
mod claims;
mod deliver;
mod erasure;
mod grant_and_link;
mod import;
mod incoming;
mod issue;
mod keys;
mod messages;
mod notices;
mod redeem;
mod rights;
mod self_service;
mod sms;
mod support;
mod team;
mod undo;
