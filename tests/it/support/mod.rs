//! A data folder of its own for every test, the command line and a server on it, and a browser without a screen.

mod browser;
mod server;

pub use browser::Browser;
pub use server::Server;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long a command may take.
const LONGEST: Duration = Duration::from_mins(3);

/// The binary under test.
pub const MAGICLINK: &str = env!("CARGO_BIN_EXE_magiclink");

/// A file of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A place for one test: a working directory with a data folder `data` that nothing has been made in yet.
pub struct Place {
    folder: TempDir,
    /// More environment, for every process started here.
    pub environment: Vec<(&'static str, String)>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The output, if all went well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// The complaint of a command that ended with `code`: one sentence on standard error.
    #[track_caller]
    pub fn refused(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "one sentence: {self:?}");
        self.err
    }
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: vec![] }
    }

    /// The working directory.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// A process on this place's data folder, with none of the outside's configuration.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(MAGICLINK);
        command.env_clear().current_dir(self.path()).args(args).arg("--data").arg(self.data());
        // Every test calls from the same address.
        command.env("MAGICLINK__LIMITS__IP", "0").env("MAGICLINK__LIMITS__IP_SIGN_IN", "0");
        command.env("MAGICLINK__LIMITS__TOKEN_REQUESTS", "0").env("MAGICLINK__LIMITS__STAFF_ISSUES", "0");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command of the command line to its end, which must come.
    pub fn run(&self, args: &[&str]) -> Ran {
        let child = self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (pid, (sender, ended)) = (child.id().to_string(), channel());
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        let Ok(output) = ended.recv_timeout(LONGEST) else {
            Command::new("kill").arg(&pid).status().unwrap();
            panic!("{args:?} does not end");
        };
        let output = output.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must go well, and reads its JSON.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.run(&args).ok()).unwrap()
    }

    /// Starts a server with a sandbox on a free port.
    pub fn serve(&self) -> Server {
        Server::start(self, &["--sandbox"])
    }

    /// The catalogue of the fixtures.
    pub fn import_offerings(&self) {
        self.run(&["import", "offerings", fixture("offerings.csv").to_str().unwrap()]).ok();
    }

    /// A contact with these grants; answers the id.
    pub fn contact(&self, name: &str, email: &str, offerings: &[&str]) -> String {
        let contact = text(&self.json(&["contact", "add", "--name", name, "--email", email]), "id");
        for offering in offerings {
            self.run(&["grant", &contact, offering]).ok();
        }
        contact
    }

    /// A fresh link for a contact: its URL.
    #[track_caller]
    pub fn link(&self, contact: &str) -> String {
        text(&self.json(&["link", "issue", contact]), "url")
    }

    /// A contact's links with their states, newest first.
    pub fn states(&self, contact: &str) -> Vec<(String, String)> {
        let links = self.json(&["link", "list", "--contact", contact]);
        links["items"].as_array().unwrap().iter().map(|link| (text(link, "id"), text(link, "state"))).collect()
    }

    /// What happened to a link, in order.
    pub fn timeline(&self, link: &str) -> Vec<String> {
        let shown = self.json(&["link", "show", link]);
        shown["timeline"].as_array().unwrap().iter().map(|entry| text(entry, "event")).collect()
    }

    /// An API token of this role.
    pub fn token(&self, name: &str, role: &str) -> String {
        text(&self.json(&["token", "create", "--name", name, "--role", role, "--expires", "30d"]), "token")
    }

    /// Every file in the data folder with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_in(&self.data())
    }
}

/// Every file below a folder with its bytes.
pub fn files_in(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files_in(&entry.path()));
        } else if kind.is_file() {
            found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Where `needle` stands in `hay`.
pub fn holds(hay: &[u8], needle: &str) -> bool {
    hay.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// A text field of a JSON object.
#[track_caller]
pub fn text(json: &Value, field: &str) -> String {
    json[field].as_str().unwrap_or_else(|| panic!("no text {field} in {json}")).to_owned()
}
