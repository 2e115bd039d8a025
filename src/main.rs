//! `magiclink`: the service and its command line in one program.
//!
//! Apart from the crates it is built of because only here are concrete stores, senders and interfaces put together.

mod aside;
mod backup;
mod cli;
mod command;
mod config;
mod control;
mod demo;
mod doctor;
mod folder;
mod keys;
mod logging;
mod providers;
mod restored;
mod serve;
mod watch;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // serenity links a second cryptography for TLS; where two are, rustls wants to be told which, or panics.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    cli::run(cli::Cli::parse())
}
