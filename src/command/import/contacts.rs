//! `import contacts`: the business's contacts from a CRM export.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::import::{Complaint, ContactFile, Line};
use magiclink_domain::log::Position;
use magiclink_domain::usecases::{Caller, Failure, ImportRow, Imported, UseCases};
use tokio::task::JoinHandle;

use super::super::arguments::ImportContacts;
use super::super::caller::Asking;
use super::super::failure::CliFailure;
use super::super::output::{Output, Progress};
use super::report::Report;
use super::{opened, unusable};

/// Rows being taken in at a time: enough for the log to commit many together.
const IN_FLIGHT: usize = 64;

pub(super) async fn run(
    asking: &Asking<'_>, arguments: &ImportContacts, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageContacts, asking.use_cases().ports().clock.now())?;
    let path = arguments.file.as_path();
    let rows = lines_in(path)?.saturating_sub(1);
    let mut import = Running::new(asking, rows, arguments.dry_run, progress);
    let mut file = ContactFile::open(opened(path)?).map_err(|why| unusable(path, &why.0))?;
    if !file.ignored().is_empty() {
        import.progress.line(format!("columns that are not imported: {}", file.ignored().join(", ")));
    }
    while let Some(line) = file.next_line().map_err(|error| CliFailure::fault(&error))? {
        let row = import.send(line);
        import.rows.push_back(row);
        import.settle(IN_FLIGHT).await?;
    }
    import.settle(0).await?;
    asking.shown(import.last).await?;
    Ok(import.report.output("contacts", arguments.dry_run))
}

/// How many lines there are, for the progress bar.
fn lines_in(path: &Path) -> Result<u64, CliFailure> {
    let unusable = |error: std::io::Error| unusable(path, &format!("{error}; check the path"));
    let mut reader = BufReader::new(File::open(path).map_err(unusable)?);
    let mut lines = 0;
    while reader.skip_until(b'\n').map_err(unusable)? > 0 {
        lines += 1;
    }
    Ok(lines)
}

/// What a row did, and where its last event stands.
type Taken = (Imported, Option<Position>);
/// A row being taken in.
type Task = JoinHandle<Result<Taken, Failure>>;

/// A row on its way, or refused before.
enum Row {
    Sent(Task),
    Refused(Complaint),
}

/// An import under way.
struct Running<'a> {
    asking: &'a Asking<'a>,
    progress: &'a mut dyn Progress,
    report: Report,
    dry_run: bool,
    done: u64,
    total: u64,
    last: Option<Position>,
    /// In the order of the file, so that complaints come in that order too.
    rows: VecDeque<(u64, Row)>,
}

impl<'a> Running<'a> {
    fn new(asking: &'a Asking<'a>, total: u64, dry_run: bool, progress: &'a mut dyn Progress) -> Self {
        let (report, rows) = (Report::default(), VecDeque::new());
        Self { asking, progress, report, dry_run, done: 0, total, last: None, rows }
    }

    /// Sends a valid row on its way.
    fn send(&mut self, line: Line<ImportRow>) -> (u64, Row) {
        if let Some(note) = line.note {
            self.report.note(line.number, note, self.progress);
        }
        let row = match line.row {
            Ok(row) => row,
            Err(complaint) => return (line.number, Row::Refused(complaint)),
        };
        let use_cases = Arc::clone(&self.asking.app.use_cases);
        // A command of its own for every row of every run: the same file again is recognised by its rows, not by these.
        let command = self.asking.caller.command.entails(&format!("line {}", line.number));
        let caller = self.asking.caller.with_command(command);
        let dry_run = self.dry_run;
        let task = tokio::spawn(async move {
            if dry_run { rehearse(&use_cases, &caller, &row).await } else { import(&use_cases, &caller, row).await }
        });
        (line.number, Row::Sent(task))
    }

    /// Waits for the oldest rows until at most `most` are on their way.
    async fn settle(&mut self, most: usize) -> Result<(), CliFailure> {
        while self.rows.len() > most {
            let Some((line, row)) = self.rows.pop_front() else { break };
            let outcome = match row {
                Row::Refused(complaint) => Err(complaint),
                Row::Sent(sent) => match sent.await.map_err(|error| CliFailure::fault(&error))? {
                    Ok(taken) => Ok(taken),
                    Err(Failure::Rejected(why)) => Err(Complaint::of_contact(&why)),
                    Err(failure) => return Err(failure.into()),
                },
            };
            self.count(line, outcome);
        }
        Ok(())
    }

    fn count(&mut self, line: u64, outcome: Result<Taken, Complaint>) {
        match outcome {
            Ok((imported, position)) => {
                self.report.count(imported);
                self.last = self.last.max(position);
            }
            Err(complaint) => self.report.refuse(line, complaint, self.progress),
        }
        self.done += 1;
        self.progress.at(self.done, self.total.max(self.done));
    }
}

async fn import(use_cases: &UseCases, caller: &Caller, row: ImportRow) -> Result<Taken, Failure> {
    let done = use_cases.import_contact(caller, row).await?;
    Ok((done.value.1, done.position))
}

async fn rehearse(use_cases: &UseCases, caller: &Caller, row: &ImportRow) -> Result<Taken, Failure> {
    Ok((use_cases.rehearse_contact(caller, row).await?.imported, None))
}
