//! Files that staff are importing, as this node remembers them: for an hour, in memory, never on disk.
//!
//! Apart from the work because pages look while it goes on. What is forgotten costs nothing: the same file may be uploaded
//! again, and rows that went in are recognised.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use magiclink_domain::id::{CommandId, StaffId};
use magiclink_domain::time::{Lifetime, Timestamp};
use tokio::sync::watch;

/// Files remembered at a time.
const MOST: usize = 8;
/// How long one is.
const REMEMBERED: Lifetime = Lifetime::from_hours(1);

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Contacts,
    Offerings,
}

/// Where an import stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Every row is looked at; nothing is made.
    Checking,
    /// Somebody may begin.
    Checked,
    /// Rows go in.
    Importing,
    /// Every row was taken or refused.
    Imported,
    /// It ended early, for this reason.
    Stopped(String),
}

/// What came, or would come, of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Added,
    Changed,
    Unchanged,
    Refused,
}

impl Outcome {
    pub(super) const ALL: [Self; 4] = [Self::Refused, Self::Added, Self::Changed, Self::Unchanged];

    /// Its word in addresses and as a class.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// One row, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    /// The person or thing, where the row says one.
    pub(super) who: String,
    pub(super) outcome: Outcome,
    /// The column at fault.
    pub(super) column: Option<&'static str>,
    /// Why it is refused, or what is worth knowing.
    pub(super) why: String,
    /// It puts another address in an address's place.
    pub(super) moves_an_address: bool,
}

impl Row {
    /// How the outcome is dressed.
    pub(super) const fn class(&self) -> &'static str {
        match self.outcome {
            Outcome::Added => " live",
            Outcome::Changed => " accent",
            Outcome::Unchanged => "",
            Outcome::Refused => " bad",
        }
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) stage: Stage,
    pub(super) done: u64,
}

/// One file.
pub(super) struct Job {
    pub(super) id: CommandId,
    pub(super) staff: StaffId,
    pub(super) kind: Kind,
    /// The file's name.
    pub(super) name: String,
    /// How many rows there are, about: a quoted field may hold line ends.
    pub(super) lines: u64,
    /// Columns that are not imported.
    pub(super) ignored: Vec<String>,
    pub(super) made_at: Timestamp,
    bytes: Bytes,
    rows: Mutex<Vec<Row>>,
    status: watch::Sender<Status>,
}

/// What is known of a file when it came.
pub(super) struct Came {
    pub(super) id: CommandId,
    pub(super) staff: StaffId,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) lines: u64,
    pub(super) ignored: Vec<String>,
    pub(super) at: Timestamp,
    pub(super) bytes: Bytes,
}

impl Job {
    pub(super) fn new(came: Came) -> Self {
        let Came { id, staff, kind, name, lines, ignored, at, bytes } = came;
        let status = watch::Sender::new(Status { stage: Stage::Checking, done: 0 });
        Self { id, staff, kind, name, lines, ignored, made_at: at, bytes, rows: Mutex::default(), status }
    }

    pub(super) fn path(&self) -> String {
        format!("/console/import/{}", self.id)
    }

    pub(super) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    pub(super) fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Takes note of rows that are done.
    pub(super) fn add(&self, rows: Vec<Row>) {
        let done = {
            let mut all = self.rows();
            all.extend(rows);
            u64::try_from(all.len()).unwrap_or(u64::MAX)
        };
        self.status.send_modify(|status| status.done = done);
    }

    /// From looked at to going in; whoever hears `true` does the work.
    pub(super) fn begin(&self) -> bool {
        let began = self.status.send_if_modified(|status| {
            let checked = status.stage == Stage::Checked;
            if checked {
                *status = Status { stage: Stage::Importing, done: 0 };
            }
            checked
        });
        if began {
            self.rows().clear();
        }
        began
    }

    pub(super) fn end(&self, stage: Stage) {
        self.status.send_modify(|status| status.stage = stage);
    }

    fn is_at_work(&self) -> bool {
        matches!(self.status.borrow().stage, Stage::Checking | Stage::Importing)
    }
}

/// See the module.
#[derive(Default)]
pub(crate) struct Imports(Mutex<Vec<Arc<Job>>>);

impl Imports {
    /// Remembers a file, forgetting older ones; `None` where too many are at work. The same upload sent twice is one.
    pub(super) fn keep(&self, job: Job) -> Option<(Arc<Job>, bool)> {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|known| job.made_at < known.made_at.plus(REMEMBERED) || known.is_at_work());
        if let Some(known) = jobs.iter().find(|known| known.id == job.id) {
            return Some((Arc::clone(known), false));
        }
        if jobs.len() >= MOST {
            let oldest = jobs.iter().position(|known| !known.is_at_work())?;
            jobs.remove(oldest);
        }
        let job = Arc::new(job);
        jobs.push(Arc::clone(&job));
        Some((job, true))
    }

    /// The one that there is.
    #[cfg(test)]
    pub(super) fn only(&self) -> Arc<Job> {
        let jobs = self.0.lock().unwrap();
        assert_eq!(jobs.len(), 1);
        Arc::clone(&jobs[0])
    }

    /// The file with this id, for whoever uploaded it.
    pub(super) fn find(&self, id: &str, staff: StaffId) -> Option<Arc<Job>> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.staff == staff && job.id.to_string() == id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(key: &str, at: i64) -> Job {
        Job::new(Came {
            id: CommandId::derive("staff", "import", key),
            staff: CommandId::derive("system", "staff", "sam").staff(),
            kind: Kind::Contacts,
            name: "contacts.csv".to_owned(),
            lines: 1,
            ignored: vec![],
            at: Timestamp::from_micros(at),
            bytes: Bytes::new(),
        })
    }

    #[test]
    fn the_oldest_that_rests_makes_room_and_none_that_works() {
        let imports = Imports::default();
        let kept: Vec<_> = (0..MOST).map(|nth| imports.keep(job(&nth.to_string(), 0)).unwrap().0).collect();
        assert!(imports.keep(job("more", 0)).is_none(), "all are at work");
        kept[3].end(Stage::Checked);
        assert!(imports.keep(job("more", 0)).is_some());
        assert!(imports.find(&kept[3].id.to_string(), kept[3].staff).is_none());
        assert!(imports.find(&kept[0].id.to_string(), kept[0].staff).is_some());
    }

    #[test]
    fn one_is_its_uploaders_alone_and_is_forgotten_after_an_hour() {
        let imports = Imports::default();
        let (kept, new) = imports.keep(job("one", 0)).unwrap();
        assert!(new && !imports.keep(job("one", 0)).unwrap().1, "the same upload twice is one");
        let other = CommandId::derive("system", "staff", "kim").staff();
        assert!(imports.find(&kept.id.to_string(), other).is_none());
        kept.end(Stage::Imported);
        imports.keep(job("later", REMEMBERED.micros() - 1)).unwrap();
        assert!(imports.find(&kept.id.to_string(), kept.staff).is_some());
        imports.keep(job("too late", REMEMBERED.micros())).unwrap();
        assert!(imports.find(&kept.id.to_string(), kept.staff).is_none());
    }

    #[test]
    fn work_begins_once() {
        let job = job("one", 0);
        assert!(!job.begin(), "not before it was looked at");
        job.end(Stage::Checked);
        assert!(job.begin() && !job.begin());
    }
}
