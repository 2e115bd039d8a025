//! Taking a file in, row by row, or rehearsing that.
//!
//! Apart from the pages because it goes on after their answers.

use std::io::Cursor;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::future::join_all;
use magiclink_domain::authority::Act;
use magiclink_domain::id::StaffId;
use magiclink_domain::import::{Complaint, ContactFile, Line, OfferingFile, OfferingRow, Unusable};
use magiclink_domain::log::Position;
use magiclink_domain::ports::Unavailable;
use magiclink_domain::usecases::{Caller, Failure, ImportRow, Imported};

use super::job::{Job, Kind, Outcome, Row, Stage};
use crate::Web;
use crate::console::gate::permits;
use crate::http::failure::sentence;

/// Contacts taken in at a time: enough for the log to commit many together.
const AT_A_TIME: usize = 64;

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Says what would come of every row; makes nothing.
    Rehearse,
    Import,
}

/// A file being read.
enum File {
    Contacts(Box<ContactFile>),
    Offerings(OfferingFile),
}

/// One row read from it.
enum Read {
    Contact(Box<Line<ImportRow>>),
    Offering(Line<OfferingRow>),
}

/// What the header says that the file holds, and the columns that are not imported.
///
/// # Errors
/// [`Unusable`]: it holds neither contacts nor offerings.
pub(super) fn kind(bytes: &Bytes) -> Result<(Kind, Vec<String>), Unusable> {
    if let Ok(file) = OfferingFile::open(Cursor::new(bytes.clone())) {
        return Ok((Kind::Offerings, file.ignored().to_vec()));
    }
    let file = ContactFile::open(Cursor::new(bytes.clone()))?;
    Ok((Kind::Contacts, file.ignored().to_vec()))
}

/// Goes through the file, and says how it ended.
pub(super) async fn go(web: Web, job: Arc<Job>, caller: Caller, mode: Mode) -> Result<(), Failure> {
    let outcome = all_rows(&web, &job, &caller, mode).await;
    let (stage, outcome) = match outcome {
        Ok(stage) => (stage, Ok(())),
        Err(failure) => (Stage::Stopped(interrupted(mode, "the server could not go on")), Err(failure)),
    };
    job.end(stage);
    outcome
}

fn interrupted(mode: Mode, why: &str) -> String {
    match mode {
        Mode::Rehearse => format!("The check broke off: {why}. Upload the file again."),
        Mode::Import => format!(
            "The import broke off: {why}. Rows that are listed here went in. Upload the file again: they are recognised, and the others follow."
        ),
    }
}

async fn all_rows(web: &Web, job: &Job, caller: &Caller, mode: Mode) -> Result<Stage, Failure> {
    let mut file = match job.kind {
        Kind::Contacts => File::Contacts(Box::new(ContactFile::open(Cursor::new(job.bytes())).map_err(unreadable)?)),
        Kind::Offerings => File::Offerings(OfferingFile::open(Cursor::new(job.bytes())).map_err(unreadable)?),
    };
    let mut last = None;
    loop {
        let lines = file.read()?;
        if lines.is_empty() {
            break;
        }
        if web.api.stopping.is_cancelled() {
            return Ok(Stage::Stopped(interrupted(mode, "the server was stopped")));
        }
        if !still_may(web, caller, job.staff, job.kind).await? {
            return Ok(Stage::Stopped(interrupted(mode, "your role does not allow it any more")));
        }
        let taken = join_all(lines.into_iter().map(|line| Box::pin(row(web, caller, line, mode)))).await;
        let taken: Vec<(Row, Option<Position>)> = taken.into_iter().collect::<Result<_, _>>()?;
        last = taken.iter().filter_map(|(_, position)| *position).max().max(last);
        job.add(taken.into_iter().map(|(row, _)| row).collect());
    }
    if let Some(position) = last {
        web.lists.passed(position).await?;
    }
    Ok(match mode {
        Mode::Rehearse => Stage::Checked,
        Mode::Import => Stage::Imported,
    })
}

/// Whether whoever began is still there, and still may.
async fn still_may(web: &Web, caller: &Caller, staff: StaffId, kind: Kind) -> Result<bool, Failure> {
    let act = match kind {
        Kind::Contacts => Act::ManageContacts,
        Kind::Offerings => Act::ManageOfferings,
    };
    match web.use_cases.staff_member(caller, staff).await {
        Ok(member) => Ok(permits(member.role, act)),
        Err(Failure::Rejected(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

impl File {
    /// The next rows. Rows of offerings may correct each other, so they are taken one after the other.
    fn read(&mut self) -> Result<Vec<Read>, Failure> {
        let mut lines = vec![];
        match self {
            Self::Contacts(file) => {
                while lines.len() < AT_A_TIME
                    && let Some(line) = file.next_line().map_err(unreadable)?
                {
                    lines.push(Read::Contact(Box::new(line)));
                }
            }
            Self::Offerings(file) => lines.extend(file.next_line().map_err(unreadable)?.map(Read::Offering)),
        }
        Ok(lines)
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Unavailable { what: "the file", source: Box::new(error) }.into()
}

async fn row(web: &Web, caller: &Caller, line: Read, mode: Mode) -> Result<(Row, Option<Position>), Failure> {
    match line {
        Read::Contact(line) => contact(web, caller, *line, mode).await,
        Read::Offering(line) => offering(web, caller, line, mode).await,
    }
}

/// A row's own command: the same file again is recognised by its rows, not by these.
fn command(caller: &Caller, line: u64) -> Caller {
    caller.with_command(caller.command.entails(&format!("line {line}")))
}

async fn contact(
    web: &Web, caller: &Caller, line: Line<ImportRow>, mode: Mode,
) -> Result<(Row, Option<Position>), Failure> {
    let (number, caller) = (line.number, command(caller, line.number));
    let row = match line.row {
        Ok(row) => row,
        Err(complaint) => return Ok((refused(number, String::new(), &complaint), None)),
    };
    let who = row.contact.name.to_string();
    let taken = match mode {
        Mode::Rehearse => {
            let rehearsed = web.use_cases.rehearse_contact(&caller, &row).await;
            rehearsed.map(|rehearsed| (rehearsed.imported, None, rehearsed.moves_an_address))
        }
        Mode::Import => {
            let done = web.use_cases.import_contact(&caller, row).await;
            done.map(|done| (done.value.1, done.position, false))
        }
    };
    match taken {
        Ok((imported, position, moves_an_address)) => {
            let why = line.note.map_or_else(String::new, |note| sentence(&note.reason));
            let outcome = outcome(imported);
            Ok((Row { line: number, who, outcome, column: None, why, moves_an_address }, position))
        }
        Err(Failure::Rejected(why)) => Ok((refused(number, who, &Complaint::of_contact(&why)), None)),
        Err(failure) => Err(failure),
    }
}

async fn offering(
    web: &Web, caller: &Caller, line: Line<OfferingRow>, mode: Mode,
) -> Result<(Row, Option<Position>), Failure> {
    let (number, caller) = (line.number, command(caller, line.number));
    let row = match line.row {
        Ok(row) => row,
        Err(complaint) => return Ok((refused(number, String::new(), &complaint), None)),
    };
    let who = row.title.to_string();
    let taken = match mode {
        Mode::Rehearse => web.use_cases.rehearse_offering(&caller, &row).await.map(|imported| (imported, None)),
        Mode::Import => web.use_cases.import_offering(&caller, row).await.map(|done| (done.value, done.position)),
    };
    match taken {
        Ok((imported, position)) => {
            let (outcome, why) = (outcome(imported), String::new());
            Ok((Row { line: number, who, outcome, column: None, why, moves_an_address: false }, position))
        }
        Err(Failure::Rejected(why)) => Ok((refused(number, who, &Complaint::of_offering(&why)), None)),
        Err(failure) => Err(failure),
    }
}

const fn outcome(imported: Imported) -> Outcome {
    match imported {
        Imported::Added => Outcome::Added,
        Imported::Changed => Outcome::Changed,
        Imported::Unchanged => Outcome::Unchanged,
    }
}

fn refused(line: u64, who: String, complaint: &Complaint) -> Row {
    let (column, why) = (complaint.column, sentence(&complaint.reason));
    Row { line, who, outcome: Outcome::Refused, column, why, moves_an_address: false }
}
