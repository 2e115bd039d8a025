//! `import offerings`.

use std::path::Path;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::import::{Complaint, OfferingFile};
use magiclink_domain::usecases::Failure;

use super::super::caller::Asking;
use super::super::failure::CliFailure;
use super::super::output::{Output, Progress};
use super::report::Report;
use super::{opened, unusable};

pub(super) async fn run(asking: &Asking<'_>, path: &Path, progress: &mut dyn Progress) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageOfferings, asking.use_cases().ports().clock.now())?;
    let mut file = OfferingFile::open(opened(path)?).map_err(|why| unusable(path, &why.0))?;
    let mut report = Report::default();
    let mut last = None;
    while let Some(line) = file.next_line().map_err(|error| CliFailure::fault(&error))? {
        let row = match line.row {
            Ok(row) => row,
            Err(complaint) => {
                report.refuse(line.number, complaint, progress);
                continue;
            }
        };
        let caller = asking.caller.with_command(asking.caller.command.entails(&format!("line {}", line.number)));
        match asking.use_cases().import_offering(&caller, row).await {
            Ok(done) => {
                report.count(done.value);
                last = done.position.or(last);
            }
            Err(Failure::Rejected(why)) => report.refuse(line.number, Complaint::of_offering(&why), progress),
            Err(failure) => return Err(failure.into()),
        }
    }
    asking.shown(last).await?;
    Ok(report.output("offerings", false))
}
