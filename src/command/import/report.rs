//! What an import did, row by row.

use magiclink_domain::import::Complaint;
use magiclink_domain::usecases::Imported;
use serde_json::{Value, json};

use super::super::output::{Output, Progress};

/// Counts and complaints.
#[derive(Default)]
pub(super) struct Report {
    added: u64,
    changed: u64,
    unchanged: u64,
    refused: Vec<At>,
    notes: Vec<At>,
}

/// A complaint in its line.
struct At {
    line: u64,
    complaint: Complaint,
}

impl At {
    fn json(&self) -> Value {
        json!({ "line": self.line, "column": self.complaint.column, "reason": self.complaint.reason })
    }

    fn text(&self) -> String {
        match self.complaint.column {
            Some(column) => format!("line {}, column {column}: {}", self.line, self.complaint.reason),
            None => format!("line {}: {}", self.line, self.complaint.reason),
        }
    }
}

impl Report {
    /// A row that went in, or would.
    pub(super) fn count(&mut self, imported: Imported) {
        *(match imported {
            Imported::Added => &mut self.added,
            Imported::Changed => &mut self.changed,
            Imported::Unchanged => &mut self.unchanged,
        }) += 1;
    }

    /// A row that does not go in.
    pub(super) fn refuse(&mut self, line: u64, complaint: Complaint, progress: &mut dyn Progress) {
        let refused = At { line, complaint };
        progress.line(format!("{} (refused)", refused.text()));
        self.refused.push(refused);
    }

    /// A row that goes in, and somebody should know something about it.
    pub(super) fn note(&mut self, line: u64, complaint: Complaint, progress: &mut dyn Progress) {
        let note = At { line, complaint };
        progress.line(format!("{} (note)", note.text()));
        self.notes.push(note);
    }

    /// The answer.
    pub(super) fn output(mut self, what: &str, dry_run: bool) -> Output {
        for complaints in [&mut self.refused, &mut self.notes] {
            complaints.sort_by_key(|complaint| complaint.line);
        }
        let json = json!({
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused.iter().map(At::json).collect::<Vec<_>>(),
            "notes": self.notes.iter().map(At::json).collect::<Vec<_>>(),
            "dry_run": dry_run,
        });
        let refused = self.refused.len();
        let Self { added, changed, unchanged, .. } = self;
        let counts = format!("{added} added, {changed} changed, {unchanged} unchanged, {refused} refused");
        let text = if dry_run {
            format!("nothing was made; {what} as they would be: {counts}\n")
        } else {
            format!("{what}: {counts}\n")
        };
        Output { json, text, exit: u8::from(!self.refused.is_empty()) }
    }
}
