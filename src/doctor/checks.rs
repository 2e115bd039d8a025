//! The looks that the doctor takes.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::sync::Arc;
use std::time::{Duration, Instant};

use magiclink_domain::ports::Clock;
use magiclink_domain::time::{Lifetime, Timestamp};
use magiclink_store::{Kind, SystemClock, SystemIds, inspect};

use super::Finding;
use crate::config::Config;
use crate::folder::{DataFolder, FolderError, remove};
use crate::keys::{FileKeys, KeyState, Tombstones};

/// Less free space than this is worth a thought, a tenth of it is trouble.
const SPACE: u64 = 1024 * 1024 * 1024;
/// A commit that takes longer than this is slow.
const SLOW: Duration = Duration::from_millis(20);
/// No clock of a machine that runs this version shows an earlier time: 2026-01-01.
const EARLIEST: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

pub(super) fn folder(folder: &DataFolder) -> Finding {
    let name = folder.path().display();
    let Ok(metadata) = fs::metadata(folder.path()) else {
        return Finding::mind("data folder", format!("{name} is not there yet: `magiclink serve` makes it"));
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Finding::bad("data folder", format!("{name} can be read by others: run `chmod 700 {name}`"));
    }
    match folder.lock() {
        Ok(_) => Finding::good("data folder", format!("{name}; no server is running")),
        Err(FolderError::InUse { pid }) => Finding::good("data folder", format!("{name}; in use by process {pid}")),
        Err(error @ (FolderError::Open { .. } | FolderError::Unusable { .. })) => {
            Finding::bad("data folder", error.to_string())
        }
    }
}

pub(super) async fn databases(config: &Config, folder: &DataFolder) -> Vec<Finding> {
    let data = folder.path();
    let mut findings = vec![];
    let mut newest = None;
    for (what, kind, path) in [
        ("event log", Kind::Log, config.store.events.path(data)),
        ("vault", Kind::Vault, config.store.vault.path(data)),
        ("state", Kind::State, config.store.state.path(data)),
    ] {
        let name = path.display();
        if !path.exists() {
            findings.push(Finding::mind(what, format!("{name} is not there yet: `magiclink serve` makes it")));
            continue;
        }
        findings.push(match inspect(kind, &path).await {
            Ok(found) => {
                newest = newest.max(found.newest);
                match found.problems.first() {
                    Some(problem) => Finding::bad(what, format!("{name} is damaged ({problem}): restore a backup")),
                    None if kind == Kind::Log => {
                        Finding::good(what, format!("{name} is sound: {} events", found.events))
                    }
                    None => Finding::good(what, format!("{name} is sound")),
                }
            }
            Err(error) => Finding::bad(what, format!("{error}: restore a backup, or update magiclink")),
        });
    }
    findings.push(clock(newest));
    findings
}

fn clock(newest: Option<Timestamp>) -> Finding {
    let now = SystemClock.now();
    if now < EARLIEST {
        return Finding::bad("clock", format!("it shows {now}, which is long past: set it, and keep it set with NTP"));
    }
    match newest.filter(|newest| *newest > now.plus(Lifetime::from_secs(5))) {
        Some(newest) => {
            Finding::bad("clock", format!("it shows {now}, but the log has an event of {newest}: set the clock"))
        }
        None => Finding::good("clock", format!("it shows {now}")),
    }
}

pub(super) fn keys(config: &Config, folder: &DataFolder) -> Vec<Finding> {
    let place = config.keys.folder(folder.path());
    if !place.exists() {
        return vec![Finding::mind(
            "keys",
            format!("{} is not there yet: `magiclink serve` makes it", place.display()),
        )];
    }
    let opened = FileKeys::open(&place, false, Arc::new(SystemClock), Arc::new(SystemIds));
    let keys = match opened.and_then(|keys| keys.list()) {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::bad("keys", error.to_string())],
    };
    let count = |state| keys.iter().filter(|key| key.state == state).count();
    let mut findings = vec![Finding::good(
        "keys",
        format!(
            "{}: {} staged, {} active, {} verifying, {} retired; keep a copy elsewhere: without master.key and naming.key \
             neither data nor backups can be read",
            place.display(),
            count(KeyState::Staged),
            count(KeyState::Active),
            count(KeyState::Verify),
            count(KeyState::Retired)
        ),
    )];
    let longest = config.links.max_lifetime.max(config.sessions.contact_absolute);
    let now = SystemClock.now();
    let over = keys.iter().filter(|key| key.state == KeyState::Verify && now >= key.since().plus(longest));
    findings.extend(over.map(|key| {
        Finding::mind(
            "keys",
            format!("nothing that key {0} signed can be alive: run `magiclink keys retire {0}`", key.id),
        )
    }));
    if let Err(error) = Tombstones::read(&place) {
        findings.push(Finding::bad("keys", error.to_string()));
    }
    findings
}

pub(super) fn base_url(config: &Config) -> Finding {
    let base = config.base_url(config.server.listen.port());
    let text = base.as_str();
    if base.is_loopback() && !config.server.listen.ip().is_loopback() {
        return Finding::bad(
            "base URL",
            format!("links lead to {text}, which only this machine reaches: set server.base_url to the public address"),
        );
    }
    if base.is_loopback() {
        return Finding::mind(
            "base URL",
            format!("links lead to {text}, which only this machine reaches: fine for a try"),
        );
    }
    if !base.is_https() {
        return Finding::bad(
            "base URL",
            format!("{text} is not encrypted: put a proxy with TLS in front and set https://"),
        );
    }
    Finding::good("base URL", format!("links lead to {text}"))
}

pub(super) fn space(folder: &DataFolder) -> Finding {
    match fs4::available_space(folder.path()) {
        Ok(free) => {
            let words = format!("{} MiB free", free / 1024 / 1024);
            if free < SPACE / 10 {
                Finding::bad("disk", format!("{words}: make room, or nothing can be written soon"))
            } else if free < SPACE {
                Finding::mind("disk", format!("{words}: make room before long"))
            } else {
                Finding::good("disk", words)
            }
        }
        Err(error) => Finding::mind("disk", format!("its free space can't be found out: {error}")),
    }
}

/// How long a commit takes: the median of a few small synced writes.
pub(super) fn sync(folder: &DataFolder) -> Finding {
    let path = folder.path().join(".doctor");
    let measure = || -> std::io::Result<Duration> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let mut times = vec![];
        for _ in 0..9 {
            file.write_all(&[0; 4096])?;
            let begun = Instant::now();
            file.sync_data()?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        Ok(times.get(4).copied().unwrap_or_default())
    };
    let measured = measure();
    drop(remove(&path));
    match measured {
        Ok(time) if time > SLOW => {
            Finding::mind("disk sync", format!("a commit waits {time:.1?} for the disk: a faster one answers sooner"))
        }
        Ok(time) => Finding::good("disk sync", format!("a commit waits {time:.1?} for the disk")),
        Err(error) => Finding::bad("disk sync", format!("the data folder can't be written: {error}")),
    }
}
