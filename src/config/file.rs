//! The configuration file as a text: whether it is TOML, and in which line a key stands.
//!
//! Apart from the values because those have lost their lines, and because a parser's own words repeat the line at fault
//! with whatever secret stands in it.

use std::fs;
use std::path::Path;

use toml_edit::{ImDocument, TomlError};

use super::ConfigError;

/// Refuses a file that can't be read, or is not TOML.
pub(super) fn check(path: &Path, named: bool) -> Result<(), ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        if named && !path.is_file() {
            ConfigError::NoFile(path.to_owned())
        } else {
            ConfigError::Unreadable { path: path.to_owned(), error }
        }
    })?;
    ImDocument::parse(text.as_str()).map(|_| ()).map_err(|error| not_toml(path, &text, &error))
}

fn not_toml(path: &Path, text: &str, error: &TomlError) -> ConfigError {
    let line = error.span().map_or(1, |span| line_at(text, span.start));
    ConfigError::NotToml { path: path.to_owned(), line, why: error.message().trim().replace('\n', ", ") }
}

/// The line of `section.key`, or of the section; `None` where the file does not name it.
pub(super) fn line_of(path: &Path, key: &str) -> Option<usize> {
    let text = fs::read_to_string(path).ok()?;
    let document = ImDocument::parse(text.as_str()).ok()?;
    let mut parts = key.split('.');
    let (section, key) = (parts.next()?, parts.next());
    let (section_key, item) = document.get_key_value(section)?;
    let within = || item.as_table_like()?.get_key_value(key?)?.0.span();
    Some(line_at(&text, within().or_else(|| section_key.span())?.start))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
