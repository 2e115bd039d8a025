//! The real binary, from outside: its command line, its pages and calls, its files.
#![allow(missing_docs, unreachable_pub, reason = "tests are read, not linked against")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, in its helpers too"
)]

mod backup;
mod bulk;
mod carrier;
mod chat;
mod collector;
mod config;
mod discord;
#[allow(dead_code, reason = "the tests of the crate itself use the rest")]
#[path = "../../bots/tests/discord/mod.rs"]
mod discord_server;
mod disk;
mod doctor;
mod erase;
mod faults;
mod house;
mod import;
mod keys;
mod kill;
mod mail;
#[path = "../../adapters/delivery/tests/smtp/server.rs"]
mod mail_server;
mod roles;
mod secrets;
mod serving;
mod soak;
mod story;
mod support;
mod texts;
