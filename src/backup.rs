//! placeholder
use std::path::Path;

use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::folder::DataFolder;
use crate::wiring::App;

pub(crate) async fn make(_: &App, _: &Path) -> Result<Output, CliFailure> {
    Err(CliFailure::usage("not yet"))
}
pub(crate) async fn restore(_: &Config, _: &DataFolder, _: &Path) -> Result<Output, CliFailure> {
    Err(CliFailure::usage("not yet"))
}
