//! `import contacts`: the business's contacts from a CRM export.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::log::Position;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Caller, Failure, ImportRow, Imported, NewContact, UseCases};
use magiclink_domain::value::{Country, EmailAddress, ExternalId, Locale, Name, PhoneNumber, Slug};
use tokio::task::JoinHandle;

use super::super::arguments::ImportContacts;
use super::super::caller::Asking;
use super::super::failure::CliFailure;
use super::super::output::{Output, Progress};
use super::records::{Column, Records};
use super::report::Report;

const COLUMNS: [Column; 10] = [
    Column { name: "Contact Id", required: true },
    Column { name: "First Name", required: true },
    Column { name: "Last Name", required: true },
    Column { name: "Email", required: true },
    Column { name: "Phone", required: true },
    Column { name: "Country", required: false },
    Column { name: "Language", required: false },
    Column { name: "Grants", required: false },
    Column { name: "Tags", required: false },
    Column { name: "Created", required: false },
];

/// Rows being taken in at a time: enough for the log to commit many together.
const IN_FLIGHT: usize = 64;

/// The column at fault, where it is one, and why.
type Complaint = (Option<&'static str>, String);

pub(super) async fn run(
    asking: &Asking<'_>, arguments: &ImportContacts, progress: &mut dyn Progress,
) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageContacts, asking.use_cases().ports().clock.now())?;
    let file = arguments.file.as_path();
    let rows = lines_in(file)?.saturating_sub(1);
    let mut import = Running::new(asking, rows, arguments.dry_run, progress);
    let mut records = Records::open(file, &COLUMNS)?;
    if !records.ignored.is_empty() {
        import.progress.line(format!("columns that are not imported: {}", records.ignored.join(", ")));
    }
    while let Some(row) = records.next().map_err(|error| CliFailure::fault(&error))? {
        let checked = row.cells.map_err(|why| (None, why.to_owned()));
        let taken = checked.and_then(validated).and_then(|valid| import.send(row.line, valid));
        import.rows.push_back((row.line, taken.map_or_else(Row::Refused, Row::Sent)));
        import.settle(IN_FLIGHT).await?;
    }
    import.settle(0).await?;
    asking.shown(import.last).await?;
    Ok(import.report.output("contacts", arguments.dry_run))
}

/// How many lines there are, for the progress bar.
fn lines_in(file: &Path) -> Result<u64, CliFailure> {
    let unusable = |error| CliFailure::usage(format!("{} can't be imported: {error}; check the path", file.display()));
    let mut reader = BufReader::new(File::open(file).map_err(unusable)?);
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
    /// Where in this file an external id or e-mail stood first.
    external_ids: HashMap<ExternalId, u64>,
    emails: HashMap<EmailAddress, u64>,
}

impl<'a> Running<'a> {
    fn new(asking: &'a Asking<'a>, total: u64, dry_run: bool, progress: &'a mut dyn Progress) -> Self {
        Self {
            asking,
            progress,
            report: Report::default(),
            dry_run,
            done: 0,
            total,
            last: None,
            rows: VecDeque::new(),
            external_ids: HashMap::new(),
            emails: HashMap::new(),
        }
    }

    /// Sends a valid row on its way.
    fn send(&mut self, line: u64, row: ImportRow) -> Result<Task, Complaint> {
        if let Some(external_id) = &row.contact.external_id {
            if let Some(first) = self.external_ids.get(external_id) {
                let why = format!("this id stands in line {first} already: one row per contact");
                return Err((Some("Contact Id"), why));
            }
            self.external_ids.insert(external_id.clone(), line);
        }
        if let Some(email) = &row.contact.email {
            if let Some(first) = self.emails.get(email) {
                let note = format!("the contact in line {first} has this address too; both go in");
                self.report.note(line, Some("Email"), note, self.progress);
            } else {
                self.emails.insert(email.clone(), line);
            }
        }
        let use_cases = Arc::clone(&self.asking.app.use_cases);
        // A command of its own for every row of every run: the same file again is recognised by its rows, not by these.
        let command = self.asking.caller.command.entails(&format!("line {line}"));
        let caller = self.asking.caller.with_command(command);
        let dry_run = self.dry_run;
        Ok(tokio::spawn(async move {
            if dry_run { rehearse(&use_cases, &caller, &row).await } else { import(&use_cases, &caller, row).await }
        }))
    }

    /// Waits for the oldest rows until at most `most` are on their way.
    async fn settle(&mut self, most: usize) -> Result<(), CliFailure> {
        while self.rows.len() > most {
            let Some((line, row)) = self.rows.pop_front() else { break };
            let outcome = match row {
                Row::Refused(complaint) => Err(complaint),
                Row::Sent(sent) => match sent.await.map_err(|error| CliFailure::fault(&error))? {
                    Ok(taken) => Ok(taken),
                    Err(Failure::Rejected(why)) => Err((column_of(&why), why.to_string())),
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
                *(match imported {
                    Imported::Added => &mut self.report.added,
                    Imported::Changed => &mut self.report.changed,
                    Imported::Unchanged => &mut self.report.unchanged,
                }) += 1;
                self.last = self.last.max(position);
            }
            Err((column, why)) => self.report.refuse(line, column, why, self.progress),
        }
        self.done += 1;
        self.progress.at(self.done, self.total.max(self.done));
    }
}

async fn import(use_cases: &UseCases, caller: &Caller, row: ImportRow) -> Result<Taken, Failure> {
    let done = use_cases.import_contact(caller, row).await?;
    Ok((done.value.1, done.position))
}

/// What [`import`] would refuse; whether a known contact would change is not looked into.
async fn rehearse(use_cases: &UseCases, caller: &Caller, row: &ImportRow) -> Result<Taken, Failure> {
    for slug in &row.grants {
        use_cases.grantable(caller, slug).await?;
    }
    Ok((Imported::Added, None))
}

/// Where a rule's no belongs.
fn column_of(rejection: &Rejection) -> Option<&'static str> {
    match rejection.code() {
        "no_address" | "invalid_email" => Some("Email"),
        "invalid_phone" => Some("Phone"),
        "offering_not_found" | "offering_archived" => Some("Grants"),
        "external_id_taken" | "contact_erased" => Some("Contact Id"),
        _ => None,
    }
}

/// The whole row, or the first thing wrong with it.
fn validated(cells: Vec<String>) -> Result<ImportRow, Complaint> {
    let [id, first, last, email, phone, country, language, grants, tags, created] = cells.as_slice() else {
        return Err((None, "too few columns".to_owned()));
    };
    let present = |text: &str| !text.trim().is_empty();
    if !present(email) && !present(phone) {
        return Err((Some("Email"), Rejection::NoAddress.to_string()));
    }
    let country = if present(country) { Some(Country::parse(country).map_err(at("Country"))?) } else { None };
    let contact = NewContact {
        external_id: Some(ExternalId::parse(id).map_err(at("Contact Id"))?),
        name: Name::parse(&format!("{first} {last}")).map_err(at("First Name"))?,
        email: if present(email) { Some(EmailAddress::parse(email).map_err(at("Email"))?) } else { None },
        phone: if present(phone) { Some(PhoneNumber::parse(phone, country).map_err(at("Phone"))?) } else { None },
        locale: if present(language) { Some(Locale::parse(language).map_err(at("Language"))?) } else { None },
    };
    let slugs = grants.split(';').map(str::trim).filter(|slug| !slug.is_empty());
    let mut grants: Vec<Slug> = slugs.map(|slug| Slug::parse(slug).map_err(at("Grants"))).collect::<Result<_, _>>()?;
    grants.sort_unstable();
    grants.dedup();
    let attributes = [("tags", tags), ("created", created)];
    let attributes = attributes.into_iter().filter(|(_, value)| present(value));
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    Ok(ImportRow { contact, attributes, grants, cells })
}

fn at(column: &'static str) -> impl Fn(magiclink_domain::value::InvalidValue) -> Complaint {
    move |why| (Some(column), why.to_string())
}
