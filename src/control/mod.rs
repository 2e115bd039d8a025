//! The socket through which the command line asks a running server.
//!
//! Apart from HTTP because whoever can open it owns the data folder already: the file system is what authenticates.
//! One line of JSON asks; lines of JSON answer: how far it is, and at the end the outcome.

mod client;
mod server;

pub(crate) use client::{ask, connect};
pub(crate) use server::Listener;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::command::{CliFailure, Command, Invoker, Output};
use crate::folder::DataFolder;

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    invoker: Invoker,
    command: Command,
}

/// One line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    /// So much of so much is done.
    At(u64, u64),
    /// For people, now.
    Line(String),
    /// The end: it went well.
    Done(Output),
    /// The end: it did not.
    Failed(CliFailure),
}

/// A name of the socket that fits into a socket address (108 bytes), however deep the folder lies; it is good for as long
/// as the folder is held open.
fn address(folder: &DataFolder) -> io::Result<(File, PathBuf)> {
    let held = File::open(folder.path())?;
    let socket = folder.socket();
    let short = socket.as_os_str().len() < 100;
    let path = if short { socket } else { PathBuf::from(format!("/proc/self/fd/{}/ctl.sock", held.as_raw_fd())) };
    Ok((held, path))
}
