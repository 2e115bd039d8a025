//! What must survive a restored backup: how far the log had come, which keys were destroyed, which numbers opted out.
//!
//! Apart from the databases because a restore replaces those, and beside the keys because a restore never brings keys.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use magiclink_domain::id::{EventId, SubjectId};
use magiclink_domain::keys::BlindIndex;
use magiclink_domain::log::Position;

use super::KeyError;
use crate::folder::write_private;

/// The last event seen, by position and id: `<position> <event id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HighWater {
    /// Its place in the log.
    pub(crate) position: Position,
    /// Its id; another one at that place means another log.
    pub(crate) event: EventId,
}

impl HighWater {
    /// The file in the folder of keys.
    fn path(folder: &Path) -> PathBuf {
        folder.join("high-water")
    }

    /// Reads it; `None` where nothing has been seen.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, KeyError> {
        let path = Self::path(folder);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeyError::Unusable { path, source }),
        };
        let parsed = text.trim().split_once(' ').and_then(|(position, event)| {
            Some(Self {
                position: Position::new(position.parse().ok()?),
                event: EventId::from_uuid(event.parse().ok()?),
            })
        });
        parsed.map(Some).ok_or(KeyError::Manifest(path))
    }

    /// Writes it, whole or not at all.
    pub(crate) fn write(self, folder: &Path) -> Result<(), KeyError> {
        let path = Self::path(folder);
        let line = format!("{} {}\n", self.position, self.event);
        write_private(&path, line.as_bytes()).map_err(|source| KeyError::Unusable { path, source })
    }
}

/// Something that a restored backup must not undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tombstone {
    /// The subject's key was destroyed.
    Key(SubjectId),
    /// The number with this keyed hash wants no messages.
    OptedOut(BlindIndex),
    /// The number with this keyed hash wants messages again.
    OptedIn(BlindIndex),
}

/// All of them. One line each: `key <subject>`, `out <keyed hash>`, `in <keyed hash>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tombstones {
    /// Subjects whose keys were destroyed.
    pub(crate) keys: BTreeSet<SubjectId>,
    /// Numbers that opted out last.
    pub(crate) opted_out: BTreeSet<BlindIndex>,
}

impl Tombstones {
    fn path(folder: &Path) -> PathBuf {
        folder.join("tombstones")
    }

    /// Reads them. A line cut off by a crash was not acknowledged and is skipped: it will be written again.
    pub(crate) fn read(folder: &Path) -> Result<Self, KeyError> {
        let path = Self::path(folder);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(KeyError::Unusable { path, source }),
        };
        let mut all = Self::default();
        for line in text.lines() {
            match line.split_once(' ').and_then(|(what, id)| parse(what, id)) {
                Some(Tombstone::Key(subject)) => drop(all.keys.insert(subject)),
                Some(Tombstone::OptedOut(number)) => drop(all.opted_out.insert(number)),
                Some(Tombstone::OptedIn(number)) => drop(all.opted_out.remove(&number)),
                None => {}
            }
        }
        Ok(all)
    }

    /// Adds some; on disk when this returns.
    pub(crate) fn add(folder: &Path, tombstones: &[Tombstone]) -> Result<(), KeyError> {
        if tombstones.is_empty() {
            return Ok(());
        }
        let path = Self::path(folder);
        let lines = tombstones.iter().fold(String::new(), |lines, tombstone| lines + "\n" + &line(tombstone));
        let append = || {
            let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
            file.write_all(lines.as_bytes())?;
            file.sync_all()?;
            File::open(folder)?.sync_all()
        };
        append().map_err(|source| KeyError::Unusable { path: path.clone(), source })
    }
}

fn line(tombstone: &Tombstone) -> String {
    match tombstone {
        Tombstone::Key(subject) => format!("key {subject}"),
        Tombstone::OptedOut(number) => format!("out {number}"),
        Tombstone::OptedIn(number) => format!("in {number}"),
    }
}

fn parse(what: &str, id: &str) -> Option<Tombstone> {
    let number = || {
        let bits = u128::from_str_radix(id, 16).ok().filter(|_| id.len() == 32)?;
        Some(BlindIndex(bits.to_be_bytes()))
    };
    match what {
        "key" => id.parse().ok().map(Tombstone::Key),
        "out" => number().map(Tombstone::OptedOut),
        "in" => number().map(Tombstone::OptedIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_high_water_mark_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(HighWater::read(folder.path()).unwrap(), None);
        let mark = HighWater { position: Position::new(42), event: EventId::from_uuid(Uuid::from_u128(9)) };
        mark.write(folder.path()).unwrap();
        assert_eq!(HighWater::read(folder.path()).unwrap(), Some(mark));
        fs::write(HighWater::path(folder.path()), "nonsense").unwrap();
        assert!(HighWater::read(folder.path()).is_err());
    }

    #[test]
    fn the_last_word_about_a_number_counts_and_a_cut_line_is_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let number = |n| BlindIndex([n; 16]);
        let subject = SubjectId::from_uuid(Uuid::from_u128(3));
        Tombstones::add(folder.path(), &[Tombstone::Key(subject), Tombstone::OptedOut(number(1))]).unwrap();
        fs::write(Tombstones::path(folder.path()), {
            let mut text = fs::read_to_string(Tombstones::path(folder.path())).unwrap();
            text.push_str("\nout 0f0f");
            text
        })
        .unwrap();
        Tombstones::add(folder.path(), &[Tombstone::OptedOut(number(2)), Tombstone::OptedIn(number(1))]).unwrap();
        let all = Tombstones::read(folder.path()).unwrap();
        assert_eq!(all.keys, [subject].into());
        assert_eq!(all.opted_out, [number(2)].into());
    }
}
