//! A mail server in a process of its own, with certificates made for this one run.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use serde::Deserialize;

/// Who may sign in, percent-encoded as in an address.
pub(crate) const LOGIN: &str = "portal%40example.com:p%2Fss%3Aword%25";

/// A running server; it ends with its standard input, which this holds.
pub(crate) struct MailServer {
    child: Child,
    ports: BTreeMap<String, u16>,
    folder: tempfile::TempDir,
}

/// A mail that the server took.
#[derive(Debug, Deserialize)]
pub(crate) struct Took {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) id: String,
    pub(crate) encrypted: bool,
    pub(crate) mail: String,
}

impl MailServer {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let mut child = Command::new(python())
            .arg(script())
            .args([folder.path().join("ledger"), folder.path().to_owned()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ports = serde_json::from_str(&line).unwrap_or_else(|error| panic!("no mail server: {error}: {line:?}"));
        Self { child, ports, folder }
    }

    pub(crate) fn port(&self, name: &str) -> u16 {
        self.ports[name]
    }

    /// The address of one of its ports.
    pub(crate) fn url(&self, name: &str) -> String {
        let port = self.port(name);
        match name {
            "starttls" | "injecting" => format!("smtp://localhost:{port}?tls=required"),
            "login" => format!("smtp://{LOGIN}@localhost:{port}?tls=required"),
            "implicit" | "expired" | "stranger" => format!("smtps://localhost:{port}"),
            _ => format!("smtp://127.0.0.1:{port}"),
        }
    }

    /// The authority that signed its certificates.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What it has taken so far.
    pub(crate) fn took(&self) -> Vec<Took> {
        let ledger = std::fs::read_to_string(self.folder.path().join("ledger")).unwrap_or_default();
        ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The Python that has aiosmtpd: the distribution's, or the first on the path.
fn python() -> &'static str {
    let has = |python: &&&str| {
        let quiet = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"]
        .iter()
        .find(has)
        .expect("aiosmtpd is missing: apt-get install python3-aiosmtpd, or pip install aiosmtpd")
}

fn script() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = here.ancestors().map(|folder| folder.join("tests/smtp/server.py")).find(|script| script.is_file());
    script.unwrap()
}

/// An authority, and what it signed: for this host, for this host long ago, for another host.
fn certificates(folder: &Path) {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    std::fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
    for (name, host, until) in
        [("good", "localhost", 2100), ("expired", "localhost", 2001), ("stranger", "mail.example", 2100)]
    {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}
