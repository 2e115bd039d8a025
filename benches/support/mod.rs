//! What the measurements share.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "measurements print, stop at the first surprise, and each uses a part of this"
)]

pub mod client;
pub mod console;
pub mod server;
