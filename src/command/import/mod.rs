//! `import`: offerings and contacts from CSV files.
//!
//! Apart from the other commands because a file is bigger than a command: it streams, and parts of it may be refused.
//! What its columns mean is the domain's to say.

mod contacts;
mod offerings;
mod report;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::arguments::Import;
use super::caller::Asking;
use super::failure::CliFailure;
use super::output::{Output, Progress};

pub(super) async fn run(
    asking: &Asking<'_>, import: Import, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    match import {
        Import::Offerings { file } => offerings::run(asking, &file, progress).await,
        Import::Contacts(contacts) => contacts::run(asking, &contacts, progress).await,
    }
}

fn opened(path: &Path) -> Result<BufReader<File>, CliFailure> {
    let file = File::open(path).map_err(|error| unusable(path, &format!("{error}; check the path")))?;
    Ok(BufReader::new(file))
}

fn unusable(path: &Path, why: &str) -> CliFailure {
    CliFailure::usage(format!("{} can't be imported: {why}", path.display()))
}
