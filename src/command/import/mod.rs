//! `import`: offerings and contacts from CSV files.
//!
//! Apart from the other commands because a file is bigger than a command: it streams, and parts of it may be refused.

mod contacts;
mod offerings;
mod records;
mod report;

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
