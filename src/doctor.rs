//! placeholder
use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::folder::DataFolder;

pub(crate) async fn run(_: &Config, _: &DataFolder) -> Result<Output, CliFailure> {
    Err(CliFailure::usage("not yet"))
}
