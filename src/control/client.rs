//! Asking.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{Reply, Request, address};
use crate::command::{CliFailure, Command, Invoker, Output, Progress};
use crate::folder::DataFolder;

/// The server that holds the folder; `None` if none listens.
pub(crate) async fn connect(folder: &DataFolder) -> Option<UnixStream> {
    let (_held, path) = address(folder).ok()?;
    UnixStream::connect(path).await.ok()
}

/// Has the server carry out a command.
pub(crate) async fn ask(
    server: UnixStream, invoker: &Invoker, command: &Command, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    let request = Request { invoker: invoker.clone(), command: command.clone() };
    let mut line = serde_json::to_vec(&request).map_err(|error| CliFailure::fault(&error))?;
    line.push(b'\n');
    let (reader, mut writer) = server.into_split();
    writer.write_all(&line).await.map_err(|error| CliFailure::fault(&error))?;
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await.map_err(|error| CliFailure::fault(&error))? {
        match serde_json::from_str(&line).map_err(|error| CliFailure::fault(&error))? {
            Reply::At(done, total) => progress.at(done, total),
            Reply::Line(line) => progress.line(line),
            Reply::Done(output) => return Ok(output),
            Reply::Failed(failure) => return Err(failure),
        }
    }
    Err(CliFailure::fault(&std::io::Error::other(
        "the server stopped before it answered: run the command again, nothing is done twice that is done already",
    )))
}
