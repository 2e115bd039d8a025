//! A running server.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Place;

/// A server process; killed by its id when dropped.
pub struct Server {
    child: Child,
    /// `http://localhost:<port>`, the base of all links.
    pub base: String,
    /// `127.0.0.1:<port>`, wherever links lead.
    pub address: String,
    /// How long it took from the start of the process until it listened.
    pub took: Duration,
    output: Arc<Mutex<String>>,
}

impl Server {
    /// Starts `serve` on a free port, and waits until it says that it listens.
    pub fn start(place: &Place, args: &[&str]) -> Self {
        let all: Vec<&str> = ["serve", "--listen", "127.0.0.1:0", "--json"].iter().chain(args).copied().collect();
        let begun = Instant::now();
        let mut child = place.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        keep(BufReader::new(child.stderr.take().unwrap()), &output);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let took = begun.elapsed();
        let Ok(Value::Object(says)) = serde_json::from_str(&first) else {
            child.wait().unwrap();
            panic!("the server did not start: {first}{}", output.lock().unwrap());
        };
        keep(out, &output);
        let [base, address] = ["base_url", "listening"].map(|field| says[field].as_str().unwrap().to_owned());
        Self { child, base, address, took, output }
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        signal("TERM", self.child.id());
        self.child.wait().unwrap()
    }

    /// Ends it without asking (`kill -9`).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop; the caller goes on.
    pub fn begin_to_stop(&self) {
        signal("TERM", self.child.id());
    }

    /// Waits until it has stopped.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All it has printed and logged so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Stopped already, mostly.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
    assert!(sent.success());
}

fn keep(mut pipe: impl Read + Send + 'static, output: &Arc<Mutex<String>>) {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read) = pipe.read(&mut buffer) {
            if read == 0 {
                break;
            }
            output.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    });
}
