//! The databases that a restore replaces, kept: whatever the backup does not know is still there.
//!
//! Apart from the backup because it looks at files that may be damaged, and must work with them all the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use magiclink_domain::ports::Clock;
use magiclink_domain::time::Timestamp;
use magiclink_store::{Kind, SystemClock, inspect};
use serde_json::{Value, json};

use crate::folder::{make_private, remove, sync_folder};

/// What SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Databases that go out of the way.
pub(crate) struct Aside {
    /// Their present places.
    places: Vec<PathBuf>,
    /// The name of the folder that they go to, beside each.
    name: String,
    /// How far their log goes, where it can be read.
    log: Option<(u64, Option<Timestamp>)>,
}

impl Aside {
    /// What there is at the places of log and vault; `None` where there is nothing yet.
    pub(crate) async fn of(log: &Path, vault: &Path) -> Option<Self> {
        let places: Vec<PathBuf> =
            [log, vault].into_iter().filter(|place| place.exists()).map(Path::to_owned).collect();
        if places.is_empty() {
            return None;
        }
        let found = inspect(Kind::Log, log).await.ok();
        let name = format!("before-restore-{}", SystemClock.now().to_string().replace(':', "-"));
        Some(Self { places, name, log: found.map(|found| (found.events, found.newest)) })
    }

    /// The folder that the database at `place` goes to.
    fn folder(&self, place: &Path) -> PathBuf {
        place.with_file_name(&self.name)
    }

    /// Where the database at `place` will be.
    fn kept(&self, place: &Path) -> PathBuf {
        self.folder(place).join(place.file_name().unwrap_or_default())
    }

    /// Makes the folders and names the databases there as well; what is at their places stays as it is.
    pub(crate) fn keep(&self) -> io::Result<()> {
        for place in &self.places {
            let folder = self.folder(place);
            make_private(&folder)?;
            let kept = self.kept(place);
            // Not every file system has second names.
            fs::hard_link(place, &kept).or_else(|_| fs::copy(place, &kept).map(drop))?;
            sync_folder(&folder)?;
        }
        Ok(())
    }

    /// Where they are and how far their log goes, for people; the backup holds `head` events.
    pub(crate) fn words(&self, head: u64) -> String {
        let log = match self.log {
            Some((events, Some(newest))) if events > head => format!(
                "their log has {events} events, {} more than the backup, the newest of {newest}",
                events.saturating_sub(head)
            ),
            Some((events, Some(newest))) => format!("their log has {events} events, the newest of {newest}"),
            Some((_, None)) => "their log is empty".to_owned(),
            None => "their log can't be read".to_owned(),
        };
        format!(
            "the databases that were here are kept in {}: {log}. Remove that folder once nothing is missed: erasing somebody \
             does not reach it\n",
            self.folders().join(" and ")
        )
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let newest = self.log.and_then(|(_, newest)| newest).map(|newest| newest.to_string());
        json!({ "folders": self.folders(), "events": self.log.map(|(events, _)| events), "newest": newest })
    }

    fn folders(&self) -> Vec<String> {
        let mut folders: Vec<_> = self.places.iter().map(|place| self.folder(place).display().to_string()).collect();
        folders.dedup();
        folders
    }
}

/// Clears `place` of what SQLite keeps beside a database, right before another file is put there.
pub(crate) fn clear(place: &Path, aside: Option<&Aside>) -> io::Result<()> {
    let kept = aside.filter(|aside| aside.places.iter().any(|one| one == place)).map(|aside| aside.kept(place));
    for suffix in BESIDE {
        let beside = with_suffix(place, suffix);
        match &kept {
            Some(kept) if beside.exists() => fs::rename(beside, with_suffix(kept, suffix))?,
            _ => remove(&beside)?,
        }
    }
    Ok(())
}

/// A path with something behind its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
