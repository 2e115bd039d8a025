//! The real binary, started on a data folder of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The binary under measurement.
pub const MAGICLINK: &str = env!("CARGO_BIN_EXE_magiclink");

/// A running server; stopped when dropped.
pub struct Server {
    child: Child,
    /// `127.0.0.1:port`.
    pub address: String,
    /// From the start of the process to the first ready answer.
    pub cold_start: Duration,
}

impl Server {
    /// Starts `magiclink serve` on `data`, on a free port, with per-node limits out of the way of the load.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with more settings in the environment.
    pub fn start_with(data: &Path, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let mut child = Command::new(MAGICLINK)
            .args(["serve", "--listen", &address, "--base-url", &format!("http://{address}"), "--data"])
            .arg(data)
            .env("MAGICLINK__LIMITS__IP", "100000000")
            .env("MAGICLINK__LIMITS__IP_SIGN_IN", "100000000")
            .env("MAGICLINK__LIMITS__TOKEN_REQUESTS", "100000000")
            .env("MAGICLINK__LIMITS__STAFF_ISSUES", "100000000")
            .env("MAGICLINK__LOG__LEVEL", "error")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drain(child.stdout.take());
        drain(child.stderr.take());
        while !ready(&address) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server did not become ready");
            assert!(child.try_wait().expect("its state").is_none(), "the server stopped");
            std::thread::yield_now();
        }
        Self { child, address, cold_start: begun.elapsed() }
    }

    /// Resident memory in MiB, from the kernel.
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        let kib: f64 = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
        kib / 1_024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if stopped.is_ok() {
            drop(self.child.wait());
        }
    }
}

/// Runs a command of the binary and answers what it printed.
pub fn command(data: &Path, args: &[&str]) -> String {
    let output = Command::new(MAGICLINK).args(args).arg("--data").arg(data).output().expect("the binary runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn ready(address: &str) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    if stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").is_err() {
        return false;
    }
    let mut answer = String::new();
    drop(stream.read_to_string(&mut answer));
    answer.starts_with("HTTP/1.1 200")
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

/// Reads a pipe to its end, so that the server never waits for a full one.
fn drain(pipe: Option<impl std::io::Read + Send + 'static>) {
    if let Some(pipe) = pipe {
        std::thread::spawn(move || BufReader::new(pipe).lines().for_each(drop));
    }
}
