//! The keys' files: master key, naming key, signing keys and which of them does what.
//!
//! Apart from the databases because keys never lie in one, nor in a backup: stolen alone, neither opens anything.

mod file;
mod high_water;
mod manifest;
mod source;

pub(crate) use high_water::{HighWater, Tombstone, Tombstones};
pub(crate) use manifest::{Ended, KeyState};
pub(crate) use source::FileKeys;

use std::io;
use std::path::PathBuf;

/// The keys can't be used or changed; one sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// A key file is missing where there must be one.
    #[error("the key file {0} is missing: copy it back from where you keep the keys; without it nothing can be read")]
    Missing(PathBuf),
    /// Others can read a key.
    #[error("the key file {path} can be read by others (mode {mode:03o}): run `chmod 600 {path}`, and rotate the keys")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A key file does not hold a key.
    #[error("the key file {0} does not hold a key of 64 hexadecimal digits: copy it back from where you keep the keys")]
    Malformed(PathBuf),
    /// A file can't be read or written.
    #[error("{path} can't be read or written: {source}; check its owner and mode (600) and the free space")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The list of keys is not what this program writes.
    #[error("{0} is damaged: copy it back from where you keep the keys")]
    Manifest(PathBuf),
    /// A change of the keys that can't be.
    #[error("{0}")]
    Refused(String),
}
