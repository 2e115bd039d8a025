//! Secrets as they are set: a value in the environment, or a file that is read anew.
//!
//! Apart from the sections so that no section has its own way of showing one.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

/// A secret as it was set; shown nowhere.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() { Err("it is empty") } else { Ok(Self(text.to_owned())) }
    }
}

/// What the file holds now, or the value; `key` names the file's key where it can't be read.
pub(super) fn read(
    key: &'static str, value: Option<&Secret>, file: Option<&PathBuf>,
) -> Result<Option<String>, (&'static str, String)> {
    let Some(path) = file else { return Ok(value.map(|secret| secret.0.clone())) };
    let text = fs::read_to_string(path).map_err(|error| (key, format!("{} can't be read: {error}", path.display())))?;
    let text = text.trim().to_owned();
    if text.is_empty() { Err((key, format!("{} is empty", path.display()))) } else { Ok(Some(text)) }
}

/// The lines of a file that may hold two while one secret takes the other's place.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
