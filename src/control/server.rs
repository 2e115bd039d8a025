//! Answering.

use std::fs::{File, Permissions};
use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::{Reply, Request, address};
use crate::command::{CliFailure, Progress, execute};
use crate::folder::{DataFolder, remove};
use crate::wiring::App;

/// A command is never longer than this.
const MOST_BYTES: u64 = 1024 * 1024;

/// The socket, listening.
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
    _folder: File,
}

impl Listener {
    /// Opens the socket in a folder whose lock the caller holds: what a killed server left there is in the way.
    pub(crate) fn open(folder: &DataFolder) -> io::Result<Self> {
        let (held, path) = address(folder)?;
        remove(&path)?;
        let socket = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Self { socket, path, _folder: held })
    }

    /// Answers until `stop`, then finishes what was begun.
    pub(crate) async fn serve(self, app: Arc<App>, stop: impl Future<Output = ()>) {
        let tasks = TaskTracker::new();
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => drop(tasks.spawn(answer(Arc::clone(&app), stream))),
                Err(error) => {
                    tracing::warn!(%error, "a command could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
        drop(remove(&self.path));
        tasks.close();
        tasks.wait().await;
    }
}

async fn answer(app: Arc<App>, stream: UnixStream) {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    if BufReader::new(reader.take(MOST_BYTES)).read_line(&mut line).await.is_err() {
        return;
    }
    let (replies, mut waiting) = mpsc::unbounded_channel();
    let work = async {
        let outcome = match serde_json::from_str::<Request>(&line) {
            Ok(Request { invoker, command }) => execute(&app, &invoker, command, &mut Relay(replies.clone())).await,
            Err(_) => Err(CliFailure::usage(
                "the running server does not know this command: it is of another version; restart it with this one",
            )),
        };
        // Whoever asked may have gone; the work is done all the same.
        drop(replies.send(outcome.map_or_else(Reply::Failed, Reply::Done)));
        drop(replies);
    };
    let tell = async {
        while let Some(reply) = waiting.recv().await {
            let Ok(mut line) = serde_json::to_vec(&reply) else { break };
            line.push(b'\n');
            if writer.write_all(&line).await.is_err() {
                break;
            }
        }
        // Keeps taking replies, so that work whose asker has gone comes to its end.
        while waiting.recv().await.is_some() {}
    };
    tokio::join!(work, tell);
}

/// Progress, told line by line.
struct Relay(mpsc::UnboundedSender<Reply>);

impl Progress for Relay {
    fn at(&mut self, done: u64, total: u64) {
        drop(self.0.send(Reply::At(done, total)));
    }

    fn line(&mut self, line: String) {
        drop(self.0.send(Reply::Line(line)));
    }
}
