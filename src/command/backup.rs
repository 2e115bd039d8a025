//! `backup`.

use std::path::Path;

use magiclink_domain::authority::{Act, authorise};

use super::caller::Asking;
use super::failure::CliFailure;
use super::output::Output;

pub(super) async fn run(asking: &Asking<'_>, folder: &Path) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageSettings, asking.use_cases().ports().clock.now())?;
    crate::backup::make(asking.app, folder).await
}
